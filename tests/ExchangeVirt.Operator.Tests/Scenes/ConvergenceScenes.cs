using ExchangeVirt.Domain.Planning;
using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.Operator.Tests.Support;

namespace ExchangeVirt.Operator.Tests.Scenes;

public sealed class ConvergenceScenes
{
    [Fact]
    public async Task A_VM_that_is_wrong_in_every_way_is_brought_in_sync_by_one_restart()
    {
        await using var estate = new EstateUnderTest();
        var host = estate.AddHost(
            "hv01",
            EstateUnderTest.Right("ex01") with
            {
                Processors = 16,
                Memory = new SimulatedMemory
                {
                    Size = 32UL << 30,
                    Dynamic = true,
                    Minimum = 16UL << 30,
                    Maximum = 128UL << 30,
                },
                AutomaticStopAction = SimulatedStopAction.Save,
                CheckpointType = SimulatedCheckpointType.Standard,
                AutomaticCheckpoints = true,
                Checkpoints = [new SimulatedCheckpoint { Name = "before the update" }],
            }
        );
        estate.WritePolicy();
        estate.WriteMachine("ex01");
        await estate.StartAsync();

        await estate.UntilAsync(() => estate.IsInSync("ex01"), "ex01 in sync");

        var machine = host.Machine("ex01");
        Assert.Equal(8, machine.Processors);
        Assert.Equal(64 * 1024, machine.MemoryMegabytes);
        Assert.False(machine.DynamicMemory);
        Assert.False(machine.AutomaticCheckpoints);
        Assert.Equal("Disabled", machine.CheckpointType);
        Assert.Equal("ShutDown", machine.StopAction);
        Assert.Empty(machine.Checkpoints);
        Assert.Equal("Running", machine.State);
        Assert.Single(host.Driver!.Accepted.OfType<ShutDownGuest>());
        Assert.All(estate.Machine("ex01")!.Status!.Settings!, static setting => Assert.Equal("InSync", setting.State));
        Assert.Equal(estate.Machine("ex01")!.Metadata.Generation, estate.Machine("ex01")!.Status!.AppliedGeneration);
    }

    [Fact]
    public async Task Drift_of_a_checkpoint_setting_is_corrected_by_events_alone()
    {
        await using var estate = new EstateUnderTest();
        var host = estate.AddHost("hv01", EstateUnderTest.Right("ex01"));
        host.Resync = TimeSpan.FromDays(1);
        estate.WritePolicy();
        estate.WriteMachine("ex01");
        await estate.StartAsync();
        await estate.UntilAsync(() => estate.IsInSync("ex01"), "ex01 in sync");
        var reads = host.Driver!.FullReads;
        var before = estate.Time.GetUtcNow();

        host.Set("ex01", "checkpoints", "Production");
        await estate.UntilAsync(() => host.Machine("ex01").CheckpointType == "Disabled", "checkpoints disabled again");

        Assert.Equal(reads, host.Driver.FullReads);
        Assert.True(estate.Time.GetUtcNow() - before < TimeSpan.FromMinutes(1), "no sweep of the operator either");
        await estate.UntilAsync(() => estate.IsInSync("ex01"), "ex01 in sync again");
    }

    [Fact]
    public async Task A_VM_that_is_nowhere_is_created_marked_started_and_never_made_twice()
    {
        await using var estate = new EstateUnderTest();
        var host = estate.AddHost("hv01");
        estate.WritePolicy();
        estate.WriteMachine("ex01");
        await estate.StartAsync();

        await estate.UntilAsync(() => estate.IsInSync("ex01"), "ex01 in sync");
        await estate.PassAsync(TimeSpan.FromMinutes(25), TimeSpan.FromSeconds(5));

        var machine = Assert.Single(host.Simulated.Control.Machines());
        Assert.Equal("Running", machine.State);
        Assert.Single(host.Driver!.Asked.OfType<CreateVirtualMachine>());
        Assert.Single(host.Driver.Changed.OfType<StartVirtualMachine>());
        Assert.Equal(machine.Id, estate.Machine("ex01")!.Status!.VirtualMachineId, ignoreCase: true);
    }

    [Fact]
    public async Task A_VM_that_fits_nowhere_is_told_of_each_host_what_it_lacks()
    {
        await using var estate = new EstateUnderTest();
        estate.AddHost("hv01");
        estate.AddHost("hv02");
        estate.WritePolicy();
        estate.WriteMachine("ex01", processors: 120, memory: "600Gi");
        await estate.StartAsync();

        await estate.UntilAsync(() => estate.Is("ex01", "Ready", "False", "NoHostFits"), "NoHostFits");

        var message = estate.Condition("ex01", "Ready")!.Message;
        Assert.Contains("hv01", message, StringComparison.Ordinal);
        Assert.Contains("hv02", message, StringComparison.Ordinal);
        Assert.True(estate.Is("ex01", "Placed", "False", "NoHostFits"));
        Assert.True(estate.Is("ex01", "Reconciling"));
        Assert.Empty(estate["hv01"].Simulated.Control.Machines());
    }

    [Fact]
    public async Task A_saved_VM_is_booted_afresh_where_the_policy_says_so()
    {
        await using var estate = new EstateUnderTest();
        var host = estate.AddHost("hv01", EstateUnderTest.Right("ex01") with { State = SimulatedPowerState.Saved });
        estate.WritePolicy("  savedState: DiscardAndColdBoot");
        estate.WriteMachine("ex01");
        await estate.StartAsync();

        await estate.UntilAsync(() => estate.IsInSync("ex01"), "ex01 in sync");

        Assert.Equal("Running", host.Machine("ex01").State);
        Assert.Single(host.Driver!.Changed.OfType<DiscardSavedState>());
    }

    [Fact]
    public async Task At_rest_nothing_is_written_whatever_is_looked_at_again()
    {
        await using var estate = new EstateUnderTest();
        estate.AddHost("hv01", EstateUnderTest.Right("ex01"));
        estate.WritePolicy();
        estate.WriteGroup();
        estate.WriteMachine("ex01", "databaseAvailabilityGroup: dag01");
        await estate.StartAsync();
        await estate.UntilAsync(
            () => estate.IsInSync("ex01") && estate.Group()?.Status?.Available == 1,
            "ex01 in sync and available"
        );
        await estate.PassAsync(TimeSpan.FromMinutes(15), TimeSpan.FromSeconds(5));
        var versions = Versions(estate);

        await estate.PassAsync(TimeSpan.FromMinutes(65), TimeSpan.FromSeconds(10));

        Assert.Equal(versions, Versions(estate));
    }

    [Fact]
    public async Task Settling_waits_until_only_gates_are_left_and_names_who_is_not_ready()
    {
        await using var estate = new EstateUnderTest();
        var host = estate.AddHost("hv01", EstateUnderTest.Right("ex01") with { Processors = 4 });
        estate.WritePolicy();
        estate.WriteMachine("ex01");
        estate.WriteMachine("ex02", processors: 120, memory: "600Gi");
        await estate.StartAsync();

        var settled = Settling.WaitAsync(estate.Plane, estate.Store, estate.Time, CancellationToken.None);
        await estate.UntilAsync(() => settled.IsCompleted, "settled");
        var report = await settled;

        Assert.True(estate.IsInSync("ex01"), estate.Describe());
        Assert.Equal(8, host.Machine("ex01").Processors);
        Assert.StartsWith(
            "ExchangeVirtualMachine messaging/ex02: NoHostFits",
            Assert.Single(report.NotReady),
            StringComparison.Ordinal
        );
        Assert.False(report.AllReady);
    }

    private static List<string> Versions(EstateUnderTest estate) =>
        [
            .. estate.Plane.Caches.VirtualMachines.List().Select(static each => each.Metadata.ResourceVersion),
            .. estate.Plane.Caches.Hosts.List().Select(static each => each.Metadata.ResourceVersion),
            .. estate.Plane.Caches.Groups.List().Select(static each => each.Metadata.ResourceVersion),
            .. estate.Plane.Caches.Policies.List().Select(static each => each.Metadata.ResourceVersion),
        ];
}
