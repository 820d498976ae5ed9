using ExchangeVirt.Domain.Planning;
using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.Operator.Tests.Support;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Operator.Tests.Scenes;

/// <summary>Objects that an API server let pass although they break a rule or lack a field.</summary>
public sealed class InvalidScenes
{
    private static readonly SimulatedMachine s_drifted = EstateUnderTest.Right("ex01") with
    {
        CheckpointType = SimulatedCheckpointType.Standard,
    };

    [Theory]
    [InlineData("memory of odd size", "spec.memory.size", "memory-multiple-of-2mi")]
    [InlineData("memory that is no amount", "spec.memory.size", "128Gi")]
    [InlineData("no exchange", "spec.exchange", "missing")]
    [InlineData("no spec", "spec", "missing")]
    [InlineData("a disk without a name", "spec.disks[0].name", "missing")]
    public async Task A_VM_whose_spec_is_not_sound_is_left_alone_and_says_why(string how, string path, string says)
    {
        await using var estate = new EstateUnderTest();
        var host = estate.AddHost("hv01", EstateUnderTest.Right("ex01"), EstateUnderTest.Right("ex02"));
        estate.WritePolicy();
        estate.WriteMachine("ex01");
        estate.WriteMachine("ex02");
        await estate.StartAsync();
        await estate.UntilAsync(() => estate.IsInSync("ex01") && estate.IsInSync("ex02"), "in sync");
        var before = estate.Machine("ex01")!.Status!;
        var asked = host.Driver!.Asked.Count;

        estate.Seen.Spoil = entity => Spoil(entity, how);
        estate.WriteMachine("ex01", processors: 12);
        await estate.UntilAsync(() => estate.Is("ex01", "Stalled", reason: "Invalid"), "invalid");
        host.Set("ex01", "checkpoints", "Production");
        await estate.PassAsync(TimeSpan.FromMinutes(11), TimeSpan.FromSeconds(1));

        var message = estate.Condition("ex01", "Stalled")!.Message;
        Assert.Contains(path, message, StringComparison.Ordinal);
        Assert.Contains(says, message, StringComparison.Ordinal);
        Assert.Equal(asked, host.Driver.Asked.Count);
        var after = estate.Machine("ex01")!.Status!;
        Assert.Equal(before.VirtualMachineId, after.VirtualMachineId);
        Assert.Equal(before.Placement, after.Placement);
        Assert.Equal(before.AppliedGeneration, after.AppliedGeneration);
        Assert.Null(estate.Condition("ex01", "Reconciling"));

        // It stops nobody else.
        host.Set("ex02", "checkpoints", "Production");
        await estate.UntilAsync(() => host.Machine("ex02").CheckpointType == "Disabled", "the other is kept");

        // Neither does it after a restart, when its binding is taken from what is stored.
        await estate.StopOperatorAsync();
        await estate.StartOperatorAsync();
        estate.Seen.Spoil = entity => Spoil(entity, how);
        host.Set("ex02", "checkpoints", "Production");
        await estate.UntilAsync(() => host.Machine("ex02").CheckpointType == "Disabled", "still kept");
    }

    [Fact]
    public async Task A_new_VM_whose_spec_is_not_sound_is_not_placed()
    {
        await using var estate = new EstateUnderTest();
        var host = estate.AddHost("hv01");
        estate.WritePolicy();
        await estate.StartAsync();
        estate.Seen.Spoil = static entity => Spoil(entity, "memory of odd size");
        estate.WriteMachine("ex01");

        await estate.UntilAsync(() => estate.Is("ex01", "Stalled", reason: "Invalid"), "invalid");
        await estate.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Null(estate.Machine("ex01")!.Status!.Placement);
        Assert.Empty(host.Driver!.Asked);

        estate.Seen.Spoil = static _ => { };
        estate.WriteMachine("ex01", memory: "32Gi");
        await estate.UntilAsync(() => estate.IsInSync("ex01"), "made once it is sound");
    }

    [Theory]
    [InlineData("policy", "PolicyInvalid", "spec.processor.maxRatioPercent")]
    [InlineData("group", "AvailabilityGroupInvalid", "spec.witness")]
    public async Task What_a_VM_depends_on_closes_its_gate_while_it_is_not_sound(
        string what,
        string reason,
        string path
    )
    {
        await using var estate = new EstateUnderTest();
        var host = estate.AddHost("hv01", s_drifted);
        estate.WritePolicy();
        estate.WriteGroup();
        estate.WriteMachine("ex01", "databaseAvailabilityGroup: dag01", more: "  enforcement: Observe");
        await estate.StartAsync();
        await estate.UntilAsync(() => estate.Is("ex01", "Synced", "False", "ObserveOnly"), "observed");

        estate.Seen.Spoil = entity => Spoil(entity, what);
        estate.WritePolicy("  restartGraceMinutes: 59");
        estate.WriteGroup(more: "  maxUnavailable: 2");
        // Until it is found unsound it is sound, and what then may be done is done.
        await estate.UntilAsync(
            () => Own()?.Any(static one => one is { Type: "Stalled", Status: "True" }) is true,
            what
        );
        estate.WriteMachine("ex01", "databaseAvailabilityGroup: dag01");
        await estate.UntilAsync(() => estate.Is("ex01", "Stalled", reason: reason), reason);
        await estate.PassAsync(TimeSpan.FromMinutes(2));

        Assert.Empty(host.Driver!.Asked);
        Assert.Contains(path, estate.Condition("ex01", "Stalled")!.Message, StringComparison.Ordinal);
        Assert.Contains(Own()!, static one => one is { Type: "Stalled", Status: "True", Reason: "Invalid" });
        Assert.Contains(Own()!, one => one.Message.Contains(path, StringComparison.Ordinal));

        estate.Seen.Spoil = static _ => { };
        estate.WritePolicy("  restartGraceMinutes: 58");
        estate.WriteGroup();
        await estate.UntilAsync(() => estate.IsInSync("ex01"), "corrected once it is sound again");

        IReadOnlyList<StatusCondition>? Own() =>
            what is "policy"
                ? estate.Plane.Caches.Policies.Get(new ResourceKey(null, "default"))?.Status?.Conditions
                : estate.Group()?.Status?.Conditions;
    }

    [Fact]
    public async Task A_host_that_is_declared_wrongly_is_not_connected_to_and_what_it_runs_is_left_alone()
    {
        await using var estate = new EstateUnderTest();
        var host = estate.AddHost("hv01", EstateUnderTest.Right("ex01"));
        estate.AddHost("hv02");
        estate.WritePolicy();
        estate.WriteMachine("ex01");
        await estate.StartAsync();
        await estate.UntilAsync(() => estate.IsInSync("ex01"), "in sync");

        estate.Seen.Spoil = static entity => Spoil(entity, "host");
        estate.WriteHost("hv01", "  faultDomain: rack-b");
        await estate.UntilAsync(() => HostIs(estate, "Stalled", "Invalid"), "invalid");
        await estate.UntilAsync(() => estate.Is("ex01", "Ready", "False", "HostUnreachable"), "out of reach");
        host.Set("ex01", "checkpoints", "Production");
        await estate.PassAsync(TimeSpan.FromMinutes(2));
        Assert.Equal("Production", host.Machine("ex01").CheckpointType);
        Assert.Empty(estate["hv02"].Simulated.Control.Machines());

        estate.Seen.Spoil = static _ => { };
        estate.WriteHost("hv01", "  faultDomain: rack-c");
        await estate.UntilAsync(() => host.Machine("ex01").CheckpointType == "Disabled", "kept again");
        await estate.UntilAsync(() => HostIs(estate, "Ready", "AgentAnswers"), "ready again");
    }

    [Fact]
    public async Task Nothing_is_placed_on_a_host_whose_policy_does_not_exist()
    {
        await using var estate = new EstateUnderTest();
        var host = estate.AddHost("hv01");
        estate.WritePolicy();
        await estate.StartAsync();
        estate.WriteHost("hv01", "  policyName: nowhere");
        await estate.UntilAsync(() => HostIs(estate, "Stalled", "UnknownPolicy"), "unknown policy");
        estate.WriteMachine("ex01");

        await estate.UntilAsync(() => estate.Is("ex01", "Ready", "False", "NoHostFits"), "no host");
        Assert.Contains("nowhere", estate.Condition("ex01", "Ready")!.Message, StringComparison.Ordinal);

        estate.WritePolicy(name: "nowhere");
        await estate.UntilAsync(() => estate.IsInSync("ex01"), "made once it exists");
        Assert.Single(host.Driver!.Asked.OfType<CreateVirtualMachine>());
    }

    [Fact]
    public async Task A_VM_that_goes_wrong_in_mid_restart_is_brought_back_and_no_more()
    {
        await using var estate = new EstateUnderTest();
        var host = estate.AddHost(
            "hv01",
            EstateUnderTest.Right("ex01") with
            {
                Processors = 4,
                Guest = new SimulatedGuest { ShutdownSeconds = 300 },
            }
        );
        estate.WritePolicy();
        estate.WriteMachine("ex01");
        await estate.StartAsync();
        await estate.UntilAsync(() => host.Driver!.Asked.OfType<ShutDownGuest>().Any(), "asked");

        estate.Seen.Spoil = static entity => Spoil(entity, "memory of odd size");
        estate.WriteMachine("ex01", processors: 12);
        await estate.UntilAsync(() => estate.Machine("ex01")!.Spec.Memory.Size == "1025Mi", "wrong");
        Assert.Equal("Running", host.Machine("ex01").State);
        await estate.UntilAsync(() => host.Machine("ex01").State == "Off", "off");
        await estate.UntilAsync(() => host.Machine("ex01").State == "Running", "running again");
        await estate.UntilAsync(() => estate.Is("ex01", "Stalled", reason: "Invalid"), "invalid");
        await estate.PassAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(4, host.Machine("ex01").Processors);
        Assert.Single(host.Driver!.Asked.OfType<ShutDownGuest>());
    }

    private static bool HostIs(EstateUnderTest estate, string type, string reason) =>
        estate
            .Plane.Caches.Hosts.Get(new ResourceKey(null, "hv01"))
            ?.Status?.Conditions?.Any(one => one.Type == type && one.Status == "True" && one.Reason == reason) == true;

    private static void Spoil(object entity, string how)
    {
        switch (entity, how)
        {
            case (ExchangeVirtualMachine { Metadata.Name: "ex01", Spec: { } spec } machine, _):
                machine.Spec = how switch
                {
                    "memory of odd size" => spec with { Memory = new MemorySpec { Size = "1025Mi" } },
                    "memory that is no amount" => spec with { Memory = new MemorySpec { Size = "lots" } },
                    "no exchange" => spec with { Exchange = null! },
                    "no spec" => null!,
                    "a disk without a name" => spec with { Disks = [new DiskSpec { Name = null! }] },
                    _ => spec,
                };
                break;
            case (VirtualizationPolicy policy, "policy"):
                policy.Spec = policy.Spec with { Processor = new ProcessorPolicySpec { MaxRatioPercent = 300 } };
                break;
            case (DatabaseAvailabilityGroup group, "group"):
                group.Spec = group.Spec with
                {
                    Witness = new WitnessSpec { Host = "hv09", External = "fs01" },
                };
                break;
            case (HyperVHost { Metadata.Name: "hv01" } host, "host"):
                host.Spec = host.Spec with { Agent = new AgentSpec { Endpoint = "hv01.corp.example:7443" } };
                break;
        }
    }
}
