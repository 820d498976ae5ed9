using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Domain.Placement;
using ExchangeVirt.Operator.Acting;
using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Operator.Observing;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime;
using ExchangeVirt.Runtime.Informers;
using ExchangeVirt.Runtime.Stores;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;

namespace ExchangeVirt.Operator.Previewing;

/// <summary>What would be done about one VM.</summary>
/// <param name="Entity">The VM.</param>
/// <param name="Host">Where it is or would go; null where nowhere.</param>
/// <param name="Decision">What was decided, with every action and its gate.</param>
public sealed record VirtualMachinePreview(ExchangeVirtualMachine Entity, string? Host, Decision Decision);

/// <summary>What would be done about an estate.</summary>
/// <param name="VirtualMachines">Each VM, by name.</param>
/// <param name="UnreachableHosts">The hosts that could not be read, each with the reason.</param>
public sealed record EstatePlan(
    IReadOnlyList<VirtualMachinePreview> VirtualMachines,
    IReadOnlyDictionary<string, string> UnreachableHosts
);

/// <summary>Says what the operator would do now, by the very same decision, and does nothing.</summary>
public static class PlanPreview
{
    /// <summary>Reads every host once, and decides.</summary>
    /// <param name="entities">The declared objects, with their status where it is known.</param>
    /// <param name="installation">The installation whose marks count.</param>
    /// <param name="paused">The switch that stops everything, where it is pulled.</param>
    /// <param name="connector">How agents are reached.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<EstatePlan> ComputeAsync(
        IReadOnlyList<IKubernetesObject<V1ObjectMeta>> entities,
        InstallationEpoch installation,
        PauseState? paused,
        IHostAgentConnector connector,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var store = new PreviewStore(entities);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var machines = Informer<ExchangeVirtualMachine>(store, time);
        var hosts = Informer<HyperVHost>(store, time);
        var groups = Informer<DatabaseAvailabilityGroup>(store, time);
        var policies = Informer<VirtualizationPolicy>(store, time);
        IInformer[] informers = [machines, hosts, groups, policies];
        Task[] running = [.. informers.Select(informer => informer.RunAsync(stop.Token))];
        await Task.WhenAll(informers.Select(static informer => informer.Synced)).WaitAsync(cancellationToken);

        var caches = Caches.Of(machines, hosts, groups, policies);
        var fleet = new FleetView(time);
        var unreachable = await ObserveAsync(caches, fleet, connector, cancellationToken);
        var reader = new SituationReader(
            caches,
            fleet,
            new PauseReading(_ => Task.FromResult(paused), _ => Task.FromResult(paused)),
            installation.Installation,
            time
        );
        var placement = new PlacementService(
            store,
            caches,
            fleet,
            new PlacementLedger(installation.Installation),
            time
        );
        foreach (var host in caches.Hosts.List())
        {
            placement.HostChanged(host.Metadata.Name);
        }

        List<VirtualMachinePreview> previews = [];
        foreach (
            var entity in caches
                .VirtualMachines.List()
                .OrderBy(static entity => entity.Key().ToString(), StringComparer.Ordinal)
        )
        {
            previews.Add(await DecideAsync(entity.Copy(), caches, reader, placement, cancellationToken));
        }

        await stop.CancelAsync();
        await EndAsync(running);
        return new EstatePlan(previews, unreachable);
    }

    private static async Task<VirtualMachinePreview> DecideAsync(
        ExchangeVirtualMachine entity,
        Caches caches,
        SituationReader reader,
        PlacementService placement,
        CancellationToken cancellationToken
    )
    {
        var situation = await reader.ReadAsync(entity, cancellationToken);
        var (bound, decision) = await placement.BindAsync(situation, cancellationToken);
        if (!ReferenceEquals(bound, entity))
        {
            situation = await reader.ReadAsync(bound, cancellationToken);
        }

        var sighting = situation.Sighting;
        return new VirtualMachinePreview(
            bound,
            sighting.Seen?.Host.Name ?? sighting.BoundHostName ?? decision?.Host,
            Decision.For(reader.Suppose(situation, decision), decision, [], EstateVerdicts.Of(situation, caches))
        );
    }

    private static async Task<IReadOnlyDictionary<string, string>> ObserveAsync(
        Caches caches,
        FleetView fleet,
        IHostAgentConnector connector,
        CancellationToken cancellationToken
    )
    {
        var unreachable = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var host in caches.Hosts.List().OrderBy(static host => host.Metadata.Name, StringComparer.Ordinal))
        {
            var name = host.Metadata.Name;
            fleet.Declare(name);
            if (Soundness.Describe(Soundness.CheckUnchanging(host)) is { } wrong)
            {
                fleet.MarkUnreachable(name, Reasons.Invalid, wrong);
                unreachable[name] = $"{Reasons.Invalid}: {wrong}";
                continue;
            }

            var endpoint = new Uri(host.Spec.Agent.Endpoint);
            await using var agent = connector.Connect(endpoint, host.Spec.Agent.ServerName ?? endpoint.Host);
            try
            {
                var observation = await agent.ObserveAsync(cancellationToken);
                fleet.Replace(name, observation.Host);
            }
            catch (AgentFaultException fault)
            {
                fleet.MarkUnreachable(name, fault.Reason, fault.Message);
                unreachable[name] = $"{fault.Reason}: {fault.Message}";
            }
        }

        return unreachable;
    }

    private static Informer<T> Informer<T>(PreviewStore store, TimeProvider time)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        new(store, new InformerOptions(), time, static () => 0, NullLogger<Informer<T>>.Instance);

    private static async Task EndAsync(IEnumerable<Task> running)
    {
        foreach (var task in running)
        {
            try
            {
                await task;
            }
            catch (OperationCanceledException)
            {
                // The look is over.
            }
        }
    }
}
