using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.Operator.Tests.Support;

namespace ExchangeVirt.Operator.Tests.Scenes;

public sealed class RestScenes
{
    [Fact]
    public async Task At_rest_an_hour_writes_nothing_says_nothing_and_reads_no_switch()
    {
        await using var estate = await AtRestAsync();
        var (writes, events, reads) = (estate.Seen.Writes.Count, estate.Seen.Events.Count, estate.Seen.ControlReads);
        var actions = estate["hv01"].Driver!.Asked.Count;

        await estate.PassAsync(TimeSpan.FromHours(1), TimeSpan.FromSeconds(2));

        Assert.Equal([], estate.Seen.Writes.Skip(writes));
        Assert.Equal([], estate.Seen.Events.Skip(events).Select(static told => $"{told.Reason}: {told.Message}"));
        Assert.Equal(reads, estate.Seen.ControlReads);
        Assert.Equal(actions, estate["hv01"].Driver!.Asked.Count);
    }

    [Fact]
    public async Task An_operator_that_starts_again_over_an_estate_at_rest_has_no_news()
    {
        await using var estate = await AtRestAsync();
        await estate.StopOperatorAsync();

        await estate.StartOperatorAsync();
        // They have so long for their first word, of a time that passes faster here.
        await estate.UntilAsync(
            () => new[] { "hv01", "hv02" }.All(host => estate.Plane.Fleet.Host(host) is { Reachable: true }),
            "both hosts are read",
            step: TimeSpan.Zero
        );
        await estate.PassAsync(TimeSpan.FromMinutes(12), TimeSpan.FromSeconds(1));

        Assert.Equal([], estate.Seen.Writes);
        Assert.Equal([], estate.Seen.Events.Select(static told => $"{told.Reason}: {told.Message}"));
    }

    [Fact]
    public async Task A_host_that_stays_silent_after_a_start_is_said_to_be_so_after_a_while()
    {
        await using var estate = await AtRestAsync();
        await estate.StopOperatorAsync();
        await estate["hv02"].StopAgentAsync();

        await estate.StartOperatorAsync();

        await estate.UntilAsync(() => estate.Is("ex02", "Ready", "False", "HostUnreachable"), "said");
        Assert.True(estate.Is("ex01", "Ready"));
    }

    // One of each: in sync, waiting for a window, observed, paused, without a host, in a DAG, with a backup's checkpoint.
    private static async Task<EstateUnderTest> AtRestAsync()
    {
        var estate = new EstateUnderTest();
        estate.AddHost(
            "hv01",
            EstateUnderTest.Right("ex01"),
            EstateUnderTest.Right("ex03") with
            {
                Processors = 4,
            },
            EstateUnderTest.Right("ex04") with
            {
                CheckpointType = SimulatedCheckpointType.Standard,
            },
            EstateUnderTest.Right("ex05") with
            {
                CheckpointType = SimulatedCheckpointType.Standard,
            },
            new SimulatedMachine
            {
                Name = "foreign",
                Processors = 2,
                State = SimulatedPowerState.Running,
                Memory = new SimulatedMemory { Size = 8UL << 30 },
            }
        );
        estate.AddHost("hv02", EstateUnderTest.Right("ex02"));
        estate.WritePolicy();
        estate.WritePolicy(
            """
              disruption: MaintenanceWindow
              maintenanceWindows: [{name: sat, schedule: "0 22 * * SAT", durationMinutes: 240}]
            """,
            name: "windows"
        );
        estate.Write(
            "policy-windows.yaml",
            (await File.ReadAllTextAsync(Path.Combine(estate.Manifests, "policy-windows.yaml"))).Replace(
                "  disruption: Anytime\n",
                "",
                StringComparison.Ordinal
            )
        );
        estate.WriteGroup();
        estate.WriteMachine("ex01", "databaseAvailabilityGroup: dag01");
        estate.WriteMachine("ex02", "databaseAvailabilityGroup: dag01");
        estate.WriteMachine("ex03", more: "  policyName: windows");
        estate.WriteMachine("ex04", more: "  enforcement: Observe");
        estate.WriteMachine("ex05", more: "  paused: true");
        estate.WriteMachine("ex06", processors: 2000);
        await estate.StartAsync();
        await estate.UntilAsync(
            () =>
                estate.IsInSync("ex01")
                && estate.IsInSync("ex02")
                && estate.Is("ex03", "RestartPending", reason: "MaintenanceWindow")
                && estate.Is("ex04", "Synced", "False", "ObserveOnly")
                && estate.Is("ex05", "Synced", "False", "VirtualMachineOnPause")
                && estate.Is("ex06", "Ready", "False", "NoHostFits")
                && estate.Group()?.Status?.Available == 2,
            "at rest"
        );
        // What was written last comes back as a change.
        await estate.PassAsync(TimeSpan.FromMinutes(12), TimeSpan.FromSeconds(1));
        return estate;
    }
}
