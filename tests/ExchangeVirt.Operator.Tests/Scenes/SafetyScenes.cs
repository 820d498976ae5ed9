using ExchangeVirt.Agent.State;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.Operator.Tests.Support;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Operator.Tests.Scenes;

public sealed class SafetyScenes
{
    [Fact]
    public async Task Three_DAG_members_that_need_a_restart_go_down_strictly_one_at_a_time()
    {
        await using var estate = new EstateUnderTest();
        for (var i = 1; i <= 3; i++)
        {
            estate.AddHost($"hv0{i}", EstateUnderTest.Right($"ex0{i}") with { Processors = 4 });
            estate.WriteMachine($"ex0{i}", "databaseAvailabilityGroup: dag01");
        }

        estate.WritePolicy();
        estate.WriteGroup();
        var mostDown = 0;
        estate.Watching = () =>
            mostDown = Math.Max(
                mostDown,
                Enumerable
                    .Range(1, 3)
                    .Count(i => estate[$"hv0{i}"].Machine($"ex0{i}") is not { State: "Running", GuestAnswers: true })
            );
        await estate.StartAsync();

        await estate.UntilAsync(
            () =>
                Enumerable.Range(1, 3).All(i => estate.IsInSync($"ex0{i}"))
                && estate.Group() is { Status.Disruptions: null },
            "all in sync and the slot free"
        );

        Assert.Equal(1, mostDown);
        Assert.All(
            Enumerable.Range(1, 3),
            i =>
            {
                Assert.Equal(8, estate[$"hv0{i}"].Machine($"ex0{i}").Processors);
                Assert.Single(estate[$"hv0{i}"].Driver!.Asked.OfType<ShutDownGuest>());
            }
        );
        Assert.Equal(3, estate.Group()!.Status!.Available);
    }

    [Fact]
    public async Task The_off_switch_pulled_in_mid_plan_stops_all_but_bringing_the_member_back()
    {
        await using var estate = new EstateUnderTest();
        var host = estate.AddHost("hv01", EstateUnderTest.Right("ex01") with { Processors = 4 });
        estate.WritePolicy();
        estate.WriteMachine("ex01");
        await estate.StartAsync();
        await estate.UntilAsync(() => host.Driver!.Asked.OfType<ShutDownGuest>().Any(), "the guest is asked");

        await PauseAsync(estate, paused: true);
        await estate.UntilAsync(() => host.Machine("ex01").State == "Off", "off");
        await estate.UntilAsync(() => host.Machine("ex01").State == "Running", "running again");
        await estate.UntilAsync(() => estate.Is("ex01", "Paused") && estate.Is("ex01", "Ready"), "at rest, paused");
        await estate.PassAsync(TimeSpan.FromMinutes(2));

        Assert.Equal(4, host.Machine("ex01").Processors);
        Assert.Empty(host.Driver!.Asked.OfType<SetProcessorCount>());
        Assert.True(estate.Is("ex01", "Synced", "False"));

        await PauseAsync(estate, paused: false);
        await estate.UntilAsync(() => estate.IsInSync("ex01"), "in sync after the switch was put back");
        Assert.Equal(8, host.Machine("ex01").Processors);
    }

    [Theory]
    [InlineData("the VM")]
    [InlineData("the policy")]
    [InlineData("the agent")]
    [InlineData("a hold")]
    public async Task A_VM_that_a_person_stopped_is_left_as_it_is_and_says_so(string where)
    {
        await using var estate = new EstateUnderTest();
        var host = estate.AddHost(
            "hv01",
            EstateUnderTest.Right("ex01") with
            {
                CheckpointType = SimulatedCheckpointType.Standard,
            }
        );
        estate.WritePolicy(where == "the policy" ? "  paused: true" : "");
        estate.WriteMachine("ex01", more: where == "the VM" ? "  paused: true" : "");
        if (where == "a hold")
        {
            var file = Path.Combine(estate.Manifests, "ex01.yaml");
            estate.Write(
                "ex01.yaml",
                (await File.ReadAllTextAsync(file)).Replace(
                    "namespace: messaging}",
                    "namespace: messaging, annotations: {exchangevirt.io/hold: moving house}}",
                    StringComparison.Ordinal
                )
            );
        }

        if (where == "the agent")
        {
            Directory.CreateDirectory(host.StateDirectory);
            new PauseMarker(host.StateDirectory).Set("moving house", estate.Time.GetUtcNow());
        }

        await estate.StartAsync();

        await estate.UntilAsync(() => estate.Is("ex01", "Paused") && estate.Is("ex01", "Ready"), "paused");
        await estate.PassAsync(TimeSpan.FromMinutes(1));

        Assert.Equal("Standard", host.Machine("ex01").CheckpointType);
        Assert.Empty(host.Driver!.Asked);
        Assert.True(estate.Is("ex01", "Synced", "False"));
        Assert.Null(estate.Condition("ex01", "Reconciling"));
    }

    [Fact]
    public async Task Observe_changes_nothing_and_shows_what_would_be_done()
    {
        await using var estate = new EstateUnderTest();
        var host = estate.AddHost(
            "hv01",
            EstateUnderTest.Right("ex01") with
            {
                Processors = 4,
                Notes = null,
                AutomaticStopAction = SimulatedStopAction.Save,
            }
        );
        estate.WritePolicy();
        estate.WriteMachine("ex01", more: "  enforcement: Observe");
        estate.WriteMachine("ex02", more: "  enforcement: Observe");
        await estate.StartAsync();

        await estate.UntilAsync(
            () => estate.Is("ex01", "Synced", "False") && estate.Is("ex02", "Placed", "False", "WouldFit"),
            "observed"
        );
        await estate.PassAsync(TimeSpan.FromMinutes(1));

        Assert.Empty(host.Driver!.Asked);
        Assert.Equal(4, host.Machine("ex01").Processors);
        Assert.Single(host.Simulated.Control.Machines());
        var pending = estate.Machine("ex01")!.Status!.Pending!;
        Assert.True(pending.Restart);
        Assert.Contains(
            pending.Actions!,
            static action => action is { Name: "SetProcessorCount", BlockedBy: "ObserveOnly" }
        );
        Assert.Contains(
            estate.Machine("ex02")!.Status!.Pending!.Actions!,
            static action => action is { Name: "CreateVirtualMachine", BlockedBy: "ObserveOnly" }
        );
        Assert.True(estate.Is("ex01", "Ready"));
        Assert.Null(estate.Machine("ex02")!.Status!.Placement);
    }

    [Theory]
    [InlineData("databaseAvailabilityGroup: nowhere", "", "UnknownAvailabilityGroup")]
    [InlineData("standalone: true", "  policyName: nowhere", "UnknownPolicy")]
    public async Task A_reference_to_nothing_closes_the_gate(string membership, string more, string reason)
    {
        await using var estate = new EstateUnderTest();
        var host = estate.AddHost(
            "hv01",
            EstateUnderTest.Right("ex01") with
            {
                CheckpointType = SimulatedCheckpointType.Standard,
            }
        );
        estate.WritePolicy();
        estate.WriteMachine("ex01", membership, more: more);
        await estate.StartAsync();

        await estate.UntilAsync(() => estate.Is("ex01", "Stalled", reason: reason), reason);
        await estate.PassAsync(TimeSpan.FromMinutes(1));

        Assert.Empty(host.Driver!.Asked);
        Assert.True(estate.Is("ex01", "Ready", "False"));
        Assert.True(estate.Is("ex01", "Synced", "False"));
    }

    [Fact]
    public async Task A_host_out_of_reach_leaves_its_VMs_alone_and_calls_none_missing()
    {
        await using var estate = new EstateUnderTest();
        var host = estate.AddHost("hv01", EstateUnderTest.Right("ex01"));
        var other = estate.AddHost("hv02");
        estate.WritePolicy();
        estate.WriteMachine("ex01");
        await estate.StartAsync();
        await estate.UntilAsync(() => estate.IsInSync("ex01"), "in sync");

        await host.StopAgentAsync();
        host.Set("ex01", "checkpoints", "Production");
        await estate.UntilAsync(() => estate.Is("ex01", "HostReachable", "False"), "out of reach");
        // The same after a restart, when nothing was ever seen of the host.
        await estate.StopOperatorAsync();
        await estate.StartOperatorAsync();
        await estate.UntilAsync(() => estate.Plane.Fleet.Host("hv02") is { Reachable: true }, "hv02 is read");
        await estate.PassAsync(TimeSpan.FromMinutes(15), TimeSpan.FromSeconds(2));

        Assert.True(estate.Is("ex01", "Ready", "False", "HostUnreachable"), estate.Describe());
        Assert.True(estate.Is("ex01", "Reconciling"));
        Assert.Null(estate.Condition("ex01", "Stalled"));
        Assert.Empty(other.Driver!.Asked);
        Assert.Empty(other.Simulated.Control.Machines());

        await estate.StartAgentAsync("hv01");
        await estate.UntilAsync(() => host.Machine("ex01").CheckpointType == "Disabled", "corrected when it is back");
        await estate.UntilAsync(() => estate.IsInSync("ex01"), "in sync again");
    }

    [Fact]
    public async Task A_VM_that_is_gone_is_reported_and_made_anew_only_where_a_person_gives_the_lost_one_up()
    {
        await using var estate = new EstateUnderTest();
        var host = estate.AddHost("hv01", EstateUnderTest.Right("ex01"));
        estate.WritePolicy();
        estate.WriteMachine("ex01");
        await estate.StartAsync();
        await estate.UntilAsync(() => estate.IsInSync("ex01"), "in sync");
        var lost = estate.Machine("ex01")!.Status!.VirtualMachineId!;

        host.Do("ex01", "turnOff");
        await estate.UntilAsync(() => host.Machine("ex01").State == "Off", "off");
        host.Do("ex01", "delete");
        await estate.UntilAsync(() => estate.Is("ex01", "Stalled", reason: "MissingVirtualMachine"), "missing");
        await estate.PassAsync(TimeSpan.FromMinutes(15), TimeSpan.FromSeconds(2));
        Assert.Empty(host.Driver!.Asked.OfType<CreateVirtualMachine>());

        var file = Path.Combine(estate.Manifests, "ex01.yaml");
        estate.Write(
            "ex01.yaml",
            (await File.ReadAllTextAsync(file)).Replace(
                "namespace: messaging}",
                $"namespace: messaging, annotations: {{exchangevirt.io/recreate: {lost}}}}}",
                StringComparison.Ordinal
            )
        );
        await estate.UntilAsync(() => estate.IsInSync("ex01"), "made anew");
        await estate.PassAsync(TimeSpan.FromMinutes(15), TimeSpan.FromSeconds(2));

        Assert.Single(host.Driver.Asked.OfType<CreateVirtualMachine>());
        Assert.Equal(
            Assert.Single(host.Simulated.Control.Machines()).Id,
            estate.Machine("ex01")!.Status!.VirtualMachineId,
            ignoreCase: true
        );
        Assert.NotEqual(lost, estate.Machine("ex01")!.Status!.VirtualMachineId);
    }

    [Fact]
    public async Task Two_VMs_of_the_name_stop_everything_about_them()
    {
        await using var estate = new EstateUnderTest();
        estate.AddHost(
            "hv01",
            EstateUnderTest.Right("ex01") with
            {
                CheckpointType = SimulatedCheckpointType.Standard,
            }
        );
        estate.AddHost(
            "hv02",
            EstateUnderTest.Right("ex01") with
            {
                CheckpointType = SimulatedCheckpointType.Standard,
            }
        );
        estate.WritePolicy();
        // On hosts that are read one after the other the first VM may be taken over before the second is seen.
        estate.WriteMachine("ex01", more: "  enforcement: Observe");
        await estate.StartAsync();
        await estate.UntilAsync(() => estate.Is("ex01", "Stalled", reason: "DuplicateVirtualMachine"), "duplicate");

        estate.WriteMachine("ex01");
        await estate.UntilAsync(
            () => estate.Machine("ex01")!.Metadata.Generation == 2 && estate.Is("ex01", "Stalled"),
            "enforced"
        );
        await estate.PassAsync(TimeSpan.FromMinutes(1));

        Assert.Empty(estate["hv01"].Driver!.Asked);
        Assert.Empty(estate["hv02"].Driver!.Asked);
    }

    [Fact]
    public async Task A_replica_copy_is_never_touched()
    {
        await using var estate = new EstateUnderTest();
        var host = estate.AddHost(
            "hv01",
            EstateUnderTest.Right("ex01") with
            {
                State = SimulatedPowerState.Off,
                Processors = 4,
                ReplicationMode = SimulatedReplicationMode.Replica,
            }
        );
        estate.WritePolicy();
        estate.WriteMachine("ex01");
        await estate.StartAsync();

        await estate.UntilAsync(() => estate.Is("ex01", "Stalled", reason: "ReplicaCopy"), "replica copy");
        await estate.PassAsync(TimeSpan.FromMinutes(1));

        Assert.Empty(host.Driver!.Asked);
        Assert.Equal("Off", host.Machine("ex01").State);
    }

    [Fact]
    public async Task A_guest_that_does_not_shut_down_is_asked_once_and_never_turned_off()
    {
        await using var estate = new EstateUnderTest();
        var host = estate.AddHost(
            "hv01",
            EstateUnderTest.Right("ex01") with
            {
                Processors = 4,
                // Just started: what was read of its uptime then grows stale while it does not answer.
                StateHours = 0.01,
                Guest = new SimulatedGuest { Shutdown = SimulatedShutdownBehaviour.Ignores },
            }
        );
        estate.WritePolicy();
        estate.WriteMachine("ex01", more: "  shutdownTimeoutSeconds: 2700");
        await estate.StartAsync();
        await estate.UntilAsync(() => host.Driver!.Asked.OfType<ShutDownGuest>().Any(), "asked");

        await estate.PassAsync(TimeSpan.FromMinutes(40), TimeSpan.FromSeconds(2));
        Assert.True(estate.Is("ex01", "Ready", "False", "Restarting"), estate.Describe());
        await estate.PassAsync(TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(2));
        Assert.True(estate.Is("ex01", "Stalled", reason: "ShutdownDeadlinePassed"), estate.Describe());
        Assert.Single(host.Driver!.Asked.OfType<ShutDownGuest>());
        Assert.Equal("Running", host.Machine("ex01").State);

        host.Do("ex01", "guestPowerOff");
        await estate.UntilAsync(() => estate.IsInSync("ex01"), "goes on when it is off");
        Assert.Equal(8, host.Machine("ex01").Processors);
        Assert.Single(host.Driver.Asked.OfType<ShutDownGuest>());
    }

    private static Task PauseAsync(EstateUnderTest estate, bool paused) =>
        new PauseSwitch(estate.Store).WriteAsync(
            new PauseState(paused, "moving house", "somebody", estate.Time.GetUtcNow()),
            CancellationToken.None
        );
}
