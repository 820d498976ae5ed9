using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;

namespace ExchangeVirt.Domain.Tests.Planning;

/// <summary>A VM that is as it should be, to be made wrong by each test.</summary>
internal static class Some
{
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    public static readonly Guid Id = new("0c6a0000-0000-0000-0000-000000000001");
    public static readonly OwnerMark Owner = new("installation-1", new ObjectKey("messaging", "ex01"));

    public static readonly DesiredDisk Disk = new()
    {
        Name = "db1",
        VirtualHardDisk = new DesiredVirtualHardDisk(@"D:\ex01\db1.vhdx", null, null, null),
    };

    public static readonly DesiredVirtualMachine Desired = new()
    {
        Key = new ObjectKey("messaging", "ex01"),
        VirtualMachineName = "EX01",
        Exchange = new ExchangeServer(ExchangeVersion.ExchangeSE, 0, ExchangeRole.Mailbox, "dag01", false),
        GuestOperatingSystem = GuestOperatingSystem.WindowsServer2022,
        ProcessorCount = 8,
        Memory = ByteSize.FromGibibytes(128),
        NetworkAdapters = [new DesiredNetworkAdapter("mapi", "prod", 120)],
        Disks = [Disk],
        PowerState = DesiredPowerState.Running,
        AutomaticStart = new DesiredAutomaticStart(AutomaticStartAction.Start, TimeSpan.FromSeconds(300)),
    };

    public static readonly ObservedVirtualMachine Observed = new()
    {
        Id = Id,
        Name = "EX01",
        Fingerprint = "f1",
        PowerState = PowerState.Running,
        PowerStateSince = Now - TimeSpan.FromDays(30),
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
        Owner = Owner,
    };

    public static readonly Policy Policy = new()
    {
        Enforcement = Enforcement.Enforce,
        Disruption = Disruption.Anytime,
        SavedState = SavedStatePolicy.DiscardAndColdBoot,
        RemoveUserCheckpoints = CheckpointRemoval.Anytime,
    };

    public static readonly PlanningInput Input = new()
    {
        Desired = Desired,
        Observed = Observed,
        Policy = Policy,
        Owner = Owner,
        Now = Now,
        InventoryComplete = true,
        VirtualMachineId = Id,
        Generation = 4,
        AppliedGeneration = 4,
        AppliedPowerState = DesiredPowerState.Running,
    };

    public static readonly RestartOperation Restart = new(
        "op1",
        Now - TimeSpan.FromMinutes(5),
        Now - TimeSpan.FromMinutes(5),
        ReturnToRunning: true
    );

    public static ObservedCheckpoint Checkpoint(CheckpointKind kind, string name = "before the update") =>
        new($"id of {name}", name, kind, Now - TimeSpan.FromHours(30));

    public static PlanningInput Seen(Func<ObservedVirtualMachine, ObservedVirtualMachine> change) =>
        Input with
        {
            Observed = change(Observed),
        };

    /// <summary>Off since long ago, by somebody's hand.</summary>
    public static ObservedVirtualMachine IsOff(ObservedVirtualMachine vm) =>
        vm with
        {
            PowerState = PowerState.Off,
            PowerStateSince = Now - TimeSpan.FromMinutes(10),
            Uptime = null,
            Heartbeat = Heartbeat.Absent,
        };

    public static ObservedVirtualMachine IsSaved(ObservedVirtualMachine vm) =>
        IsOff(vm) with
        {
            PowerState = PowerState.Saved,
            HasSavedState = true,
            PowerStateSince = Now - TimeSpan.FromMinutes(11),
        };

    public static string Names(this VirtualMachinePlan plan) =>
        string.Join(" ", plan.Actions.Select(a => a.Action.Name));

    public static SettingComparison Setting(this VirtualMachinePlan plan, string name) =>
        plan.Settings.Single(s => s.Name == name);

    public static PlanProblem Problem(this VirtualMachinePlan plan, string reason) =>
        plan.Problems.Single(p => p.Reason == reason);
}
