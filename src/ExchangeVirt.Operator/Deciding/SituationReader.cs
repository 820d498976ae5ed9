using ExchangeVirt.Domain.Gating;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Placement;
using ExchangeVirt.Operator.Observing;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Resources.Mapping;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Operator.Deciding;

/// <summary>Does all the reading that a decision rests on. What it gives is consistent with itself; the next pass reads afresh.</summary>
public sealed class SituationReader(
    Caches caches,
    FleetView fleet,
    Func<CancellationToken, Task<PauseState?>> pauseEverywhere,
    string installation,
    TimeProvider time
)
{
    /// <summary>The policy that is meant where a manifest names none.</summary>
    public const string DefaultPolicy = "default";

    /// <summary>Reads everything about one VM.</summary>
    public async Task<Situation> ReadAsync(ExchangeVirtualMachine entity, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var desired = Desired.From(entity);
        var owner = new OwnerMark(installation, desired.Key);
        var declared = caches.Policies.Get(new ResourceKey(null, entity.Spec.PolicyName));
        var policy = Desired.From(declared);
        var (windows, windowProblem) = Windows(declared, now);
        var group = GroupOf(entity);
        return new Situation
        {
            Entity = entity,
            Desired = desired,
            Owner = owner,
            Policy = policy,
            MissingPolicy = declared is null && entity.Spec.PolicyName != DefaultPolicy ? entity.Spec.PolicyName : null,
            MissingGroup = group is null ? desired.Exchange.AvailabilityGroup : null,
            Rules = Desired.RulesFor(entity, policy),
            Group = group is null ? null : GroupFactsReader.Read(group, caches, fleet, owner.Installation),
            Sighting = Sight(entity, desired, owner),
            Pauses = await PausesAsync(entity, policy, cancellationToken),
            Windows = windows,
            WindowProblem = windowProblem,
            Restart = RestartOperations.From(entity.Status?.Operation),
            Now = now,
        };
    }

    /// <summary>
    /// Supposes a VM where placement would put it, so that what would be done there can be told although nothing is bound: to
    /// those who only observe.
    /// </summary>
    public Situation Suppose(Situation situation, PlacementDecision? placement) =>
        placement?.Host is { } host && situation.Sighting is { Seen: null, BoundHostName: null }
            ? situation with
            {
                Sighting = situation.Sighting with
                {
                    BoundHostName = host,
                    BoundHost = fleet.Host(host),
                    Supposed = true,
                },
            }
            : situation;

    /// <summary>Reads every off switch fresh, as before each action.</summary>
    public async Task<IReadOnlyList<Pause>> PausesAsync(
        ExchangeVirtualMachine entity,
        Policy policy,
        CancellationToken cancellationToken
    )
    {
        List<Pause> pauses = [];
        if (entity.Spec.Paused)
        {
            pauses.Add(new Pause(PauseScope.VirtualMachine));
        }

        if (policy.Paused)
        {
            pauses.Add(new Pause(PauseScope.Policy));
        }

        if (await pauseEverywhere(cancellationToken) is { IsPaused: true } everywhere)
        {
            pauses.Add(new Pause(PauseScope.Everywhere, everywhere.By, everywhere.Reason));
        }

        return pauses;
    }

    /// <summary>Finds a declared VM in the fleet.</summary>
    public Sighting Sight(ExchangeVirtualMachine entity, DesiredVirtualMachine desired, OwnerMark owner) =>
        SightingFinder.Find(
            fleet,
            new Wanted(
                owner,
                desired.VirtualMachineName,
                Guid.TryParse(entity.Status?.VirtualMachineId, out var id) ? id : null,
                entity.Status?.Placement?.Host,
                host => MayHold(host, desired.Key.Namespace),
                () =>
                    caches
                        .Hosts.Keys()
                        .OrderBy(static host => host.Name, StringComparer.Ordinal)
                        .Select(host => fleet.Host(host.Name) ?? HostView.Unknown(host.Name, time.GetUtcNow()))
            )
        );

    private bool MayHold(string host, string inNamespace) =>
        caches.Hosts.Get(new ResourceKey(null, host)) is { } declared
        && declared.Spec.AllowedNamespaces?.Contains(inNamespace, StringComparer.Ordinal) != false;

    private DatabaseAvailabilityGroup? GroupOf(ExchangeVirtualMachine entity) =>
        entity.Spec.Exchange.DatabaseAvailabilityGroup is { } name
            ? caches.Groups.Get(new ResourceKey(entity.Metadata.NamespaceProperty, name))
            : null;

    private static (IReadOnlyList<MaintenanceInterval> Windows, string? Problem) Windows(
        VirtualizationPolicy? policy,
        DateTimeOffset now
    )
    {
        try
        {
            return (MaintenanceSchedule.Intervals(policy?.Spec.MaintenanceWindows, now), null);
        }
        catch (FormatException exception)
        {
            // A window that cannot be understood never opens.
            return ([], exception.Message);
        }
    }
}
