using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Rules;

/// <summary>The family cpu-*: virtual processors over physical cores, NUMA, load and power.</summary>
internal static class ProcessorRules
{
    private const double SaturatedPercent = 90;

    private static readonly string[] s_fastPlans =
    [
        "HighPerformance",
        "High performance",
        "8c5e7fda-e8bf-4a96-9a85-a6e23a8c635c",
        "db310065-829b-4671-9647-2261c00e86ef",
    ];

    public static IReadOnlyList<SupportRule> All { get; } =
    [
        SupportRule.ForHost(
            "cpu-guests-over-2to1",
            Severity.Unsupported,
            "All guests together have at most two virtual processors per physical core.",
            Sources.Virtualization,
            host =>
                Ratio(
                    host,
                    (budget, sum) => budget.ExceedsGuests(sum),
                    (budget, sum) =>
                        $"Guests have {sum} vCPU on {budget.PhysicalCores} physical cores ({budget.GuestRatio(sum)}:1), at most {budget.GuestLimit} are supported. {TakeAway(sum - budget.GuestLimit)}"
                )
        ),
        SupportRule.ForHost(
            "cpu-overall-over-2to1",
            Severity.Unsupported,
            "Guests and the host's own use together stay within two virtual processors per physical core.",
            $"{Sources.Virtualization}; that guests and host are added up is the operator's reading of its two paragraphs, set by the policy's hostAccounting",
            Overall
        ),
        SupportRule.ForHost(
            "cpu-over-1to1",
            Severity.Advisory,
            "Virtual processors do not outnumber physical cores.",
            Sources.Virtualization,
            OverRecommended
        ),
        SupportRule.ForHost(
            "cpu-host-over-baseline",
            Severity.Advisory,
            "The host itself uses no more than the processors reckoned for it (2 unless the policy says otherwise).",
            Sources.Virtualization,
            OverBaseline
        ),
        SupportRule.ForCluster(
            "cpu-n-minus-1",
            Severity.Advisory,
            "After the loss of any one node the others hold its guests within the limit.",
            Sources.Judgement(
                "from the failover and ratio requirements of Microsoft's Exchange Server virtualization page"
            ),
            ClusterRules.Processors
        ),
        SupportRule.ForMachine(
            "cpu-vm-too-large",
            Severity.Advisory,
            "An Exchange server has at most 48 processors (2019, SE) or 24 (2016, 2013).",
            Sources.HealthChecker,
            TooLarge
        ),
        SupportRule.ForMachine(
            "cpu-vm-odd-smt",
            Severity.Advisory,
            "On a host with hyper-threading a VM has an even number of virtual processors.",
            Sources.WindowsServer("Hyper-V processor performance"),
            OddOnHyperThreads
        ),
        SupportRule.ForMachine(
            "cpu-numa-fit",
            Severity.Advisory,
            "A VM fits into one NUMA node, cores and memory.",
            Sources.WhitePaper("pages 46 and 47"),
            NumaFit
        ),
        SupportRule.ForMachine(
            "cpu-numa-2025-start",
            Severity.Advisory,
            "On Windows Server 2025 a VM larger than a NUMA node needs NUMA spanning to start.",
            Sources.WindowsServer("non-uniform memory access"),
            NumaStart
        ),
        SupportRule.ForHost(
            "cpu-host-saturated",
            Severity.Advisory,
            "The host's logical processors are not busy above 90 % for long.",
            Sources.WindowsServer("detecting bottlenecks in a virtualized environment"),
            host =>
                host.Host?.LogicalProcessorRunTimePercent switch
                {
                    null => Finding.Unknown("processor.totalRunTimePercent"),
                    > SaturatedPercent => Finding.Violated(
                        $"The logical processors are busy to {host.Host.LogicalProcessorRunTimePercent:0} %, {SaturatedPercent:0} % is tolerated. Move a VM to another host."
                    ),
                    >= 0 => Finding.Pass,
                    _ => Finding.Unknown("processor.totalRunTimePercent"),
                }
        ),
        SupportRule.ForHost(
            "cpu-power-plan",
            Severity.Advisory,
            "The host's power plan is High performance.",
            Sources.HealthChecker,
            host => PowerPlan(host.Host?.PowerPlan, "powerPlan")
        ),
        SupportRule.ForMachine(
            "cpu-power-plan",
            Severity.Advisory,
            "The guest's power plan is High performance.",
            Sources.HealthChecker,
            machine => PowerPlan(machine.Machine.Guest?.PowerPlan, "guest.powerPlan")
        ),
    ];

    private static Finding Ratio(
        HostSubject subject,
        Func<RatioBudget, int, bool> over,
        Func<RatioBudget, int, string> message
    )
    {
        if (subject.Budget is not { } budget)
        {
            return Finding.Unknown(subject.Host is null ? "hosts" : "processor.physicalCores");
        }

        return subject.Processors.Judge(sum => over(budget, Whole(sum)), sum => message(budget, Whole(sum)));
    }

    private static Finding Overall(HostSubject subject) =>
        subject is { Budget: not null, Policy.HostAccounting: HostAccounting.GuestsOnly }
            ? Finding.NotApplicable
            : Ratio(
                subject,
                (budget, sum) => budget.ExceedsHard(sum),
                (budget, sum) =>
                    $"Guests have {sum} vCPU, {budget.HardLimit} is the limit ({budget.Explain()}; overall {budget.OverallRatio(sum)}:1). {TakeAway(sum - budget.HardLimit)}"
            );

    private static Finding OverRecommended(HostSubject subject)
    {
        // A host that may hold nothing at all is told so by the hard limit; there is no count that would follow the advice.
        if (subject.Budget is { HardLimit: 0 })
        {
            return Finding.NotApplicable;
        }

        return Ratio(
            subject,
            (budget, sum) => budget.ExceedsRecommended(sum),
            (budget, sum) =>
                $"Guests have {sum} vCPU, {budget.RecommendedLimit} is recommended ({budget.Explain(RatioBudget.RecommendedPercent)}). {TakeAway(sum - budget.RecommendedLimit)}"
        );
    }

    private static Finding OverBaseline(HostSubject subject)
    {
        if (RatioBudget.Measured(subject.Host?.Processor.RootProcessorsUsed) is not { } use)
        {
            return Finding.Unknown("processor.rootProcessorsUsed");
        }

        var baseline = subject.Policy.HostReservedVirtualProcessors;
        return use > baseline
            ? Finding.Violated(
                $"The host uses {use:0.0#} processors, {baseline} are reckoned for it: its guests may have fewer vCPU. Find what runs on the host beside its VMs."
            )
            : Finding.Pass;
    }

    private static Finding TooLarge(MachineSubject subject)
    {
        List<string> missing = [];
        if (subject.Exchange.Version is null)
        {
            missing.Add("exchange.version");
        }

        var most = subject.Exchange.Version is ExchangeProduct.Exchange2013 or ExchangeProduct.Exchange2016 ? 24 : 48;
        if (subject.Machine.ProcessorCount is not { } count)
        {
            missing.Add("processors.count");
        }
        else if (count > most)
        {
            return Finding.Violated(
                $"The VM has {count} vCPU, at most {most} are recommended. Lower the count and add servers instead."
            );
        }

        return Finding.PassUnless(missing);
    }

    private static Finding OddOnHyperThreads(MachineSubject subject)
    {
        List<string> missing = [];
        var (cores, threads) = (subject.Host?.Processor.PhysicalCores, subject.Host?.Processor.LogicalProcessors);
        if (cores is not > 0)
        {
            missing.Add("processor.physicalCores");
        }

        if (threads is not > 0)
        {
            missing.Add("processor.logicalProcessors");
        }

        if (subject.Machine.ProcessorCount is not { } count)
        {
            missing.Add("processors.count");
        }
        else if (missing.Count == 0 && threads > cores && count % 2 != 0)
        {
            return Finding.Violated(
                $"The VM has {count} vCPU on a host with hyper-threading. Take {count + 1} or {count - 1} at the next restart."
            );
        }

        return Finding.PassUnless(missing);
    }

    private static Finding NumaFit(MachineSubject subject)
    {
        var missing = Missing(subject, subject.Machine.Memory?.Size is null ? ["memory.size"] : []);
        if (missing.Count > 0)
        {
            return Finding.Unknown(missing);
        }

        var nodes = subject.Host!.NumaNodes!;
        var (count, memory) = (subject.Machine.ProcessorCount!.Value, subject.Machine.Memory!.Size!.Value);
        if (nodes.Any(node => node.PhysicalCores >= count && node.Memory >= memory))
        {
            return Finding.Pass;
        }

        var largest = nodes.MaxBy(node => node.PhysicalCores)!;
        return Finding.Violated(
            $"The VM has {count} vCPU and {memory}; no NUMA node of its host holds that (the largest has {largest.PhysicalCores} cores and {largest.Memory}). Size it to one node."
        );
    }

    private static Finding NumaStart(MachineSubject subject)
    {
        var build = HostBuild.Of(subject.Host?.OperatingSystem);
        if (build is null)
        {
            return Finding.Unknown("operatingSystem.version");
        }

        if (build < HostBuild.WindowsServer2025)
        {
            return Finding.NotApplicable;
        }

        var missing = Missing(subject, subject.Host!.NumaSpanning is null ? ["numaSpanning"] : []);
        if (missing.Count > 0)
        {
            return Finding.Unknown(missing);
        }

        var most = subject.Host.NumaNodes!.Max(node => node.PhysicalCores);
        return subject.Host.NumaSpanning is false && subject.Machine.ProcessorCount > most
            ? Finding.Violated(
                $"The VM has {subject.Machine.ProcessorCount} vCPU, a NUMA node has {most} cores and NUMA spanning is off: it will not start. Allow spanning on the host, or give it {most} vCPU."
            )
            : Finding.Pass;
    }

    private static List<string> Missing(MachineSubject subject, IReadOnlyList<string> also)
    {
        List<string> missing = [.. also];
        if (subject.Host?.NumaNodes is not { Count: > 0 })
        {
            missing.Add("numaNodes");
        }

        if (subject.Machine.ProcessorCount is null)
        {
            missing.Add("processors.count");
        }

        return missing;
    }

    private static Finding PowerPlan(string? plan, string fact)
    {
        if (plan is null)
        {
            return Finding.Unknown(fact);
        }

        return s_fastPlans.Contains(plan.Trim('{', '}'), StringComparer.OrdinalIgnoreCase)
            ? Finding.Pass
            : Finding.Violated($"The active power plan is {plan}. Set High performance; this needs no restart.");
    }

    private static string TakeAway(int processors) =>
        $"Move VMs with {processors} vCPU to another host, or lower their counts by that.";

    private static int Whole(long sum) => (int)Math.Min(sum, int.MaxValue);
}
