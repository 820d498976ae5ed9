using System.Globalization;
using ExchangeVirt.Cli.Demo;
using ExchangeVirt.Cli.Estates;
using ExchangeVirt.Cli.Output;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Resources.Mapping;
using ExchangeVirt.Resources.V1Alpha1;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Cli.Status;

/// <summary>Reads an overview off listed objects. Pure.</summary>
internal static class OverviewReader
{
    private const string DefaultPolicy = "default";
    private const string True = "True";
    private const string InSync = "InSync";

    /// <summary>Reads.</summary>
    /// <param name="place">Where the estate is.</param>
    /// <param name="inNamespace">The namespace that was looked at; null: all.</param>
    /// <param name="objects">What was listed.</param>
    /// <param name="sight">What was seen of the operator.</param>
    /// <param name="remarks">What of the estate is damaged or was not taken.</param>
    /// <param name="now">The time.</param>
    public static EstateOverview Of(
        string place,
        string? inNamespace,
        EstateObjects objects,
        OperatorSight sight,
        IEnumerable<string> remarks,
        DateTimeOffset now
    ) =>
        new()
        {
            At = now,
            Place = place,
            Namespace = inNamespace,
            Operator = Operator(sight, now),
            Hosts = [.. objects.Hosts.Select(host => Host(host, objects.Policies))],
            Groups = [.. objects.Groups.Select(Group)],
            Machines = new MachineCounts(
                objects.Machines.Count,
                objects.Machines.Count(static machine => Is(machine.Status, ConditionTypes.Ready)),
                objects.Machines.Count(static machine => Is(machine.Status, ConditionTypes.Synced))
            ),
            Drift =
            [
                .. objects
                    .Machines.SelectMany(Drift)
                    .OrderBy(static drift => drift.Since ?? DateTimeOffset.MaxValue)
                    .ThenBy(static drift => drift.Machine, StringComparer.Ordinal),
            ],
            Restarts = [.. objects.Machines.Select(Restart).OfType<RestartOverview>()],
            Policies = [.. Policies(objects, now)],
            Unsupported = [.. objects.All.SelectMany(Violations)],
            NotReady = [.. objects.All.Select(NotReady).OfType<NotReadyOverview>(), .. objects.Unreadable.Select(Odd)],
            Remarks = [.. objects.NotShown, .. sight.NotSeen, .. remarks],
        };

    private static OperatorOverview Operator(OperatorSight sight, DateTimeOffset now) =>
        new(
            sight switch
            {
                { IsHolderKnown: false } => OperatorState.Unknown,
                { Holder: not null, IsRunning: { } runs } => runs ? OperatorState.Working : OperatorState.Ended,
                // What does not renew and was not found as a process cannot be told dead from alive.
                { RenewedAt: null, Validity: null, Holder: not null } => OperatorState.Unknown,
                { Holder: not null, RenewedAt: { } renewed, Validity: { } validity } when now < renewed + validity =>
                    OperatorState.Working,
                _ => OperatorState.Gone,
            },
            sight.Holder,
            sight.Since,
            sight.RenewedAt,
            sight.Installation,
            sight.Pause is { IsPaused: true } pause
                ? new PausedOverview(pause.By, pause.Reason, pause.At, pause.IsAssumed)
                : null,
            sight.PauseUnread
        );

    private static HostOverview Host(HyperVHost host, IReadOnlyList<VirtualizationPolicy> policies)
    {
        var processor = host.Status?.Processor;
        var memory = host.Status?.Memory;
        var policy = policies.FirstOrDefault(each => each.Metadata.Name == Desired.PolicyNameOf(host));
        var ready = MachineLine.Condition(host.Status, ConditionTypes.Ready);
        return new HostOverview(
            host.Metadata.Name,
            processor?.PhysicalCores,
            Ratio(processor?.GuestRatio),
            Ratio(processor?.OverallRatio),
            Desired.From(policy).MaxRatioPercent / 100m,
            Bytes(memory?.Assigned),
            Bytes(memory?.Total) is { } total ? total - (Bytes(memory?.Reserve) ?? 0) : null,
            ready?.Status == True,
            ready is { Status: not True } ? ready.Reason
                : ready is null ? "not seen yet"
                : host.Spec is { Maintenance: HostMaintenance.Drain } ? "draining"
                : host.Spec is { Schedulable: false } ? "cordoned"
                : null
        );
    }

    private static GroupOverview Group(DatabaseAvailabilityGroup group) =>
        new(
            NameOf(group),
            group.Status?.Members,
            group.Status?.Available,
            group.Status?.Votes,
            group.Status?.Quorum,
            group.Status?.DisruptionsAllowed,
            [
                .. (group.Status?.Disruptions ?? []).Select(static grant => new SlotOverview(
                    grant.Member,
                    grant.Reason,
                    grant.GrantedAt
                )),
            ]
        );

    private static IEnumerable<DriftOverview> Drift(ExchangeVirtualMachine machine) =>
        (machine.Status?.Settings ?? [])
            .Where(static setting => setting.State != InSync)
            .Select(setting => new DriftOverview(
                NameOf(machine),
                setting.Name,
                setting.Observed,
                setting.Desired,
                setting.State ?? "Unknown",
                setting.Since,
                setting.BlockedBy
            ));

    private static RestartOverview? Restart(ExchangeVirtualMachine machine)
    {
        var status = machine.Status;
        var isUnderWay = status?.Operation?.Name == RestartOperations.RestartName;
        if (status is null || (!isUnderWay && status.Pending is not { Restart: true }))
        {
            return null;
        }

        var waiting = status.Pending?.Actions?.FirstOrDefault(static action => action.BlockedBy is not null);
        return new RestartOverview(
            NameOf(machine),
            [
                .. (status.Pending?.Actions ?? [])
                    .Where(static action => action.NeedsOff)
                    .Select(static action => action.Subject ?? action.Name)
                    .Distinct(StringComparer.Ordinal),
            ],
            isUnderWay ? status.Operation!.Stage ?? "Begun" : null,
            isUnderWay ? null : waiting?.BlockedBy,
            isUnderWay ? null : status.Pending?.NotBefore,
            isUnderWay ? status.Operation!.Reason : waiting?.Message
        );
    }

    private static IEnumerable<PolicyOverview> Policies(EstateObjects objects, DateTimeOffset now)
    {
        if (
            !objects.HiddenKinds.Contains(VirtualizationPolicy.KubeKind)
            && objects.Policies.All(static policy => policy.Metadata.Name != DefaultPolicy)
        )
        {
            yield return Policy(DefaultPolicy, builtIn: true, new VirtualizationPolicySpec(), now);
        }

        foreach (var policy in objects.Policies)
        {
            // What has no spec is followed by nobody; an API server without the schema lets it be.
            yield return policy.Spec is { } spec
                ? Policy(policy.Metadata.Name, builtIn: false, spec, now)
                : Policy(policy.Metadata.Name, builtIn: false, new VirtualizationPolicySpec(), now) with
                {
                    Problem = "it has no spec",
                };
        }
    }

    private static PolicyOverview Policy(string name, bool builtIn, VirtualizationPolicySpec spec, DateTimeOffset now)
    {
        MaintenanceInterval? next = null;
        string? problem = null;
        try
        {
            next = MaintenanceSchedule.Intervals(spec.MaintenanceWindows, now) is [var first, ..] ? first : null;
        }
        catch (FormatException misfit)
        {
            problem = misfit.Message;
        }

        return new PolicyOverview(
            name,
            builtIn,
            spec.Enforcement.ToString(),
            spec.Disruption.ToString(),
            spec.Paused,
            next is null ? null : new WindowOverview(next.Name, next.OpensAt, next.ClosesAt, next.OpensAt <= now),
            problem
        );
    }

    private static IEnumerable<ViolationOverview> Violations(IKubernetesObject<V1ObjectMeta> entity) =>
        (StatusOf(entity)?.Violations ?? [])
            .Where(static violation => violation is { Severity: "Unsupported", Exemption: null })
            .Select(violation => new ViolationOverview(
                ReferenceTo(entity),
                violation.Rule,
                violation.Subject,
                violation.Message,
                violation.Since
            ));

    private static NotReadyOverview? NotReady(IKubernetesObject<V1ObjectMeta> entity)
    {
        var status = StatusOf(entity);
        var ready = MachineLine.Condition(status, ConditionTypes.Ready);
        var generation = entity.Metadata.Generation ?? 0;
        if (ready is null)
        {
            return new NotReadyOverview(
                ReferenceTo(entity),
                "",
                "The operator has not looked at it yet.",
                Time(entity.Metadata.CreationTimestamp),
                Stalled: false
            );
        }

        if (status!.ObservedGeneration < generation)
        {
            return new NotReadyOverview(
                ReferenceTo(entity),
                "",
                $"The operator has looked at generation {status.ObservedGeneration}, and not yet at {generation}, which is declared.",
                Since: null,
                Stalled: false
            );
        }

        return ready.Status == True
            ? null
            : new NotReadyOverview(
                ReferenceTo(entity),
                ready.Reason,
                ready.Message,
                ready.LastTransitionTime,
                Is(status, ConditionTypes.Stalled)
            );
    }

    private static NotReadyOverview Odd(UnreadableObject odd) =>
        new(
            $"{odd.Kind.Resource.ShortName}/{odd.Key}",
            "",
            $"It does not fit this version of exvirt: {odd.Message}",
            Since: null,
            Stalled: false
        );

    private static ResourceStatus? StatusOf(IKubernetesObject<V1ObjectMeta> entity) =>
        entity switch
        {
            HyperVHost host => host.Status,
            DatabaseAvailabilityGroup group => group.Status,
            ExchangeVirtualMachine machine => machine.Status,
            VirtualizationPolicy policy => policy.Status,
            VirtualMachineMigration migration => migration.Status,
            _ => null,
        };

    private static string NameOf(IKubernetesObject<V1ObjectMeta> entity) => Desired.KeyOf(entity).ToString();

    private static string ReferenceTo(IKubernetesObject<V1ObjectMeta> entity) =>
        $"{ResourceKind.Find(entity.Kind).Resource.ShortName}/{NameOf(entity)}";

    private static bool Is(ResourceStatus? status, string condition) =>
        MachineLine.Condition(status, condition)?.Status == True;

    private static decimal? Ratio(string? text) =>
        decimal.TryParse(text, CultureInfo.InvariantCulture, out var ratio) ? ratio : null;

    private static long? Bytes(string? text) => ByteSize.TryParse(text, out var size) ? size.Bytes : null;

    private static DateTimeOffset? Time(DateTime? utc) =>
        utc is { } time ? new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)) : null;
}
