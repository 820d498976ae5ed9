using ExchangeVirt.Domain.Planning;
using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.Operator.Tests.Support;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Operator.Tests.Deleting;

public sealed class DeletionScenes
{
    private const string Delete = "  deletionPolicy: Delete";

    private static readonly SimulatedMachine s_off = EstateUnderTest.Right("ex01") with
    {
        State = SimulatedPowerState.Off,
    };

    [Theory]
    [InlineData(ScopeKind.Namespace, "messaging")]
    [InlineData(ScopeKind.CustomResourceDefinition, "exchangevirtualmachines.exchangevirt.io")]
    public async Task What_goes_with_its_namespace_or_its_kind_keeps_its_VM(ScopeKind kind, string name)
    {
        await using var estate = await InSyncAsync(s_off);
        estate.Seen.ScopeEnding = _ => new ScopeEnding(kind, name);

        await DeleteAsync(estate);
        await estate.UntilAsync(() => estate.Machine("ex01") is null, "gone");
        await estate.PassAsync(TimeSpan.FromMinutes(2));

        AssertKept(estate, "RetainedOnTeardown", name);
    }

    [Fact]
    public async Task A_running_VM_in_a_namespace_that_goes_does_not_hold_it_up()
    {
        await using var estate = await InSyncAsync(EstateUnderTest.Right("ex01"), "Running");
        estate.Seen.ScopeEnding = _ => new ScopeEnding(ScopeKind.Namespace, "messaging");

        await DeleteAsync(estate);
        await estate.UntilAsync(() => estate.Machine("ex01") is null, "gone");

        Assert.Equal("Running", estate["hv01"].Machine("ex01").State);
        AssertKept(estate, "RetainedOnTeardown", "messaging");
    }

    [Fact]
    public async Task Nothing_is_unregistered_while_it_cannot_be_told_what_else_is_being_deleted()
    {
        await using var estate = await InSyncAsync(s_off);
        estate.Seen.ScopeEnding = static _ => throw new HttpRequestException("the API server is away");

        await DeleteAsync(estate);
        await estate.UntilAsync(() => Says(estate, "DeletionWaits", "the API server is away"), "waits");
        await estate.PassAsync(TimeSpan.FromMinutes(2));
        Assert.Single(estate["hv01"].Simulated.Control.Machines());
        Assert.Contains("Retain", Message(estate), StringComparison.Ordinal);

        estate.Seen.ScopeEnding = static _ => null;
        await estate.UntilAsync(() => estate.Machine("ex01") is null, "gone");
        Assert.Empty(estate["hv01"].Simulated.Control.Machines());
    }

    [Fact]
    public async Task A_protected_object_that_was_deleted_all_the_same_keeps_its_VM()
    {
        await using var estate = await InSyncAsync(s_off);
        await AnnotateAsync(estate, "exchangevirt.io/deletion-protection", "true");

        await DeleteAsync(estate);
        await estate.UntilAsync(() => estate.Machine("ex01") is null, "gone");
        await estate.PassAsync(TimeSpan.FromMinutes(1));

        AssertKept(estate, "RetainedByProtection", "deletion-protection");
    }

    [Fact]
    public async Task A_host_that_is_not_declared_any_more_holds_nothing_up()
    {
        await using var estate = await InSyncAsync(s_off);
        estate.AddHost("hv02");
        await estate.StartAgentAsync("hv02");
        estate.WriteHost("hv02");
        var id = estate.Machine("ex01")!.Status!.VirtualMachineId!;
        Assert.True(await estate.Store.DeleteAsync<HyperVHost>(new ResourceKey(null, "hv01"), default));
        await estate.UntilAsync(() => estate.Is("ex01", "Stalled", reason: "HostNotDeclared"), "not declared");

        await DeleteAsync(estate);
        await estate.UntilAsync(() => estate.Machine("ex01") is null, "gone");

        var told = AssertKept(estate, "RetainedOutOfReach", "hv01");
        Assert.Contains(id, told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_is_not_understood_holds_a_deletion_up_as_a_silent_one_does()
    {
        await using var estate = await InSyncAsync(s_off);
        await estate.StopOperatorAsync();
        estate.Misfit = static entity => entity is HyperVHost ? "spec.tier: unknown field." : null;
        await estate.StartOperatorAsync();

        await DeleteAsync(estate);
        await estate.UntilAsync(() => Says(estate, "DeletionWaits", "hv01"), "waits");
        await estate.PassAsync(TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(1));
        Assert.NotNull(estate.Machine("ex01"));
    }

    [Fact]
    public async Task A_silent_host_holds_a_deletion_up_for_an_hour_and_no_longer()
    {
        await using var estate = await InSyncAsync(s_off);
        await estate["hv01"].StopAgentAsync();
        await estate.UntilAsync(() => estate.Is("ex01", "HostReachable", "False"), "out of reach");

        await DeleteAsync(estate);
        await estate.UntilAsync(() => Says(estate, "DeletionWaits", "hv01"), "waits");
        Assert.Contains("deletionPolicy: Retain", Message(estate), StringComparison.Ordinal);
        Assert.Contains("HyperVHost", Message(estate), StringComparison.Ordinal);
        await estate.PassAsync(TimeSpan.FromMinutes(58), TimeSpan.FromSeconds(5));
        Assert.NotNull(estate.Machine("ex01"));

        await estate.PassAsync(TimeSpan.FromMinutes(4), TimeSpan.FromSeconds(5));
        await estate.UntilAsync(() => estate.Machine("ex01") is null, "gone");
        AssertKept(estate, "RetainedOutOfReach", "hv01");
    }

    [Fact]
    public async Task A_host_that_comes_back_within_the_hour_is_asked()
    {
        await using var estate = await InSyncAsync(s_off);
        await estate["hv01"].StopAgentAsync();
        await estate.UntilAsync(() => estate.Is("ex01", "HostReachable", "False"), "out of reach");
        await DeleteAsync(estate);
        await estate.PassAsync(TimeSpan.FromMinutes(30), TimeSpan.FromSeconds(5));

        await estate.StartAgentAsync("hv01");
        await estate.UntilAsync(() => estate.Machine("ex01") is null, "gone");

        Assert.Empty(estate["hv01"].Simulated.Control.Machines());
    }

    [Theory]
    [InlineData("paused", "spec.paused")]
    [InlineData("observed", "Observe")]
    [InlineData("held", "exchangevirt.io/hold")]
    public async Task A_closed_gate_holds_a_deletion_up_and_says_how_to_let_go(string how, string told)
    {
        await using var estate = await InSyncAsync(s_off);
        estate.WriteMachine(
            "ex01",
            power: "Stopped",
            more: Delete
                + how switch
                {
                    "paused" => "\n  paused: true",
                    "observed" => "\n  enforcement: Observe",
                    _ => "",
                }
        );
        if (how == "held")
        {
            await AnnotateAsync(estate, "exchangevirt.io/hold", "moving house");
        }

        await estate.UntilAsync(() => estate.Machine("ex01")!.Metadata.Generation == 2 || how == "held", "taken");
        await DeleteAsync(estate);
        await estate.UntilAsync(() => Says(estate, "DeletionWaits", told), "waits");
        await estate.PassAsync(TimeSpan.FromMinutes(2));
        Assert.Single(estate["hv01"].Simulated.Control.Machines());
        Assert.Contains("deletionPolicy: Retain", Message(estate), StringComparison.Ordinal);

        estate.WriteMachine("ex01", power: "Stopped");
        await estate.UntilAsync(() => estate.Machine("ex01") is null, "let go");
        Assert.Single(estate["hv01"].Simulated.Control.Machines());
    }

    [Fact]
    public async Task Two_of_three_deleted_at_once_keep_their_VMs_until_each_is_confirmed()
    {
        await using var estate = new EstateUnderTest();
        string[] names = ["ex01", "ex02", "ex03"];
        estate.AddHost("hv01", [.. names.Select(static name => s_off with { Name = name })]);
        estate.WritePolicy();
        foreach (var name in names)
        {
            estate.WriteMachine(name, power: "Stopped", more: Delete);
        }

        await estate.StartAsync();
        await estate.UntilAsync(() => names.All(estate.IsInSync), "in sync");

        await DeleteAsync(estate, "ex01");
        await estate.PassAsync(TimeSpan.FromSeconds(5));
        await DeleteAsync(estate, "ex02");
        await estate.UntilAsync(() => Says(estate, "MassDeletion", "2 of the 3"), "held");
        await estate.PassAsync(TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(1));
        Assert.Equal(3, estate["hv01"].Simulated.Control.Machines().Count);
        Assert.True(estate.Is("ex01", "Stalled", reason: "MassDeletion"));

        await AnnotateAsync(estate, "exchangevirt.io/confirm-deletion", estate.Machine("ex01")!.Metadata.Uid);
        await estate.UntilAsync(() => estate.Machine("ex01") is null, "the confirmed one is gone");
        // One alone is no accident any more.
        await estate.UntilAsync(() => estate.Machine("ex02") is null, "the other follows");
        Assert.Equal("ex03", Assert.Single(estate["hv01"].Simulated.Control.Machines()).Name);
    }

    [Fact]
    public async Task Who_says_Retain_at_the_last_moment_is_heard()
    {
        await using var estate = await InSyncAsync(s_off);
        var store = estate.Store;
        var seen = estate.Seen;
        var changed = false;
        // After the pass has read the object, and before anything is asked of the host.
        seen.ScopeEnding = _ =>
        {
            if (
                !changed
                && estate.Time.GetUtcNow().UtcDateTime
                    > estate.Machine("ex01")!.Metadata.DeletionTimestamp!.Value.AddSeconds(29)
            )
            {
                changed = true;
                var now = store.GetAsync<ExchangeVirtualMachine>(new("messaging", "ex01"), default).Result!;
                store
                    .PatchMetadataAsync(
                        now,
                        new MetadataPatch
                        {
                            SetAnnotations = new Dictionary<string, string>
                            {
                                ["exchangevirt.io/deletion-protection"] = "true",
                            },
                        },
                        default
                    )
                    .Wait();
            }

            return null;
        };

        await DeleteAsync(estate);
        await estate.UntilAsync(() => estate.Machine("ex01") is null, "gone");

        Assert.True(changed);
        AssertKept(estate, "RetainedByProtection", "deletion-protection");
    }

    [Theory]
    [InlineData("the DAG")]
    [InlineData("the policy")]
    [InlineData("the host")]
    public async Task Deleting_what_a_VM_depends_on_touches_no_VM_and_closes_the_gate(string what)
    {
        await using var estate = new EstateUnderTest();
        var host = estate.AddHost("hv01", EstateUnderTest.Right("ex01"));
        estate.WritePolicy(name: "gold");
        estate.WritePolicy();
        estate.WriteGroup();
        estate.WriteMachine("ex01", "databaseAvailabilityGroup: dag01", more: "  policyName: gold");
        await estate.StartAsync();
        await estate.UntilAsync(() => estate.IsInSync("ex01"), "in sync");
        var asked = host.Driver!.Asked.Count;

        var (gone, reason) = what switch
        {
            "the DAG" => (
                estate.Store.DeleteAsync<DatabaseAvailabilityGroup>(new ResourceKey("messaging", "dag01"), default),
                "UnknownAvailabilityGroup"
            ),
            "the policy" => (
                estate.Store.DeleteAsync<VirtualizationPolicy>(new ResourceKey(null, "gold"), default),
                "UnknownPolicy"
            ),
            _ => (estate.Store.DeleteAsync<HyperVHost>(new ResourceKey(null, "hv01"), default), "HostNotDeclared"),
        };
        Assert.True(await gone);
        await estate.UntilAsync(() => estate.Is("ex01", "Stalled", reason: reason), reason);
        host.Set("ex01", "checkpoints", "Production");
        await estate.PassAsync(TimeSpan.FromMinutes(11), TimeSpan.FromSeconds(1));

        Assert.Equal("Running", host.Machine("ex01").State);
        Assert.Equal("Production", host.Machine("ex01").CheckpointType);
        Assert.Equal(asked, host.Driver.Asked.Count);
        Assert.NotNull(estate.Machine("ex01")!.Status!.VirtualMachineId);
    }

    [Fact]
    public async Task A_policy_pruned_in_mid_restart_does_not_leave_the_member_down()
    {
        await using var estate = new EstateUnderTest();
        var host = estate.AddHost("hv01", EstateUnderTest.Right("ex01") with { Processors = 4 });
        estate.WritePolicy(name: "gold");
        estate.WritePolicy();
        estate.WriteMachine("ex01", more: "  policyName: gold");
        await estate.StartAsync();
        await estate.UntilAsync(() => host.Driver!.Asked.OfType<ShutDownGuest>().Any(), "asked");

        Assert.True(await estate.Store.DeleteAsync<VirtualizationPolicy>(new ResourceKey(null, "gold"), default));
        await estate.UntilAsync(() => host.Machine("ex01").State == "Off", "off");
        await estate.UntilAsync(() => host.Machine("ex01").State == "Running", "running again");
        await estate.PassAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(4, host.Machine("ex01").Processors);
        Assert.True(estate.Is("ex01", "Stalled", reason: "UnknownPolicy"));
    }

    [Fact]
    public async Task An_operator_that_starts_while_a_deleted_VM_is_down_by_its_hand_brings_it_back_first()
    {
        await using var estate = new EstateUnderTest();
        var host = estate.AddHost("hv01", EstateUnderTest.Right("ex01") with { Processors = 4 });
        estate.WritePolicy();
        estate.WriteMachine("ex01");
        await estate.StartAsync();
        await estate.UntilAsync(() => host.Driver!.Asked.OfType<ShutDownGuest>().Any(), "asked");
        await estate.StopOperatorAsync();
        await host.StopAgentAsync();

        await estate.StartOperatorAsync();
        await DeleteAsync(estate);
        // Nothing was heard of the host in this life, and the VM may still be down.
        await estate.UntilAsync(() => Says(estate, "DeletionWaits", "brought back"), "waits");
        Assert.Contains("exchangevirt.io/confirm-deletion", Message(estate), StringComparison.Ordinal);
        await estate.StartAgentAsync("hv01");
        await estate.UntilAsync(() => estate.Machine("ex01") is null, "gone");

        Assert.Equal("Running", host.Machine("ex01").State);
    }

    [Fact]
    public async Task A_guest_that_never_shuts_down_is_let_go_as_it_is_where_a_person_confirms_it()
    {
        await using var estate = new EstateUnderTest();
        var host = estate.AddHost(
            "hv01",
            EstateUnderTest.Right("ex01") with
            {
                Processors = 4,
                Guest = new SimulatedGuest { Shutdown = SimulatedShutdownBehaviour.Ignores },
            }
        );
        estate.WritePolicy();
        estate.WriteMachine("ex01", more: "  deletionPolicy: Delete");
        await estate.StartAsync();
        await estate.UntilAsync(() => host.Driver!.Asked.OfType<ShutDownGuest>().Any(), "asked");

        await DeleteAsync(estate);
        await estate.PassAsync(TimeSpan.FromMinutes(2));
        Assert.NotNull(estate.Machine("ex01"));
        var told = Assert.Single(estate.Seen.Events, static told => told.Reason == "DeletionWaits");
        Assert.Contains("exchangevirt.io/confirm-deletion", told.Message, StringComparison.Ordinal);

        await AnnotateAsync(estate, "exchangevirt.io/confirm-deletion", estate.Machine("ex01")!.Metadata.Uid);
        await estate.UntilAsync(() => estate.Machine("ex01") is null, "let go");

        Assert.Equal("Running", host.Machine("ex01").State);
        AssertKept(estate, "RetainedAsItIs", "confirmed");
    }

    private static async Task<EstateUnderTest> InSyncAsync(SimulatedMachine machine, string power = "Stopped")
    {
        var estate = new EstateUnderTest();
        estate.AddHost("hv01", machine);
        estate.WritePolicy();
        estate.WriteMachine("ex01", power: power, more: Delete);
        await estate.StartAsync();
        await estate.UntilAsync(() => estate.IsInSync("ex01"), "in sync");
        return estate;
    }

    private static async Task DeleteAsync(EstateUnderTest estate, string name = "ex01") =>
        Assert.True(await estate.Store.DeleteAsync<ExchangeVirtualMachine>(new("messaging", name), default));

    private static async Task AnnotateAsync(EstateUnderTest estate, string annotation, string value) =>
        await estate.Store.PatchMetadataAsync(
            (await estate.Store.GetAsync<ExchangeVirtualMachine>(new("messaging", "ex01"), default))!,
            new MetadataPatch { SetAnnotations = new Dictionary<string, string> { [annotation] = value } },
            default
        );

    private static bool Says(EstateUnderTest estate, string reason, string what) =>
        estate.Condition("ex01", "Ready") is { } ready
        && ready.Reason == reason
        && ready.Message.Contains(what, StringComparison.Ordinal);

    private static string Message(EstateUnderTest estate) => estate.Condition("ex01", "Ready")!.Message;

    private static EventRecord AssertKept(EstateUnderTest estate, string reason, string what)
    {
        Assert.Contains(estate["hv01"].Simulated.Control.Machines(), static machine => machine.Name == "ex01");
        Assert.Empty(estate["hv01"].Driver!.Asked.OfType<UnregisterVirtualMachine>());
        var told = Assert.Single(estate.Seen.Events, told => told.Reason == reason);
        Assert.Equal(EventType.Warning, told.Type);
        Assert.Contains(what, told.Message, StringComparison.Ordinal);
        return told;
    }
}
