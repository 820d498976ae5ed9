using BenchmarkDotNet.Attributes;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;

namespace ExchangeVirt.Benchmarks;

/// <summary>Plans for one VM: as declared, and wrong in every way that a plan can put right.</summary>
[MemoryDiagnoser]
public class PlannerBenchmarks
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid s_id = new("0c6a0000-0000-0000-0000-000000000001");
    private static readonly OwnerMark s_owner = new("installation", new ObjectKey("messaging", "ex01"));

    private PlanningInput _inSync = null!;
    private PlanningInput _wrong = null!;

    [GlobalSetup]
    public void Setup()
    {
        var right = Right();
        _inSync = Input(right);
        _wrong = Input(
            right with
            {
                Memory = new ObservedMemory(ByteSize.FromGibibytes(96), Dynamic: true),
                ProcessorCount = 16,
                AutomaticStopAction = AutomaticStopAction.Save,
                AutomaticStartAction = AutomaticStartAction.Nothing,
                AutomaticRecoveryAction = AutomaticRecoveryAction.Revert,
                CheckpointType = CheckpointType.Standard,
                AutomaticCheckpoints = true,
                Checkpoints =
                [
                    new ObservedCheckpoint("c1", "before the update", CheckpointKind.User, s_now.AddHours(-30)),
                    new ObservedCheckpoint("c2", "after the update", CheckpointKind.User, s_now.AddHours(-20)),
                ],
                NetworkAdapters = [new ObservedNetworkAdapter("nic1", "mapi", "test", null)],
                Disks = [],
            }
        );
        if (Planner.Plan(_inSync).Actions.Count != 0 || Planner.Plan(_wrong).Actions.Count < 8)
        {
            throw new InvalidOperationException(
                "The VMs are not as their names say, so that the figures would mislead."
            );
        }
    }

    [Benchmark]
    public VirtualMachinePlan PlanForOneInSync() => Planner.Plan(_inSync);

    [Benchmark]
    public VirtualMachinePlan PlanForOneWrongInEveryWay() => Planner.Plan(_wrong);

    private static PlanningInput Input(ObservedVirtualMachine observed) =>
        new()
        {
            Desired = Desired(),
            Observed = observed,
            Policy = new Policy
            {
                Enforcement = Enforcement.Enforce,
                Disruption = Disruption.Anytime,
                SavedState = SavedStatePolicy.DiscardAndColdBoot,
                RemoveUserCheckpoints = CheckpointRemoval.Anytime,
            },
            Owner = s_owner,
            Now = s_now,
            InventoryComplete = true,
            VirtualMachineId = s_id,
            Generation = 4,
            AppliedGeneration = 4,
            AppliedPowerState = DesiredPowerState.Running,
        };

    private static DesiredVirtualMachine Desired() =>
        new()
        {
            Key = new ObjectKey("messaging", "ex01"),
            VirtualMachineName = "EX01",
            Exchange = new ExchangeServer(ExchangeVersion.ExchangeSE, 0, ExchangeRole.Mailbox, "dag01", false),
            GuestOperatingSystem = GuestOperatingSystem.WindowsServer2022,
            ProcessorCount = 8,
            Memory = ByteSize.FromGibibytes(128),
            NetworkAdapters = [new DesiredNetworkAdapter("mapi", "prod", 120)],
            Disks =
            [
                new DesiredDisk
                {
                    Name = "db1",
                    VirtualHardDisk = new DesiredVirtualHardDisk(@"D:\ex01\db1.vhdx", null, null, null),
                },
            ],
            PowerState = DesiredPowerState.Running,
            AutomaticStart = new DesiredAutomaticStart(AutomaticStartAction.Start, TimeSpan.FromSeconds(300)),
        };

    private static ObservedVirtualMachine Right() =>
        new()
        {
            Id = s_id,
            Name = "EX01",
            Fingerprint = "f1",
            PowerState = PowerState.Running,
            PowerStateSince = s_now.AddDays(-30),
            Uptime = TimeSpan.FromDays(30),
            Healthy = true,
            Heartbeat = Heartbeat.Ok,
            Generation = 2,
            ProcessorCount = 8,
            Memory = new ObservedMemory(ByteSize.FromGibibytes(128), Dynamic: false),
            AutomaticStopAction = AutomaticStopAction.ShutDown,
            AutomaticStartAction = AutomaticStartAction.Start,
            AutomaticStartDelay = TimeSpan.FromSeconds(300),
            AutomaticRecoveryAction = AutomaticRecoveryAction.Restart,
            CheckpointType = CheckpointType.Disabled,
            AutomaticCheckpoints = false,
            Checkpoints = [],
            Disks =
            [
                new ObservedDisk
                {
                    Controller = "SCSI",
                    Path = @"D:\ex01\db1.vhdx",
                    RootPath = @"D:\ex01\db1.vhdx",
                },
            ],
            NetworkAdapters = [new ObservedNetworkAdapter("nic1", "mapi", "prod", 120)],
            HasSavedState = false,
            ReplicationMode = ReplicationMode.None,
            Clustered = false,
            Owner = s_owner,
        };
}
