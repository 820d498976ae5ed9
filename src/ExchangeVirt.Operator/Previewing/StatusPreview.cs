using ExchangeVirt.Domain.Gating;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Resources.Mapping;
using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime.Stores;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Operator.Previewing;

/// <summary>One setting that would not be as declared.</summary>
/// <param name="Name">Its name in status.</param>
/// <param name="Desired">What is asked, in words.</param>
/// <param name="Observed">What the operator last saw, in words; null where it never told.</param>
/// <param name="NeedsOff">Whether a running VM has to be restarted for it.</param>
/// <param name="Closed">The first closed gate among those that rest on declarations; null where none of these is closed.</param>
public sealed record SettingOutlook(
    string Name,
    string Desired,
    string? Observed,
    bool NeedsOff,
    GateDecision.Closed? Closed
);

/// <summary>What declarations and the status that the operator last wrote tell of one VM, without asking any host.</summary>
/// <param name="Entity">The VM.</param>
/// <param name="IsSeen">Whether it was seen on a host, or is bound to one.</param>
/// <param name="Creation">The first closed gate of its creation, where it was not seen; null where none that rests on declarations is closed.</param>
/// <param name="Settings">The settings that are not as declared.</param>
/// <param name="Problems">What the declarations themselves are refused for.</param>
public sealed record VirtualMachineOutlook(
    ExchangeVirtualMachine Entity,
    bool IsSeen,
    GateDecision.Closed? Creation,
    IReadOnlyList<SettingOutlook> Settings,
    IReadOnlyList<PlanProblem> Problems
);

/// <summary>
/// Says as much of what would be done as can be told without any host: the planner's own words for what is asked, beside what
/// status says is there, and the gates that rest on declarations. Where a VM would go, what hosts are busy with, and whose
/// turn it is in a DAG stay open. Pure.
/// </summary>
public static class StatusPreview
{
    /// <summary>Looks at every VM, by name.</summary>
    /// <param name="entities">The declared objects with their status.</param>
    /// <param name="paused">The switch that stops everything, where it is pulled.</param>
    /// <param name="now">The time.</param>
    public static IReadOnlyList<VirtualMachineOutlook> Of(
        IReadOnlyList<IKubernetesObject<V1ObjectMeta>> entities,
        PauseState? paused,
        DateTimeOffset now
    )
    {
        // Each is judged once, however many VMs name it.
        var policies = entities
            .OfType<VirtualizationPolicy>()
            .ToDictionary(
                static policy => policy.Metadata.Name,
                static policy => new Judged<VirtualizationPolicy>(policy)
            );
        var groups = entities
            .OfType<DatabaseAvailabilityGroup>()
            .ToDictionary(Desired.KeyOf, static group => new Judged<DatabaseAvailabilityGroup>(group));
        return
        [
            .. entities
                .OfType<ExchangeVirtualMachine>()
                .OrderBy(static entity => Desired.KeyOf(entity).ToString(), StringComparer.Ordinal)
                .Select(entity =>
                    Of(entity, policies.GetValueOrDefault(Desired.PolicyNameOf(entity)), groups, paused, now)
                ),
        ];
    }

    private static VirtualMachineOutlook Of(
        ExchangeVirtualMachine entity,
        Judged<VirtualizationPolicy>? declared,
        Dictionary<ObjectKey, Judged<DatabaseAvailabilityGroup>> groups,
        PauseState? paused,
        DateTimeOffset now
    )
    {
        var (desired, unsound) = Desired.Read(entity);
        var seen = entity.Status is { Settings.Count: > 0 };
        IReadOnlyList<PlanProblem> refusals = [.. ReferenceRefusals(entity, declared, groups)];
        if (Soundness.Describe(unsound) is { } wrong)
        {
            // What it asks for is not known, so nothing is compared with it.
            return new VirtualMachineOutlook(entity, seen, null, [], [Refusals.Invalid(wrong), .. refusals]);
        }

        var policy = Desired.From(declared?.Entity);
        var plan = Planner.Plan(
            new PlanningInput
            {
                Desired = desired,
                Observed = Unseen(desired),
                Policy = policy,
                Owner = new OwnerMark("", desired.Key),
                Now = now,
                DesiredVerdicts = EstateVerdicts.OfDesired(desired, policy, now),
            }
        );
        var input = GateInputOf(entity, desired, policy, declared, paused, now);
        return new VirtualMachineOutlook(
            entity,
            seen,
            seen ? null : Gate.CheckDeclared(input, Undisturbing(new StartVirtualMachine())),
            seen ? [.. Differences(entity.Status!, plan, desired, input)] : [],
            [.. refusals, .. plan.Problems.Where(IsOfTheWish)]
        );
    }

    // With nothing known of the VM the planner still says, for each setting, what is asked.
    private static ObservedVirtualMachine Unseen(DesiredVirtualMachine desired) =>
        new()
        {
            Id = Guid.Empty,
            Name = desired.VirtualMachineName,
            Fingerprint = "",
            PowerState = PowerState.Unknown,
        };

    private static bool IsOfTheWish(PlanProblem problem) => problem.Reason is PlanReasons.UnsupportedDesiredValue;

    private static IEnumerable<SettingOutlook> Differences(
        ExchangeVirtualMachineStatus status,
        VirtualMachinePlan plan,
        DesiredVirtualMachine desired,
        GateInput input
    )
    {
        foreach (var asked in plan.Settings)
        {
            var known = status.Settings!.FirstOrDefault(setting => setting.Name == asked.Name);
            // What is asked as before is as the operator judged it; anything else is compared with what it saw.
            var isSettled =
                known is not null
                && (
                    known.Desired == asked.Desired
                        ? known.State
                            is nameof(Domain.Planning.SettingState.InSync)
                                or nameof(Domain.Planning.SettingState.Unknown)
                        : known.Observed == asked.Desired
                );
            if (!isSettled)
            {
                var needsOff = SettingPowerRequirement.Of(asked.Name) is { NeedsOff: true };
                yield return new SettingOutlook(
                    asked.Name,
                    asked.Desired,
                    known?.Observed,
                    needsOff,
                    Gate.CheckDeclared(
                        input,
                        ActionFor(asked.Name, desired, needsOff, status.PowerState == nameof(PowerState.Running))
                    )
                );
            }
        }
    }

    // As much of an action as the gates that rest on declarations look at.
    private static PlannedAction ActionFor(string setting, DesiredVirtualMachine desired, bool needsOff, bool isUp)
    {
        var disk = desired.Disks?.FirstOrDefault(disk => SettingNames.Disk(disk.Name) == setting);
        var stops = setting is SettingNames.PowerState && desired.PowerState is DesiredPowerState.Stopped;
        return disk is not null ? Undisturbing(new AttachDisk(disk)) with { Disruptive = isUp }
            : isUp && (needsOff || stops) ? Undisturbing(new ShutDownGuest("")) with { Disruptive = true }
            : setting is SettingNames.ExistingCheckpoints ? Undisturbing(new MergeCheckpoint("", ""))
            : Undisturbing(new StartVirtualMachine());
    }

    private static PlannedAction Undisturbing(VirtualMachineAction action) =>
        new() { Action = action, Cause = ActionCause.Change };

    private static IEnumerable<PlanProblem> ReferenceRefusals(
        ExchangeVirtualMachine entity,
        Judged<VirtualizationPolicy>? policy,
        Dictionary<ObjectKey, Judged<DatabaseAvailabilityGroup>> groups
    )
    {
        var policyName = Desired.PolicyNameOf(entity);
        if (policy is { Wrong: { } wrongPolicy })
        {
            yield return Refusals.InvalidPolicy(policyName, wrongPolicy);
        }
        else if (policy is null && policyName is not Desired.DefaultPolicy)
        {
            yield return Refusals.MissingPolicy(policyName);
        }

        if (Desired.GroupNameOf(entity) is not { } groupName)
        {
            yield break;
        }

        var inNamespace = entity.Metadata.NamespaceProperty ?? "";
        if (!groups.TryGetValue(new ObjectKey(inNamespace, groupName), out var group))
        {
            yield return Refusals.MissingGroup(groupName, inNamespace);
        }
        else if (group.Wrong is { } wrongGroup)
        {
            yield return Refusals.InvalidGroup(groupName, wrongGroup);
        }
    }

    private static GateInput GateInputOf(
        ExchangeVirtualMachine entity,
        DesiredVirtualMachine desired,
        Policy policy,
        Judged<VirtualizationPolicy>? declared,
        PauseState? paused,
        DateTimeOffset now
    ) =>
        new()
        {
            Now = now,
            VirtualMachine = desired,
            Rules = Desired.RulesFor(entity, policy),
            Pauses = SituationReader.Pauses(entity, policy, paused),
            HoldReason =
                entity.Metadata.Annotations?.TryGetValue(GroupFactsReader.HoldAnnotation, out var hold) == true
                    ? hold
                    : null,
            Host = new HostFacts(
                "",
                Reachable: false,
                FactAge: null,
                MaximumFactAge: TimeSpan.Zero,
                ClusterStateKnown: false
            ),
            MaintenanceIntervals = declared is { Wrong: null, Entity: var sound } ? Windows(sound, now) : [],
        };

    private static IReadOnlyList<MaintenanceInterval> Windows(VirtualizationPolicy policy, DateTimeOffset now)
    {
        try
        {
            return MaintenanceSchedule.Intervals(policy.Spec.MaintenanceWindows, now);
        }
        catch (FormatException)
        {
            // A window that cannot be understood never opens.
            return [];
        }
    }

    /// <summary>An object with what is wrong with it; null where it is sound.</summary>
    private sealed record Judged<T>(T Entity, string? Wrong)
        where T : IKubernetesObject<V1ObjectMeta>
    {
        public Judged(T entity)
            : this(entity, Soundness.Describe(Soundness.Check(entity))) { }
    }
}
