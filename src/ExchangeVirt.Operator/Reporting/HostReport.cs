using System.Globalization;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Rules;
using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Operator.Observing;
using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Operator.Reporting;

/// <summary>Turns what is known of a host into its status. Pure.</summary>
public static class HostReport
{
    private const int LongestList = 256;

    /// <summary>Values that move by themselves are written in steps of this share, so that at rest nothing is written.</summary>
    private const int StepPercent = 5;

    /// <summary>Gives the status.</summary>
    public static HyperVHostStatus For(HyperVHost entity, HostView view, HostDefinition definition, DateTimeOffset now)
    {
        var before = entity.Status;
        var generation = entity.Metadata.Generation ?? 0;
        var verdicts = Verdicts(definition, view.Facts, before?.Processor, now);
        return new HyperVHostStatus
        {
            ObservedGeneration = generation,
            Processor = view.Facts is { } facts
                ? Processor(facts, definition.Policy, before?.Processor)
                : before?.Processor,
            Memory = view.Facts is { } memory ? Memory(memory, definition.Policy, before?.Memory) : before?.Memory,
            Volumes = view.Facts?.Volumes is { } volumes ? Volumes(volumes, before?.Volumes) : before?.Volumes,
            OperatingSystem = view.Facts?.OperatingSystem is { } system
                ? new HostOperatingSystemStatus { Caption = system.Caption, Version = system.Version }
                : before?.OperatingSystem,
            AgentVersion = view.Facts?.AgentVersion ?? before?.AgentVersion,
            ForeignApplications = view.Facts?.ForeignApplications is { Count: > 0 } foreign ? foreign : null,
            Violations = Violations(verdicts, before?.Violations, now),
            Unknown = Unknown(verdicts),
            Conditions = Conditions.After(
                before?.Conditions,
                Findings(entity, view, definition, verdicts),
                generation,
                now
            ),
        };
    }

    // A verdict is judged by the figures of now; what it says where it is the same by those that stand in status, so that a
    // figure that moves by itself writes nothing.
    private static List<RuleVerdict> Verdicts(
        HostDefinition definition,
        ObservedHost? facts,
        HostProcessorStatus? before,
        DateTimeOffset now
    )
    {
        var verdicts = EstateVerdicts.Of(definition, facts, now);
        if (facts?.Processors.RootProcessorsUsed is not { } measured)
        {
            return [.. verdicts];
        }

        var still = EstateVerdicts.Of(
            definition,
            facts with
            {
                Processors = facts.Processors with
                {
                    RootProcessorsUsed = double.Parse(
                        Stepped(measured, before?.RootProcessorsUsed),
                        CultureInfo.InvariantCulture
                    ),
                },
            },
            now
        );
        return
        [
            .. verdicts.Select(verdict =>
                still.FirstOrDefault(other =>
                    other.Rule == verdict.Rule && other.Subject == verdict.Subject && other.Verdict == verdict.Verdict
                ) ?? verdict
            ),
        ];
    }

    private static HostProcessorStatus Processor(ObservedHost facts, Policy policy, HostProcessorStatus? before)
    {
        var guests = Guests(facts, policy);
        var used = facts.Processors.RootProcessorsUsed is { } measured
            ? Stepped(measured, before?.RootProcessorsUsed)
            : null;
        // What is reckoned from a figure that moves by itself moves with its steps, not with it.
        var processors = facts.Processors with
        {
            RootProcessorsUsed = used is null ? null : double.Parse(used, CultureInfo.InvariantCulture),
        };
        var budget = RatioBudget.Supported(processors, policy);
        var allowed = RatioBudget.Allowed(processors, policy);
        return new HostProcessorStatus
        {
            PhysicalCores = facts.Processors.PhysicalCores,
            LogicalProcessors = facts.Processors.LogicalProcessors,
            RootProcessorsUsed = used,
            GuestVirtualProcessors = guests,
            GuestRatio = guests is { } count ? budget?.GuestRatio(count) : null,
            OverallRatio = guests is { } all ? budget?.OverallRatio(all) : null,
            GuestVirtualProcessorLimit = allowed?.HardLimit,
        };
    }

    /// <summary>Adds up the guests' processors; null where one of them is not known, which makes every ratio unknown.</summary>
    private static int? Guests(ObservedHost facts, Policy policy)
    {
        var sum = 0;
        foreach (var machine in facts.VirtualMachines)
        {
            if (!policy.CountStoppedMachines && machine.PowerState is PowerState.Off)
            {
                continue;
            }

            if (machine.ProcessorCount is not { } count)
            {
                return null;
            }

            sum += count;
        }

        return sum;
    }

    private static HostMemoryStatus Memory(ObservedHost facts, Policy policy, HostMemoryStatus? before)
    {
        var assigned = facts.VirtualMachines.Aggregate(
            ByteSize.Zero,
            static (sum, machine) =>
                sum
                + (
                    machine.Memory is { } memory
                        ? memory.Dynamic
                            ? memory.Assigned ?? memory.Startup
                            : memory.Startup
                        : ByteSize.Zero
                )
        );
        var reserve = facts.Memory is { } total
            ? new ByteSize(Math.Max(policy.HostReserveMinimum.Bytes, total.Bytes / 100 * policy.HostReservePercent))
            : (ByteSize?)null;
        return new HostMemoryStatus
        {
            Total = facts.Memory?.ToString(),
            Assigned = SteppedBytes(assigned, facts.Memory ?? assigned, before?.Assigned),
            Reserve = reserve is { } kept ? ByteSize.FromMebibytes(kept.Mebibytes).ToString() : null,
        };
    }

    private static List<HostVolumeStatus> Volumes(
        IReadOnlyList<HostVolume> volumes,
        IReadOnlyList<HostVolumeStatus>? before
    ) =>
        [
            .. volumes
                .OrderBy(static volume => volume.Path, StringComparer.OrdinalIgnoreCase)
                .Select(volume => new HostVolumeStatus
                {
                    Path = volume.Path,
                    Total = volume.Size?.ToString(),
                    Free = Free(volume, before?.FirstOrDefault(old => old.Path == volume.Path)?.Free),
                    Kind = volume.Kind,
                }),
        ];

    private static string? Free(HostVolume volume, string? before)
    {
        if (volume.Free is not { } free)
        {
            return null;
        }

        return SteppedBytes(free, volume.Size ?? free, before);
    }

    private static string SteppedBytes(ByteSize value, ByteSize whole, string? before) =>
        ByteSize.TryParse(before, out var old) && Math.Abs(old.Bytes - value.Bytes) < whole.Bytes / 100 * StepPercent
            ? before!
            : ByteSize.FromMebibytes(value.Mebibytes).ToString();

    private static string Stepped(double value, string? before)
    {
        var old = double.TryParse(before, NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed)
            ? parsed
            : double.NaN;
        return Math.Abs(old - value) <= Math.Max(0.1, old * StepPercent / 100)
            ? before!
            : value.ToString("0.0", CultureInfo.InvariantCulture);
    }

    private static IEnumerable<Finding> Findings(
        HyperVHost entity,
        HostView view,
        HostDefinition definition,
        IReadOnlyList<RuleVerdict> verdicts
    )
    {
        if (view.Reachable)
        {
            yield return new Finding(ConditionTypes.Ready, true, Reasons.AgentAnswers, "The agent answers.");
        }
        else
        {
            var message =
                $"The agent at {entity.Spec.Agent.Endpoint} does not answer ({view.Reason}): {view.Message} What was last seen on the host may still run; nothing is done there until it answers.";
            yield return new Finding(ConditionTypes.Ready, false, Reasons.HostUnreachable, message);
            yield return new Finding(ConditionTypes.Reconciling, true, Reasons.HostUnreachable, message);
        }

        yield return Dedicated(view);
        yield return WithinRatio(verdicts);
        yield return definition.Draining
            ? new Finding(
                ConditionTypes.Drained,
                false,
                Reasons.NotAvailableYet,
                "Draining a host is not available yet: no VM is placed on it any more, and none is moved away. Move them in Hyper-V."
            )
            : new Finding(ConditionTypes.Drained, false, Reasons.InService, "The host is in service.");
    }

    private static Finding Dedicated(HostView view) =>
        view.Facts?.ForeignApplications switch
        {
            null => new Finding(
                ConditionTypes.Dedicated,
                null,
                Reasons.FactsMissing,
                "The host did not tell which server applications it has."
            ),
            [] => new Finding(
                ConditionTypes.Dedicated,
                true,
                Reasons.NoneFound,
                "No known server application was found beside Hyper-V."
            ),
            var foreign => new Finding(
                ConditionTypes.Dedicated,
                false,
                Reasons.ForeignApplications,
                $"Found on the host: {string.Join(", ", foreign)}. A Hyper-V host of Exchange runs management software alone (host-foreign-app): move them away."
            ),
        };

    private static Finding WithinRatio(IReadOnlyList<RuleVerdict> verdicts)
    {
        var ratio = verdicts
            .Where(static verdict => verdict.Rule is "cpu-guests-over-2to1" or "cpu-overall-over-2to1")
            .ToList();
        var broken = ratio.Where(static verdict => verdict.Verdict is Verdict.Violated).ToList();
        if (broken.Count > 0)
        {
            return new Finding(ConditionTypes.WithinRatio, false, Reasons.OverRatio, broken[^1].Message);
        }

        return ratio.Exists(static verdict => verdict.Verdict is Verdict.Unknown)
            ? new Finding(
                ConditionTypes.WithinRatio,
                null,
                Reasons.FactsMissing,
                "Cores or guests are not known, so the ratio cannot be judged."
            )
            : new Finding(
                ConditionTypes.WithinRatio,
                true,
                Reasons.WithinRatio,
                "All guests and the host itself are within 2:1 of the physical cores."
            );
    }

    private static List<ViolationStatus>? Violations(
        IReadOnlyList<RuleVerdict> verdicts,
        IReadOnlyList<ViolationStatus>? before,
        DateTimeOffset now
    )
    {
        List<ViolationStatus> violations =
        [
            .. verdicts
                .Where(static verdict => verdict.Verdict is Verdict.Violated)
                .Select(verdict => new ViolationStatus
                {
                    Rule = verdict.Rule,
                    Severity = verdict.Severity.ToString(),
                    Message = verdict.Message,
                    Reference = verdict.Reference,
                    Since = before?.FirstOrDefault(old => old.Rule == verdict.Rule)?.Since ?? now,
                })
                .Take(LongestList),
        ];
        return violations.Count == 0 ? null : violations;
    }

    private static List<UnknownRuleStatus>? Unknown(IReadOnlyList<RuleVerdict> verdicts)
    {
        List<UnknownRuleStatus> unknown =
        [
            .. verdicts
                .Where(static verdict => verdict.Verdict is Verdict.Unknown)
                .Select(static verdict => new UnknownRuleStatus
                {
                    Rule = verdict.Rule,
                    MissingFacts = verdict.MissingFacts,
                })
                .Take(LongestList),
        ];
        return unknown.Count == 0 ? null : unknown;
    }
}
