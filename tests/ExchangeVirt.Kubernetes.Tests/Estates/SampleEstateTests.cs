using ExchangeVirt.Envtest;

namespace ExchangeVirt.Kubernetes.Tests.Estates;

/// <summary>The sample estate, installed and judged as a platform team would.</summary>
public sealed class SampleEstateTests
{
    private static readonly string[] s_fitting = ["ex01", "ex02", "ex03", "ex04", "edge01", "edge02", "mbx01"];

    [Fact]
    public async Task An_estate_that_is_applied_becomes_as_declared_and_nothing_is_written_once_it_is()
    {
        await using var estate = await InstalledEstate.StartAsync();
        await estate.StartReplicaAsync("operator-0");
        await estate.ApplySampleAsync();

        await estate.UntilAsync("Ready", "True", s_fitting);
        await estate.UntilAsync("Synced", "True", s_fitting);
        var (_, reason, message) = await estate.ConditionAsync("mbx02", "Ready");

        Assert.Equal("NoHostFits", reason);
        Assert.Contains("hv01", message, StringComparison.Ordinal);
        foreach (var host in estate.Hosts.Endpoints.Keys)
        {
            Assert.Equal(
                "True",
                (string?)
                    (await estate.GetAsync("hypervhosts", null, host))!["status"]!["conditions"]!
                        .AsArray()
                        .Single(static each => (string?)each!["type"] == "Ready")!["status"]
            );
        }

        // The last words of the convergence (a host's figures, which move once a minute) come a while after it.
        await RestsAsync(estate, renewals: 15);
        var before = Untouched.Of(estate);

        await estate.Hosts.DriftAsync("hv01", "EX01", "checkpoints=Production");
        await Until.TrueAsync("the drift is acted upon", () => before.Since().Count > 0);
        await estate.UntilAsync("Synced", "True", s_fitting);
        await Until.TrueAsync("that is all that was done", () => before.ChangedBy("DisableCheckpoints") is [_]);
    }

    /// <summary>Waits until the operator has written nothing but its lease for so many renewals of that, in a row.</summary>
    private static Task RestsAsync(InstalledEstate estate, int renewals) =>
        Until.TrueAsync(
            $"nothing is written for {renewals} renewals of the lease",
            async () =>
            {
                var writes = await estate.Plane.Audit.WritesAsync(InstalledEstate.Account);
                return writes.Reverse().TakeWhile(static entry => entry.Resource == "leases").Count() >= renewals;
            },
            TimeSpan.FromMinutes(4)
        );
}
