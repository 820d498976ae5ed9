using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Rules;

/// <summary>What is left of a cluster when a node is lost: cpu-n-minus-1 and mem-n-minus-1.</summary>
internal static class ClusterRules
{
    public static Finding Processors(ClusterSubject subject)
    {
        var nodes = new List<Node>();
        List<string> missing = [];
        foreach (var host in subject.Nodes)
        {
            var policy = subject.Estate.PolicyOf(host);
            var sum = GuestSum.OfProcessors(subject.Estate, host.Name, policy);
            if (RatioBudget.Supported(host.Processor, policy) is not { } budget)
            {
                missing.Add($"{host.Name}: processor.physicalCores");
                continue;
            }

            missing.AddRange(sum.Missing);
            var moving = subject
                .Estate.GuestsOf(host.Name)
                .Where(guest => guest.Clustered is not false)
                .Where(guest => policy.CountStoppedMachines || guest.PowerState is not PowerState.Off)
                .Select(guest => (guest.Name, Size: (long)(guest.ProcessorCount ?? 0)));
            nodes.Add(new Node(host.Name, budget.HardLimit - sum.Least, [.. moving]));
        }

        return Judge(subject, nodes, missing, size => $"{size} vCPU");
    }

    public static Finding Memory(ClusterSubject subject)
    {
        var nodes = new List<Node>();
        List<string> missing = [];
        foreach (var host in subject.Nodes)
        {
            var policy = subject.Estate.PolicyOf(host);
            var sum = GuestSum.OfMemory(subject.Estate, host.Name, policy);
            if (host.Memory is not { Bytes: > 0 } total)
            {
                missing.Add($"{host.Name}: memory.total");
                continue;
            }

            missing.AddRange(sum.Missing);
            var moving = subject
                .Estate.GuestsOf(host.Name)
                .Where(guest => guest.Exchange is not null && guest.Clustered is not false)
                .Select(guest =>
                    (
                        guest.Name,
                        Size: (guest.Memory?.Size ?? ByteSize.Zero).Bytes + policy.PerVirtualMachineOverhead.Bytes
                    )
                );
            // That a node is over already is mem-host-capacity's to say; here it only takes no more.
            nodes.Add(
                new Node(host.Name, Math.Max(0, MemoryBudget.ForGuests(total, policy).Bytes - sum.Least), [.. moving])
            );
        }

        return Judge(subject, nodes, missing, size => new ByteSize(size).ToString());
    }

    private static Finding Judge(
        ClusterSubject subject,
        List<Node> nodes,
        List<string> missing,
        Func<long, string> unit
    )
    {
        if (subject.Name.Length == 0)
        {
            return Finding.NotApplicable;
        }

        if (missing.Count > 0 || nodes.Count == 0)
        {
            return Finding.Unknown(missing.Count > 0 ? [.. missing.Distinct()] : ["hosts"]);
        }

        var undecided = new List<string>();
        foreach (var lost in nodes)
        {
            var left = nodes.Where(node => node != lost).Select(node => node.Free).ToArray();
            var needed = lost.Moving.Sum(machine => machine.Size);
            switch (Repacking.Fits([.. lost.Moving.Select(machine => machine.Size)], left))
            {
                case false:
                    return Finding.Violated(
                        $"If {lost.Name} is lost, its guests ({unit(needed)}) do not fit on the other nodes ({unit(left.Sum(free => Math.Max(0, free)))} left in all). Add a node, or lower sizes."
                    );
                case null:
                    undecided.Add($"whether the guests of {lost.Name} fit elsewhere (too many ways to try)");
                    break;
                default:
                    break;
            }
        }

        return Finding.PassUnless(undecided);
    }

    /// <summary>A node: what it has left, below zero where it is already over, and the guests that leave it when it is lost.</summary>
    private sealed record Node(string Name, long Free, IReadOnlyList<(string Name, long Size)> Moving);
}
