using ExchangeVirt.Operator.Admission;
using ExchangeVirt.Operator.Observing;
using ExchangeVirt.Resources.Manifests;
using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime.Informers;
using ExchangeVirt.Runtime.Stores;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;

namespace ExchangeVirt.Operator.Tests.Admission;

public sealed class AdmissionLookupsTests : IDisposable
{
    private readonly IResourceStore _store = Substitute.For<IResourceStore>();
    private readonly CancellationTokenSource _stop = new();

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    [Fact]
    public async Task What_the_cache_lacks_is_asked_of_the_store_before_it_is_called_unknown()
    {
        var lookups = new AdmissionLookups(await CachesOfAsync(), _store, static () => true);
        Stored(Group("dag01"));
        Stored(Policy("gold"));

        var declared = await lookups.ReadAsync(Machine("ex01", "dag01", "gold"), isDeletion: false, default);

        Assert.Empty(LookupRules.Check(Machine("ex01", "dag01", "gold"), old: null, declared));
        Assert.Equal(
            ["unknown-availability-group", "unknown-policy"],
            LookupRules
                .Check(
                    Machine("ex01", "dag02", "silver"),
                    old: null,
                    await lookups.ReadAsync(Machine("ex01", "dag02", "silver"), isDeletion: false, default)
                )
                .Select(static finding => finding.Id)
        );
    }

    [Fact]
    public async Task Nobody_is_refused_for_an_object_that_is_gone_since_the_cache_heard_of_it()
    {
        var lookups = new AdmissionLookups(
            await CachesOfAsync(Group("dag01"), Machine("ex01", "dag01")),
            _store,
            static () => true
        );
        var claim = Machine("ex02", name: "EX01");

        var gone = await lookups.ReadAsync(claim, isDeletion: false, default);
        var empty = await lookups.ReadAsync(Group("dag01"), isDeletion: true, default);
        Stored(Machine("ex01", "dag01"));
        var there = await lookups.ReadAsync(claim, isDeletion: false, default);
        var full = await lookups.ReadAsync(Group("dag01"), isDeletion: true, default);

        Assert.Empty(LookupRules.Check(claim, old: null, gone));
        Assert.Empty(LookupRules.CheckDeletion(Group("dag01"), empty));
        Assert.Equal("virtual-machine-claimed-twice", Assert.Single(LookupRules.Check(claim, old: null, there)).Id);
        Assert.Equal(
            "availability-group-has-members",
            Assert.Single(LookupRules.CheckDeletion(Group("dag01"), full)).Id
        );
    }

    [Fact]
    public async Task A_policy_is_in_use_by_hosts_too()
    {
        var lookups = new AdmissionLookups(await CachesOfAsync(Host("hv01", "gold")), _store, static () => true);

        var declared = await lookups.ReadAsync(Policy("gold"), isDeletion: true, default);

        Assert.Contains("HyperVHost hv01", Assert.Single(LookupRules.CheckDeletion(Policy("gold"), declared)).Message);
    }

    [Fact]
    public async Task Nothing_is_told_before_everything_was_read()
    {
        var lookups = new AdmissionLookups(await CachesOfAsync(), _store, static () => false);

        await Assert.ThrowsAsync<AdmissionUnavailableException>(() =>
            lookups.ReadAsync(Machine("ex01"), isDeletion: false, default)
        );
    }

    private async Task<Caches> CachesOfAsync(params IReadOnlyList<IKubernetesObject<V1ObjectMeta>> objects) =>
        new(
            await CacheOfAsync<ExchangeVirtualMachine>(objects),
            await CacheOfAsync<HyperVHost>(objects),
            await CacheOfAsync<DatabaseAvailabilityGroup>(objects),
            await CacheOfAsync<VirtualizationPolicy>(objects)
        );

    private async Task<ResourceCache<T>> CacheOfAsync<T>(IReadOnlyList<IKubernetesObject<V1ObjectMeta>> objects)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var listed = Substitute.For<IResourceStore>();
        listed.ListAsync<T>(Arg.Any<CancellationToken>()).Returns(new ResourceList<T>([.. objects.OfType<T>()], "1"));
        listed.WatchAsync<T>(Arg.Any<string>(), Arg.Any<CancellationToken>()).Returns(Silence<T>());
        var informer = new Informer<T>(
            listed,
            new InformerOptions(),
            new FakeTimeProvider(),
            static () => 0.5,
            NullLogger<Informer<T>>.Instance
        );
        _ = informer.RunAsync(_stop.Token);
        await informer.Synced;
        return informer.Cache;
    }

    private static async IAsyncEnumerable<ResourceEvent<T>> Silence<T>()
        where T : class
    {
        await Task.CompletedTask;
        yield break;
    }

    private void Stored<T>(T entity)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        _store
            .GetAsync<T>(
                new ResourceKey(entity.Metadata.NamespaceProperty, entity.Metadata.Name),
                Arg.Any<CancellationToken>()
            )
            .Returns(entity);

    private static ExchangeVirtualMachine Machine(
        string resource,
        string? group = null,
        string policy = "default",
        string? name = null
    ) =>
        Read<ExchangeVirtualMachine>(
            $$"""
            apiVersion: exchangevirt.io/v1alpha1
            kind: ExchangeVirtualMachine
            metadata: {name: {{resource}}, namespace: messaging}
            spec:
              exchange: {version: ExchangeSE, role: Mailbox{{(
                group is null ? "" : $", databaseAvailabilityGroup: {group}"
            )}}}
              guest: {operatingSystem: WindowsServer2022}
              processors: {count: 8}
              memory: {size: 128Gi}
              policyName: {{policy}}
              virtualMachineName: {{name ?? resource}}
            """
        );

    private static DatabaseAvailabilityGroup Group(string name) =>
        Read<DatabaseAvailabilityGroup>(
            $$"""
            apiVersion: exchangevirt.io/v1alpha1
            kind: DatabaseAvailabilityGroup
            metadata: {name: {{name}}, namespace: messaging}
            """
        );

    private static VirtualizationPolicy Policy(string name) =>
        Read<VirtualizationPolicy>(
            $$"""
            apiVersion: exchangevirt.io/v1alpha1
            kind: VirtualizationPolicy
            metadata: {name: {{name}}}
            """
        );

    private static HyperVHost Host(string name, string policy) =>
        Read<HyperVHost>(
            $$"""
            apiVersion: exchangevirt.io/v1alpha1
            kind: HyperVHost
            metadata: {name: {{name}}}
            spec:
              agent: {endpoint: 'https://{{name}}:7443'}
              policyName: {{policy}}
            """
        );

    private static T Read<T>(string text)
    {
        var read = ManifestReader.ReadText("m.yaml", text);
        Assert.Empty(read.Problems);
        return (T)Assert.Single(read.Entities).Entity;
    }
}
