using ExchangeVirt.Domain.Gating;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.Domain.Tests.Planning;

namespace ExchangeVirt.Domain.Tests.Gating;

/// <summary>Gates that are all open, to be closed one by one.</summary>
internal static class Gates
{
    public static readonly DateTimeOffset Now = Some.Now;

    public static readonly PlannedAction Hot = new()
    {
        Action = new DisableCheckpoints(),
        Setting = SettingNames.Checkpoints,
        Cause = ActionCause.Drift,
    };

    public static readonly PlannedAction NewValue = Hot with { Cause = ActionCause.Change };

    public static readonly PlannedAction ShutDown = new()
    {
        Action = new ShutDownGuest("to apply ProcessorCount"),
        Disruptive = true,
        BeginsRestart = true,
        Cause = ActionCause.Drift,
    };

    public static readonly PlannedAction OffOnly = new()
    {
        Action = new SetProcessorCount(8),
        Setting = SettingNames.ProcessorCount,
        NeedsOff = true,
        Disruptive = true,
        Cause = ActionCause.Change,
    };

    public static readonly PlannedAction Start = new()
    {
        Action = new StartVirtualMachine(),
        Cause = ActionCause.Recovery,
    };

    public static readonly PlannedAction Discard = new()
    {
        Action = new DiscardSavedState(),
        Setting = SettingNames.SavedState,
        Cause = ActionCause.Recovery,
    };

    public static readonly PlannedAction Merge = new()
    {
        Action = new MergeCheckpoint("id", "name"),
        Setting = SettingNames.ExistingCheckpoints,
        Cause = ActionCause.Drift,
    };

    public static readonly PlannedAction Attach = new()
    {
        Action = new AttachDisk(Some.Disk),
        Setting = "Disk/db1",
        Cause = ActionCause.Change,
    };

    public static readonly AvailabilityGroupFacts Dag = new()
    {
        Group = new AvailabilityGroup
        {
            Key = new ObjectKey("messaging", "dag01"),
            Hook = MaintenanceHook.None,
            Witness = WitnessKind.VirtualMachine,
            WitnessName = "fs01",
        },
        Members = [Up("ex01"), Up("ex02"), Up("ex03")],
        WitnessUp = true,
    };

    public static readonly GateInput Open = new()
    {
        Now = Now,
        VirtualMachine = Some.Desired,
        Rules = new EffectiveRules(Enforcement.Enforce, Disruption.Anytime, CheckpointRemoval.Anytime),
        Host = new HostFacts("hv01", true, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(5), true),
        Operation = VirtualMachineOperation.None,
        AvailabilityGroup = Dag,
    };

    public static MemberFacts Up(string name) =>
        new()
        {
            Name = name,
            PowerState = PowerState.Running,
            Heartbeat = Heartbeat.Ok,
            HealthySince = Now - TimeSpan.FromDays(1),
        };

    public static AvailabilityGroupFacts DagWith(params MemberFacts[] members) => Dag with { Members = members };

    public static string Outcome(GateInput input, PlannedAction action) => Outcome(Gate.Check(input, action));

    public static string Outcome(GateDecision decision) =>
        decision is GateDecision.Closed closed ? $"{closed.Gate}/{closed.Reason}" : "open";

    public static GateDecision.Closed Closed(GateInput input, PlannedAction action) =>
        Assert.IsType<GateDecision.Closed>(Gate.Check(input, action));
}
