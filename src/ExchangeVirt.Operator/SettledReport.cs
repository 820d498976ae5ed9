using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Operator.Observing;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime.Stores;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Operator;

/// <summary>How an estate stands when nothing is left to do but what gates hold back.</summary>
/// <param name="NotReady">The objects that are not Ready, as <c>kind namespace/name: reason: message</c>.</param>
public sealed record SettledReport(IReadOnlyList<string> NotReady)
{
    /// <summary>Gets whether every object is Ready.</summary>
    public bool AllReady => NotReady.Count == 0;
}

/// <summary>Tells when a control plane has nothing left to do but what gates hold back.</summary>
public static class Settling
{
    private const int Looks = 15;
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits until it is so for a while, long enough for a write to come back as a change.</summary>
    public static async Task<SettledReport> WaitAsync(
        ControlPlane plane,
        IResourceStore store,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        await plane.Started.WaitAsync(cancellationToken);
        for (var calm = 0; calm < Looks; calm = IsCalm(plane) ? calm + 1 : 0)
        {
            await Task.Delay(s_interval, time, cancellationToken);
        }

        return new SettledReport([
            .. await NotReadyAsync<VirtualizationPolicy>(store, static entity => entity.Status, cancellationToken),
            .. await NotReadyAsync<HyperVHost>(store, static entity => entity.Status, cancellationToken),
            .. await NotReadyAsync<DatabaseAvailabilityGroup>(store, static entity => entity.Status, cancellationToken),
            .. await NotReadyAsync<ExchangeVirtualMachine>(store, static entity => entity.Status, cancellationToken),
            .. await NotReadyAsync<VirtualMachineMigration>(store, static entity => entity.Status, cancellationToken),
        ]);
    }

    private static bool IsCalm(ControlPlane plane) =>
        plane.IsIdle
        && plane.Caches.Hosts.List().All(host => IsTried(plane.Fleet.Host(host.Metadata.Name)))
        && plane.Caches.Groups.List().All(static group => group.Status?.Disruptions is null or { Count: 0 })
        && plane.Caches.VirtualMachines.List().All(static entity => !IsUnderWay(entity));

    private static bool IsTried(HostView? view) =>
        view is not null
        && (view.Reachable || view.Reason is not (HostView.ConnectingReason or HostView.NotReadYetReason));

    private static bool IsUnderWay(ExchangeVirtualMachine entity) =>
        entity.Status is not { } status
        || status.ObservedGeneration != entity.Metadata.Generation
        || (
            status.Operation is { Name: var name }
            && name is RestartOperations.RestartName or RestartOperations.CreateName or OperationStep.RequestName
            && status.Conditions?.Any(static condition => condition.Type == ConditionTypes.Stalled) != true
        )
        || status.Conditions?.Any(static condition =>
            condition
                is {
                    Type: ConditionTypes.Reconciling,
                    Reason: Reasons.Correcting or Reasons.PowerStateChanging or Reasons.Restarting,
                }
        ) == true;

    private static async Task<IEnumerable<string>> NotReadyAsync<T>(
        IResourceStore store,
        Func<T, ResourceStatus?> statusOf,
        CancellationToken cancellationToken
    )
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var list = await store.ListAsync<T>(cancellationToken);
        return from entity in list.Items
            let ready = statusOf(entity)?.Conditions?.FirstOrDefault(static c => c.Type == ConditionTypes.Ready)
            where ready?.Status != "True"
            let name = entity.Metadata.NamespaceProperty is { } inNamespace
                ? $"{inNamespace}/{entity.Metadata.Name}"
                : entity.Metadata.Name
            orderby name
            select $"{entity.Kind} {name}: {ready?.Reason ?? "Unknown"}: {ready?.Message ?? "It was not looked at yet."}";
    }
}
