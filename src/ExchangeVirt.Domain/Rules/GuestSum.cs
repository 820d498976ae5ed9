using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Rules;

/// <summary>A sum over a host's guests of which some facts may be missing: at least so much, at most so much.</summary>
/// <param name="Least">What the known facts add up to.</param>
/// <param name="Most">What it can be at most; null where a missing fact leaves it open.</param>
/// <param name="Missing">The facts that are missing.</param>
internal sealed record GuestSum(long Least, long? Most, IReadOnlyList<string> Missing)
{
    /// <summary>Judges the sum: over at its least is violated, not over at its most is a pass, all else is unknown.</summary>
    public Finding Judge(Func<long, bool> over, Func<long, string> message)
    {
        if (over(Least))
        {
            return Finding.Violated(message(Least));
        }

        return Missing.Count > 0 || Most is not { } most || over(most) ? Finding.Unknown(Missing) : Finding.Pass;
    }

    public static GuestSum OfProcessors(Estate estate, string host, Policy policy)
    {
        var missing = Unplaced(estate);
        long sum = 0;
        foreach (var guest in estate.GuestsOf(host))
        {
            var counts =
                policy.CountStoppedMachines || guest.PowerState is not (PowerState.Off or PowerState.Unknown or null);
            if (!counts && guest.PowerState is not PowerState.Off)
            {
                missing.Add($"{guest.Name}: powerState");
            }
            else if (!counts)
            {
                continue;
            }
            else if (guest.ProcessorCount is { } count)
            {
                sum += count;
            }
            else
            {
                missing.Add($"{guest.Name}: processors.count");
            }
        }

        return new GuestSum(sum, missing.Count == 0 ? sum : null, missing);
    }

    /// <summary>Adds up what all guests hold or need to start, and each one's overhead, in bytes.</summary>
    public static GuestSum OfMemory(Estate estate, string host, Policy policy)
    {
        var missing = Unplaced(estate);
        long sum = 0;
        foreach (var guest in estate.GuestsOf(host))
        {
            sum = checked(sum + policy.PerVirtualMachineOverhead.Bytes);
            if (guest.Memory is not { Size: { } size })
            {
                missing.Add($"{guest.Name}: memory.size");
                continue;
            }

            sum = checked(sum + size.Bytes);
            if (guest.Memory.Dynamic is true && guest.Memory.Assigned is { } assigned && assigned > size)
            {
                sum = checked(sum + (assigned - size).Bytes);
            }

            if (guest.Memory.Dynamic is null)
            {
                missing.Add($"{guest.Name}: memory.dynamic");
            }
            else if (guest.Memory is { Dynamic: true, Assigned: null } && guest.PowerState is not PowerState.Off)
            {
                missing.Add($"{guest.Name}: memory.assigned");
            }
        }

        return new GuestSum(sum, missing.Count == 0 ? sum : null, missing);
    }

    private static List<string> Unplaced(Estate estate) =>
        estate.UnplacedGuests == 0 ? [] : [$"the host of {estate.UnplacedGuests} virtual machines"];
}
