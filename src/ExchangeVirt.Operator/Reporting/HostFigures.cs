using System.Globalization;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Rules;
using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Operator.Reporting;

/// <summary>Gives a host's figures as they are told: those that move by themselves by steps, so that at rest nothing is written. Pure.</summary>
internal static class HostFigures
{
    /// <summary>Values that move by themselves are told in steps of this share.</summary>
    private const int StepPercent = SteadyText.StepPercent;

    /// <summary>Gives a host's facts with the figures that are told of it.</summary>
    /// <param name="facts">What was seen.</param>
    /// <param name="before">What was told last.</param>
    /// <param name="mayMove">Whether figures that move by themselves may be told anew.</param>
    public static ObservedHost Told(ObservedHost facts, HyperVHostStatus? before, bool mayMove) =>
        facts with
        {
            // What is reckoned from a figure that moves by itself moves with its steps, not with it.
            Processors = facts.Processors with
            {
                RootProcessorsUsed = facts.Processors.RootProcessorsUsed is { } measured
                    ? Stepped(measured, before?.Processor?.RootProcessorsUsed, mayMove)
                    : null,
            },
            Volumes = facts
                .Volumes?.Select(volume =>
                    volume.Free is { } free
                        ? volume with
                        {
                            Free = Stepped(
                                free,
                                volume.Size ?? free,
                                before?.Volumes?.FirstOrDefault(old => old.Path == volume.Path)?.Free,
                                mayMove
                            ),
                        }
                        : volume
                )
                .ToList(),
        };

    /// <summary>Gives the processors.</summary>
    /// <param name="told">What is told of the host.</param>
    /// <param name="policy">Its policy.</param>
    public static HostProcessorStatus Processor(ObservedHost told, Policy policy)
    {
        var guests = Guests(told, policy);
        var budget = RatioBudget.Supported(told.Processors, policy);
        var allowed = RatioBudget.Allowed(told.Processors, policy);
        return new HostProcessorStatus
        {
            PhysicalCores = told.Processors.PhysicalCores,
            LogicalProcessors = told.Processors.LogicalProcessors,
            RootProcessorsUsed = told.Processors.RootProcessorsUsed?.ToString("0.0", CultureInfo.InvariantCulture),
            GuestVirtualProcessors = guests,
            GuestRatio = guests is { } count ? budget?.GuestRatio(count) : null,
            OverallRatio = guests is { } all ? budget?.OverallRatio(all) : null,
            GuestVirtualProcessorLimit = allowed?.HardLimit,
        };
    }

    /// <summary>Gives the memory.</summary>
    /// <param name="told">What is told of the host.</param>
    /// <param name="policy">Its policy.</param>
    /// <param name="before">What was told last.</param>
    /// <param name="mayMove">Whether figures that move by themselves may be told anew.</param>
    public static HostMemoryStatus Memory(ObservedHost told, Policy policy, HostMemoryStatus? before, bool mayMove)
    {
        var assigned = told.VirtualMachines.Aggregate(
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
        // Fixed memory changes by what somebody does, and that is told at once.
        var moves = told.VirtualMachines.Any(static machine => machine.Memory is { Dynamic: true });
        var reserve = told.Memory is { } total
            ? new ByteSize(Math.Max(policy.HostReserveMinimum.Bytes, total.Bytes / 100 * policy.HostReservePercent))
            : (ByteSize?)null;
        return new HostMemoryStatus
        {
            Total = told.Memory?.ToString(),
            Assigned = (
                moves ? Stepped(assigned, told.Memory ?? assigned, before?.Assigned, mayMove) : Whole(assigned)
            ).ToString(),
            Reserve = reserve is { } kept ? Whole(kept).ToString() : null,
        };
    }

    /// <summary>Gives the volumes in the order of their paths.</summary>
    public static IReadOnlyList<HostVolumeStatus> Volumes(IReadOnlyList<HostVolume> told) =>
        [
            .. told.OrderBy(static volume => volume.Path, StringComparer.OrdinalIgnoreCase)
                .DistinctBy(static volume => volume.Path, StringComparer.Ordinal)
                .Select(static volume => new HostVolumeStatus
                {
                    Path = volume.Path,
                    Total = volume.Size?.ToString(),
                    Free = volume.Free?.ToString(),
                    Kind = volume.Kind,
                }),
        ];

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

    private static ByteSize Stepped(ByteSize value, ByteSize whole, string? before, bool mayMove) =>
        ByteSize.TryParse(before, out var old)
        && (!mayMove || Math.Abs(old.Bytes - value.Bytes) < whole.Bytes / 100 * StepPercent)
            ? old
            : Whole(value);

    private static double Stepped(double value, string? before, bool mayMove) =>
        double.TryParse(before, NumberStyles.Float, CultureInfo.InvariantCulture, out var old)
        && (!mayMove || Math.Abs(old - value) <= Math.Max(0.1, old * StepPercent / 100))
            ? old
            : double.Round(value, 1, MidpointRounding.AwayFromZero);

    private static ByteSize Whole(ByteSize size) => ByteSize.FromMebibytes(size.Mebibytes);
}
