using ExchangeVirt.Operator.Tests.Support;

namespace ExchangeVirt.Operator.Tests.Scenes;

public sealed class PauseScenes
{
    [Fact]
    public async Task While_the_off_switch_cannot_be_read_nothing_is_done_and_afterwards_all_goes_on()
    {
        await using var estate = new EstateUnderTest();
        var host = estate.AddHost("hv01", EstateUnderTest.Right("ex01"));
        estate.WritePolicy();
        estate.WriteMachine("ex01");
        await estate.StartAsync();
        await estate.UntilAsync(() => estate.IsInSync("ex01"), "in sync");

        estate.Seen.ControlFailure = static _ => new HttpRequestException("503");
        host.Set("ex01", "checkpoints", "Production");
        await estate.UntilAsync(() => estate.Is("ex01", "Paused", reason: "EverythingOnPause"), "taken for paused");
        await estate.PassAsync(TimeSpan.FromMinutes(2));
        Assert.Equal("Production", host.Machine("ex01").CheckpointType);
        Assert.Contains("503", estate.Condition("ex01", "Paused")!.Message, StringComparison.Ordinal);

        estate.Seen.ControlFailure = static _ => null;
        await estate.PassAsync(TimeSpan.FromSeconds(40));
        Assert.Equal("Disabled", host.Machine("ex01").CheckpointType);
    }

    [Fact]
    public async Task A_watch_of_the_switch_that_breaks_ends_nothing_and_the_switch_still_works()
    {
        await using var estate = new EstateUnderTest();
        var host = estate.AddHost("hv01", EstateUnderTest.Right("ex01"));
        estate.WritePolicy();
        estate.WriteMachine("ex01");
        await estate.StartAsync();
        await estate.UntilAsync(() => estate.IsInSync("ex01"), "in sync");
        estate.Seen.ControlWatchFailure = static () => new IOException("reset by peer");
        await PauseAsync(estate, paused: true);
        await estate.PassAsync(TimeSpan.FromMinutes(1));

        host.Set("ex01", "checkpoints", "Production");
        await estate.UntilAsync(() => estate.Is("ex01", "Paused", reason: "EverythingOnPause"), "paused");
        await estate.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal("Production", host.Machine("ex01").CheckpointType);

        await PauseAsync(estate, paused: false);
        await estate.UntilAsync(() => host.Machine("ex01").CheckpointType == "Disabled", "goes on");
    }

    private static Task PauseAsync(EstateUnderTest estate, bool paused) =>
        new Runtime.Stores.PauseSwitch(estate.Store).WriteAsync(
            new Runtime.Stores.PauseState(paused, "moving house", "somebody", estate.Time.GetUtcNow()),
            CancellationToken.None
        );
}
