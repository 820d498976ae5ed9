using System.Text.Json.Nodes;
using ExchangeVirt.Envtest;
using ExchangeVirt.Runtime.Kubernetes;
using ExchangeVirt.Runtime.Leadership;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Kubernetes.Tests.Stores;

public sealed class KubernetesLeaseTests(SharedControlPlane shared, SharedCustomResourceServer today)
{
    private static readonly DateTimeOffset s_at = new(2030, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_lease_is_made_taken_over_and_given_back_only_over_what_was_read(bool onToday)
    {
        TestCluster cluster = onToday ? await today.GetAsync() : await shared.GetAsync();
        await using var place = await cluster.NamespaceAsync();
        using var api = KubernetesUnderTest.Api(cluster);
        var lease = new KubernetesLease(api, new ResourceKey(place.Name, "leader"), "tests");
        Assert.Null(await lease.GetAsync(default));

        var made = await lease.WriteAsync(new LeaseView("one", TimeSpan.FromSeconds(15), s_at, s_at, 0, ""), default);
        Assert.Equal(made, await lease.GetAsync(default));
        Assert.Equal(
            ("one", TimeSpan.FromSeconds(15), s_at, 0),
            (made.Holder, made.Duration, made.RenewTime, made.Transitions)
        );
        await Assert.ThrowsAsync<ResourceConflictException>(() =>
            lease.WriteAsync(made with { Version = "" }, default)
        );

        var taken = await lease.WriteAsync(made with { Holder = "two", Transitions = 1 }, default);
        await Assert.ThrowsAsync<ResourceConflictException>(() => lease.WriteAsync(made, default));

        var given = await lease.WriteAsync(taken with { Holder = null, Duration = TimeSpan.FromSeconds(1) }, default);
        Assert.Equal((null, 1), (given.Holder, given.Transitions));
        Assert.Equal(given, await lease.GetAsync(default));

        (await cluster.Raw.DeleteAsync($"/apis/coordination.k8s.io/v1/namespaces/{place}/leases/leader")).Succeeded();
        await Assert.ThrowsAsync<ResourceNotFoundException>(() => lease.WriteAsync(given, default));
    }

    [Fact]
    public async Task A_lease_with_nothing_in_it_is_held_by_nobody()
    {
        var plane = await shared.GetAsync();
        await using var place = await plane.NamespaceAsync();
        (
            await plane.Raw.PostAsync(
                $"/apis/coordination.k8s.io/v1/namespaces/{place}/leases",
                new JsonObject
                {
                    ["apiVersion"] = "coordination.k8s.io/v1",
                    ["kind"] = "Lease",
                    ["metadata"] = new JsonObject { ["name"] = "leader" },
                }
            )
        ).Succeeded();
        using var api = KubernetesUnderTest.Api(plane);

        var lease = await new KubernetesLease(api, new ResourceKey(place.Name, "leader"), "tests").GetAsync(default);

        Assert.Equal(
            (null, TimeSpan.Zero, null, 0),
            (lease!.Holder, lease.Duration, lease.RenewTime, lease.Transitions)
        );
    }
}
