using System.Diagnostics;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.Operator.Tests.Support;

namespace ExchangeVirt.Operator.Tests.Scenes;

public sealed class CrashScenes
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(20)]
    public async Task An_operator_that_dies_again_and_again_finishes_the_restart_and_asks_the_guest_once(int steps)
    {
        await using var estate = new EstateUnderTest();
        var host = estate.AddHost("hv01", EstateUnderTest.Right("ex01") with { Processors = 4 });
        estate.AddHost("hv02", EstateUnderTest.Right("ex02"));
        estate.AddHost("hv03", EstateUnderTest.Right("ex03"));
        estate.WritePolicy();
        estate.WriteGroup();
        estate.WriteMachine("ex01", "databaseAvailabilityGroup: dag01");
        estate.WriteMachine("ex02", "databaseAvailabilityGroup: dag01");
        estate.WriteMachine("ex03", "databaseAvailabilityGroup: dag01");
        await estate.StartAsync();

        var began = Stopwatch.GetTimestamp();
        for (var lives = 0; !IsDone(estate, host); lives++)
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < EstateUnderTest.Patience, estate.Describe());
            // The more often it died, the longer it lives, so that it comes to an end.
            await estate.PassAsync(TimeSpan.FromMilliseconds(100 * (steps + lives)));
            await estate.StopOperatorAsync();
            await estate.StartOperatorAsync();
            await estate.UntilAsync(() => estate.Plane.Fleet.Host("hv01") is { Reachable: true }, "read again");
        }

        await estate.UntilAsync(
            () => estate.IsInSync("ex01") && estate.Group() is { Status.Disruptions: null },
            "at rest"
        );
        Assert.Equal(8, host.Machine("ex01").Processors);
        Assert.Single(host.Driver!.Asked.OfType<ShutDownGuest>());
        Assert.Single(host.Driver.Changed.OfType<SetProcessorCount>());
        Assert.Single(host.Driver.Changed.OfType<MarkOwner>());
        Assert.Empty(estate["hv02"].Driver!.Asked.OfType<ShutDownGuest>());
    }

    private static bool IsDone(EstateUnderTest estate, HostUnderTest host) =>
        estate.IsInSync("ex01") && host.Machine("ex01") is { Processors: 8, State: "Running" };
}
