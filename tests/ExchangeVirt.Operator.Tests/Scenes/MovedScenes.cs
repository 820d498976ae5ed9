using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.Operator.Tests.Support;

namespace ExchangeVirt.Operator.Tests.Scenes;

public sealed class MovedScenes
{
    [Fact]
    public async Task A_VM_that_moved_to_a_host_out_of_sight_is_corrected_there_as_soon_as_that_host_is_read()
    {
        await using var estate = new EstateUnderTest();
        var from = estate.AddHost("hv01", EstateUnderTest.Right("ex01"));
        var to = estate.AddHost("hv02");
        estate.WritePolicy();
        estate.WriteMachine("ex01");
        await estate.StartAsync();
        await estate.UntilAsync(() => estate.IsInSync("ex01"), "adopted");
        var id = Guid.Parse(estate.Machine("ex01")!.Status!.VirtualMachineId!);

        await to.StopAgentAsync();
        await estate.UntilAsync(() => estate.Plane.Fleet.Host("hv02") is { Reachable: false }, "out of sight");
        to.Simulated.Control.CreateMachine(
            EstateUnderTest.Right("ex01") with
            {
                Id = id,
                CheckpointType = SimulatedCheckpointType.Production,
            }
        );
        from.Do("ex01", "turnOff");
        await estate.UntilAsync(() => from.Machine("ex01").State == "Off", "off");
        from.Do("ex01", "delete");
        await estate.UntilAsync(
            () => estate.Plane.Fleet.ById(id).Count == 0 && estate.Is("ex01", "Ready", "False"),
            "nowhere"
        );

        var back = estate.Time.GetUtcNow();
        await estate.StartAgentAsync("hv02");
        await estate.UntilAsync(
            () => estate.Machine("ex01")!.Status!.Host == "hv02" && estate.IsInSync("ex01"),
            "found and corrected"
        );

        // Found by what was read, not by the next look at everything.
        Assert.True(estate.Time.GetUtcNow() - back < TimeSpan.FromMinutes(5), estate.Describe());
    }
}
