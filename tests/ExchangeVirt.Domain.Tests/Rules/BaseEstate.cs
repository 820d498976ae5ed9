using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Rules;

namespace ExchangeVirt.Domain.Tests.Rules;

/// <summary>The BASE of exchange-rules §7: three hosts, three members of a DAG, nothing wrong.</summary>
internal static class BaseEstate
{
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    public static EstateFacts Facts { get; } =
        new()
        {
            TakenAt = Now,
            Policy = new Policy { RecoveryMaxAge = TimeSpan.FromHours(24) },
            Hosts = [Host("hv1"), Host("hv2"), Host("hv3")],
            VirtualMachines = [Member("ex1", "hv1"), Member("ex2", "hv2"), Member("ex3", "hv3")],
            AvailabilityGroups = [new EstateAvailabilityGroup("dag1", ["ex1", "ex2", "ex3"])],
            Clusters = [new EstateCluster("cl1", MoveTypeThreshold: 2000, EnforcedAntiAffinity: false)],
        };

    public static EstateHost Host(string name) =>
        new()
        {
            Name = name,
            Cluster = "cl1",
            OperatingSystem = new HostOperatingSystem("Microsoft Windows Server 2022 Datacenter", "10.0.20348", 3),
            Processor = new HostProcessors(32, 64, 1.2, "GenuineIntel"),
            LogicalProcessorRunTimePercent = 40,
            Memory = ByteSize.FromGibibytes(512),
            NumaNodes = [new NumaNode(16, ByteSize.FromGibibytes(256)), new NumaNode(16, ByteSize.FromGibibytes(256))],
            NumaSpanning = true,
            Roles = ["Hyper-V"],
            Services = [],
            PowerPlan = "HighPerformance",
        };

    public static EstateVirtualMachine Member(string name, string host) =>
        new()
        {
            Name = name,
            Host = host,
            Exchange = new EstateExchange(ExchangeProduct.ExchangeSE, 0, ExchangeRole.Mailbox, "dag1"),
            ProcessorCount = 16,
            Memory = new EstateMemory(ByteSize.FromGibibytes(128), Dynamic: false),
            PowerState = PowerState.Running,
            PowerStateSince = Now.AddDays(-3),
            SavedState = false,
            Operation = VirtualMachineOperation.None,
            AutomaticStopAction = AutomaticStopAction.ShutDown,
            AutomaticStartAction = AutomaticStartAction.StartIfRunning,
            AutomaticRecoveryAction = AutomaticRecoveryAction.Restart,
            CheckpointType = CheckpointType.Disabled,
            AutomaticCheckpoints = false,
            Checkpoints = [],
            ShutdownServiceOk = true,
            Clustered = true,
            Cluster = new EstateClusterGroup(2, 3000, ["dag1"]),
            Guest = new EstateGuest(
                GuestOperatingSystem.WindowsServer2022,
                new EstatePageFile(Managed: false, 32768),
                "HighPerformance"
            ),
        };

    public static EstateVirtualMachine Foreign(string name, string host, int processors, long gibibytes) =>
        new()
        {
            Name = name,
            Host = host,
            ProcessorCount = processors,
            Memory = new EstateMemory(ByteSize.FromGibibytes(gibibytes), Dynamic: false),
            PowerState = PowerState.Running,
        };

    /// <summary>Changes hv1.</summary>
    public static EstateFacts WithHost(this EstateFacts facts, Func<EstateHost, EstateHost> change) =>
        facts with
        {
            Hosts = [change(facts.Hosts[0]), .. facts.Hosts.Skip(1)],
        };

    /// <summary>Changes ex1.</summary>
    public static EstateFacts WithMachine(
        this EstateFacts facts,
        Func<EstateVirtualMachine, EstateVirtualMachine> change
    ) => facts with { VirtualMachines = [change(facts.VirtualMachines[0]), .. facts.VirtualMachines.Skip(1)] };

    public static EstateFacts WithGuests(this EstateFacts facts, params EstateVirtualMachine[] guests) =>
        facts with
        {
            VirtualMachines = [.. facts.VirtualMachines, .. guests],
        };

    public static EstateFacts WithPolicy(this EstateFacts facts, Func<Policy, Policy> change) =>
        facts with
        {
            Policy = change(facts.Policy),
        };

    public static IReadOnlyList<RuleVerdict> Judge(this EstateFacts facts) =>
        SupportRules.Evaluate(new Estate(facts), Now);

    public static Verdict VerdictOn(this EstateFacts facts, string rule, string subject) =>
        facts.Judge().Single(verdict => verdict.Rule == rule && verdict.Subject == subject).Verdict;
}
