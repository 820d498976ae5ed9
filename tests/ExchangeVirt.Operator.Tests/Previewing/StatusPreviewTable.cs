using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.Domain.Tests.Planning;
using ExchangeVirt.Operator.Previewing;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Operator.Tests.Support;
using ExchangeVirt.Resources.Mapping;
using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime.Stores;
using SettingState = ExchangeVirt.Domain.Planning.SettingState;

namespace ExchangeVirt.Operator.Tests.Previewing;

/// <summary>What is told without asking a host agrees with what the operator decided when it wrote the status.</summary>
public sealed class StatusPreviewTable
{
    private static readonly Dictionary<string, ObservedVirtualMachine> s_seen = new()
    {
        ["in sync"] = Some.Observed,
        ["dynamic memory"] = Some.Observed with
        {
            Memory = new ObservedMemory(ByteSize.FromGibibytes(96), Dynamic: true),
        },
        ["too few processors"] = Some.Observed with { ProcessorCount = 4 },
        ["checkpoints"] = Some.Observed with
        {
            CheckpointType = CheckpointType.Production,
            AutomaticCheckpoints = true,
        },
        ["saving at shutdown"] = Some.Observed with { AutomaticStopAction = AutomaticStopAction.Save },
        ["no disk"] = Some.Observed with { Disks = [] },
        ["no adapter"] = Some.Observed with { NetworkAdapters = [] },
        ["off"] = Some.IsOff(Some.Observed),
        ["not told"] = Some.Observed with { Memory = null, CheckpointType = null },
    };

    public static TheoryData<string> Seen => [.. s_seen.Keys];

    [Theory]
    [MemberData(nameof(Seen))]
    public void The_same_settings_differ_and_need_the_VM_off(string seen)
    {
        var entity = Entity();
        var decision = (
            Situations.With(Some.Policy, s_seen[seen]) with
            {
                Entity = entity,
                Desired = Desired.From(entity),
            }
        ).Decide();
        entity.Status = VirtualMachineReport.For(decision, operation: null);

        var outlook = Assert.Single(StatusPreview.Of([entity, Enforcing()], paused: null, Some.Now));

        Assert.True(outlook.IsSeen);
        Assert.Equal(
            decision
                .Plan.Settings.Where(static setting =>
                    setting.State is not (SettingState.InSync or SettingState.Unknown)
                )
                .Select(static setting => (setting.Name, setting.Desired, setting.Observed)),
            outlook.Settings.Select(static setting => (setting.Name, setting.Desired, setting.Observed))
        );
        Assert.All(
            decision.Plan.Actions.Where(static action => action.NeedsOff),
            action => Assert.True(outlook.Settings.Single(setting => setting.Name == action.Setting).NeedsOff)
        );
    }

    [Fact]
    public void A_value_that_is_asked_for_anew_is_compared_with_what_was_seen()
    {
        var entity = Entity();
        entity.Status = VirtualMachineReport.For(
            (Situations.InOrder() with { Entity = entity, Desired = Desired.From(entity) }).Decide(),
            operation: null
        );
        entity.Spec = entity.Spec with { Processors = new ProcessorsSpec { Count = 12 } };

        var changed = Assert.Single(StatusPreview.Of([entity, Enforcing()], paused: null, Some.Now)[0].Settings);

        Assert.Equal(
            (SettingNames.ProcessorCount, "12", "8", true, null),
            (changed.Name, changed.Desired, changed.Observed, changed.NeedsOff, changed.Closed)
        );
    }

    [Theory]
    [InlineData("", "ObserveOnly")]
    [InlineData("enforce", null)]
    [InlineData("enforce paused", "EverythingOnPause")]
    [InlineData("enforce held", "Held")]
    public void A_VM_that_was_never_seen_waits_for_the_gates_of_its_creation(string how, string? reason)
    {
        var entity = Entity();
        if (how.Contains("held", StringComparison.Ordinal))
        {
            entity.Metadata.Annotations = new Dictionary<string, string> { ["exchangevirt.io/hold"] = "" };
        }

        var outlook = Assert.Single(
            StatusPreview.Of(
                how.Length == 0 ? [entity] : [entity, Enforcing()],
                how.Contains("paused", StringComparison.Ordinal) ? new PauseState(true, "", "", Some.Now) : null,
                Some.Now
            )
        );

        Assert.False(outlook.IsSeen);
        Assert.Equal(reason, outlook.Creation?.Reason);
        Assert.Empty(outlook.Settings);
    }

    [Fact]
    public void What_the_declarations_are_refused_for_is_told()
    {
        var entity = Entity();
        entity.Spec = entity.Spec with
        {
            PolicyName = "lab",
            Memory = new MemorySpec { Size = "6Gi" },
            Exchange = entity.Spec.Exchange with { Standalone = false, DatabaseAvailabilityGroup = "dag09" },
        };

        var outlook = Assert.Single(StatusPreview.Of([entity], paused: null, Some.Now));

        Assert.Equal(
            ["UnknownPolicy", "UnknownAvailabilityGroup", "UnsupportedDesiredValue"],
            outlook.Problems.Select(static problem => problem.Reason)
        );
    }

    public static TheoryData<string, string> Refused =>
        new()
        {
            { "a spec that breaks a rule", "Invalid" },
            { "no spec", "Invalid" },
            { "no exchange", "Invalid" },
            { "a policy that breaks a rule", "PolicyInvalid" },
            { "a policy without spec", "PolicyInvalid" },
            { "unknown policy", "UnknownPolicy" },
            { "a DAG without spec", "AvailabilityGroupInvalid" },
            { "unknown DAG", "UnknownAvailabilityGroup" },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_cannot_be_acted_on_is_refused_in_the_words_of_status(string what, string reason)
    {
        var entity = Entity();
        entity.Status = new ExchangeVirtualMachineStatus
        {
            Settings =
            [
                new SettingStatus
                {
                    Name = "Memory",
                    Desired = "64Gi fixed",
                    State = "InSync",
                },
            ],
        };
        var policy = Enforcing();
        var group = new DatabaseAvailabilityGroup
        {
            Metadata = new k8s.Models.V1ObjectMeta { Name = "dag01", NamespaceProperty = "messaging" },
        };
        switch (what)
        {
            case "a spec that breaks a rule":
                entity.Spec = entity.Spec with { Memory = new MemorySpec { Size = "128Gi1" } };
                break;
            case "no spec":
                entity.Spec = null!;
                break;
            case "no exchange":
                entity.Spec = entity.Spec with { Exchange = null! };
                break;
            case "a policy that breaks a rule":
                policy.Spec = policy.Spec with { MaxChangedPerHour = "plenty" };
                break;
            case "a policy without spec":
                policy.Spec = null!;
                break;
            case "unknown policy":
                entity.Spec = entity.Spec with { PolicyName = "gold" };
                break;
            case "a DAG without spec":
                group.Spec = null!;
                goto case "unknown DAG";
            case "unknown DAG":
                entity.Spec = entity.Spec with
                {
                    Exchange = entity.Spec.Exchange with { Standalone = false, DatabaseAvailabilityGroup = "dag01" },
                };
                break;
        }

        var outlook = Assert.Single(
            StatusPreview.Of(what is "a DAG without spec" ? [entity, policy, group] : [entity, policy], null, Some.Now)
        );

        var (desired, unsound) = Desired.Read(entity);
        var state = OverallState.Of(
            (
                Situations.With(Some.Policy, Situations.Drifted()) with
                {
                    Entity = entity,
                    Desired = desired,
                    Invalid = Soundness.Describe(unsound),
                    Policy = Some.Policy with { Name = "default" },
                    InvalidPolicy = Soundness.Describe(Soundness.Check(policy)),
                    MissingPolicy = what is "unknown policy" ? "gold" : null,
                    InvalidGroup = what is "a DAG without spec" ? Soundness.Describe(Soundness.Check(group)) : null,
                    MissingGroup = what is "unknown DAG" ? "dag01" : null,
                }
            ).Decide(),
            operation: null
        );
        var problem = Assert.Single(outlook.Problems);
        Assert.Equal(reason, problem.Reason);
        Assert.Equal((state.Reason, state.Message), (problem.Reason, problem.Message));
        if (reason is "Invalid")
        {
            Assert.Empty(outlook.Settings);
            Assert.Null(outlook.Creation);
        }
    }

    private static ExchangeVirtualMachine Entity()
    {
        var entity = Situations.Entity();
        entity.Status = null;
        entity.Spec = new ExchangeVirtualMachineSpec
        {
            Exchange = new ExchangeServerSpec
            {
                Version = Resources.V1Alpha1.ExchangeVersion.ExchangeSE,
                CumulativeUpdate = 0,
                Role = Resources.V1Alpha1.ExchangeRole.Mailbox,
                Standalone = true,
            },
            Guest = new GuestSpec { OperatingSystem = Resources.V1Alpha1.GuestOperatingSystem.WindowsServer2022 },
            VirtualMachineName = "EX01",
            Processors = new ProcessorsSpec { Count = 8 },
            Memory = new MemorySpec { Size = "128Gi" },
            Disks =
            [
                new DiskSpec
                {
                    Name = "db1",
                    VirtualHardDisk = new VirtualHardDiskSpec { Path = @"D:\ex01\db1.vhdx" },
                },
            ],
            NetworkAdapters =
            [
                new NetworkAdapterSpec
                {
                    Name = "mapi",
                    SwitchName = "prod",
                    VlanId = 120,
                },
            ],
            PowerState = RequestedPowerState.Running,
            AutomaticStart = new AutomaticStartSpec { Action = StartAction.Start, DelaySeconds = 300 },
        };
        return entity;
    }

    private static VirtualizationPolicy Enforcing() =>
        new()
        {
            Metadata = new k8s.Models.V1ObjectMeta { Name = "default" },
            Spec = new VirtualizationPolicySpec
            {
                Enforcement = Resources.V1Alpha1.Enforcement.Enforce,
                Disruption = Resources.V1Alpha1.Disruption.Anytime,
            },
        };
}
