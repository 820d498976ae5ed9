using ExchangeVirt.Domain.Gating;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Placement;
using ExchangeVirt.Operator.Observing;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Resources.Mapping;
using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Operator.Deciding;

/// <summary>Does all the reading that a decision rests on. What it gives is consistent with itself; the next pass reads afresh.</summary>
public sealed class SituationReader(
    Caches caches,
    FleetView fleet,
    PauseReading pauseEverywhere,
    string installation,
    TimeProvider time
)
{
    private readonly DateTimeOffset _began = time.GetUtcNow();

    /// <summary>Reads everything about one VM.</summary>
    public async Task<Situation> ReadAsync(ExchangeVirtualMachine entity, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (desired, unsound) = Desired.Read(entity);
        var owner = new OwnerMark(installation, desired.Key);
        var policyName = Desired.PolicyNameOf(entity);
        var declared = caches.PolicyOf(entity);
        var policy = Desired.From(declared);
        var invalidPolicy = caches.WhatIsWrongWithPolicy(policyName);
        var (windows, windowProblem) = invalidPolicy is null ? Windows(declared, now) : ([], invalidPolicy);
        var group = caches.GroupOf(entity);
        var invalidGroup = caches.WhatIsWrongWithGroupOf(entity);
        var everywhere = await pauseEverywhere.Heard(cancellationToken);
        return new Situation
        {
            Entity = entity,
            Desired = desired,
            Invalid = Soundness.Describe(unsound),
            Owner = owner,
            Policy = invalidPolicy is null ? policy : policy with { Name = policyName },
            MissingPolicy =
                declared is null && invalidPolicy is null && policyName != Desired.DefaultPolicy ? policyName : null,
            InvalidPolicy = invalidPolicy,
            MissingGroup = group is null && invalidGroup is null ? desired.Exchange.AvailabilityGroup : null,
            InvalidGroup = invalidGroup,
            Rules = Desired.RulesFor(entity, policy),
            Group = group is null ? null : GroupFactsReader.Read(group, caches, fleet, owner.Installation),
            Sighting = Sight(entity, desired, owner),
            Pauses = Pauses(entity, policy, everywhere),
            PauseAssumed = everywhere is { IsAssumed: true },
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
    public async Task<IReadOnlyList<Pause>> PausesNowAsync(
        ExchangeVirtualMachine entity,
        CancellationToken cancellationToken
    ) => Pauses(entity, Desired.From(caches.PolicyOf(entity)), await pauseEverywhere.Fresh(cancellationToken));

    /// <summary>Tells how long the hosts that may hold a VM still have for their first word.</summary>
    /// <returns>Null where it was seen, or where every one of them has had the time.</returns>
    public TimeSpan? FirstWordDue(ExchangeVirtualMachine entity)
    {
        var desired = Desired.Read(entity).Desired;
        var sighting = Sight(entity, desired, new OwnerMark(installation, desired.Key));
        return sighting.Seen is not null
            ? null
            : sighting.OutOfSight.Append(sighting.BoundHost).Select(host => host?.FirstWordDue(time.GetUtcNow())).Max();
    }

    /// <summary>Finds a declared VM in the fleet.</summary>
    public Sighting Sight(ExchangeVirtualMachine entity, DesiredVirtualMachine desired, OwnerMark owner)
    {
        var sighting = SightingFinder.Find(
            fleet,
            new Wanted(
                owner,
                desired.VirtualMachineName,
                Guid.TryParse(entity.Status?.VirtualMachineId, out var id) ? id : null,
                entity.Status?.Placement?.Host,
                host => MayHold(host, desired.Key.Namespace),
                () => caches.DeclaredHosts().Select(ViewOf)
            )
            {
                IsUnread = host => caches.WhyHostIsUnread(host) is not null,
            }
        );
        // A host that was declared a moment ago is not in the fleet yet; one that is not declared is nowhere.
        return sighting with
        {
            Seen = sighting.Seen is { } seen ? seen with { Host = caches.InSight(seen.Host) } : null,
            BoundHost =
                sighting.BoundHostName is { } bound && caches.IsHostDeclared(bound)
                    ? ViewOf(bound)
                    : sighting.BoundHost,
        };
    }

    // A host that never could be read is in no fleet, and counts as silent since this reader began to look.
    private HostView ViewOf(string host) =>
        caches.InSight(
            fleet.Host(host) ?? HostView.Unknown(host, caches.WhyHostIsUnread(host) is null ? time.GetUtcNow() : _began)
        );

    private bool MayHold(string host, string inNamespace) =>
        caches.WhyHostIsUnread(host) is null
        && caches.Hosts.Get(new ResourceKey(null, host)) is { } declared
        && declared.Spec?.AllowedNamespaces?.Contains(inNamespace, StringComparer.Ordinal) != false;

    /// <summary>Lists the off switches that are pulled, but for the host's own.</summary>
    internal static IReadOnlyList<Pause> Pauses(ExchangeVirtualMachine entity, Policy policy, PauseState? everywhere)
    {
        List<Pause> pauses = [];
        if (entity.Spec is { Paused: true })
        {
            pauses.Add(new Pause(PauseScope.VirtualMachine));
        }

        if (policy.Paused)
        {
            pauses.Add(new Pause(PauseScope.Policy));
        }

        if (everywhere is { IsPaused: true })
        {
            pauses.Add(
                new Pause(PauseScope.Everywhere, everywhere.By, everywhere.Reason)
                {
                    Assumed = everywhere.IsAssumed,
                    CommandOptions = everywhere.CommandOptions,
                }
            );
        }

        return pauses;
    }

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
