using ExchangeVirt.Domain.Planning;
using ExchangeVirt.Operator.Tests.Support;

namespace ExchangeVirt.Operator.Tests.Scenes;

/// <summary>The operator's clock is set, and its hosts' clocks are not.</summary>
public sealed class ClockScenes
{
    [Theory]
    [InlineData(26)]
    [InlineData(-26)]
    public async Task A_clock_that_jumps_while_a_guest_shuts_down_has_nothing_done_twice(int hours)
    {
        await using var estate = Estate();
        var host = estate["hv01"];
        await estate.StartAsync();
        await estate.UntilAsync(() => host.Driver?.Asked.OfType<ShutDownGuest>().Any() is true, "the guest is asked");

        estate.Clock.Jump(TimeSpan.FromHours(hours));

        await AssertConvergesOnceAsync(estate, host);
    }

    [Fact]
    public async Task A_clock_that_jumps_to_and_fro_all_the_time_has_nothing_done_twice()
    {
        await using var estate = Estate();
        var host = estate["hv01"];
        await estate.StartAsync();
        for (var jump = 0; jump < 30; jump++)
        {
            estate.Clock.Jump(TimeSpan.FromMinutes(jump % 2 == 0 ? 90 : -100));
            await estate.PassAsync(TimeSpan.FromMilliseconds(300));
        }

        await AssertConvergesOnceAsync(estate, host);
    }

    [Theory]
    [InlineData(26)]
    [InlineData(-26)]
    public async Task A_clock_that_jumped_at_rest_changes_nothing_and_a_drift_is_corrected_at_once(int hours)
    {
        await using var estate = Estate();
        var host = estate["hv01"];
        await estate.StartAsync();
        await estate.UntilAsync(() => estate.IsInSync("ex01"), "in sync");
        await estate.PassAsync(TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(1));
        var (asked, writes) = (host.Driver!.Asked.Count, estate.Seen.Writes.Count);

        estate.Clock.Jump(TimeSpan.FromHours(hours));
        await estate.PassAsync(TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(1));

        Assert.Equal(asked, host.Driver.Asked.Count);
        Assert.Equal([], estate.Seen.Writes.Skip(writes));
        var changed = host.Driver.Changed.Count;
        host.Set("ex01", "checkpoints", "Production");
        var drifted = estate.Time.GetUtcNow();
        await estate.UntilAsync(() => host.Driver.Changed.Count > changed, "corrected");
        Assert.True(estate.Time.GetUtcNow() - drifted < TimeSpan.FromMinutes(1));
        Assert.IsType<DisableCheckpoints>(host.Driver.Changed[^1]);
    }

    private static EstateUnderTest Estate()
    {
        var estate = new EstateUnderTest();
        estate.AddHost("hv01", EstateUnderTest.Right("ex01") with { Processors = 4 });
        estate.WritePolicy();
        estate.WriteMachine("ex01");
        return estate;
    }

    private static async Task AssertConvergesOnceAsync(EstateUnderTest estate, HostUnderTest host)
    {
        await estate.UntilAsync(() => estate.IsInSync("ex01"), "in sync");
        Assert.Equal(8, host.Machine("ex01").Processors);
        // What is asked for again before the host's word of it came is refused.
        string[] once = ["MarkOwner", "ShutDownGuest", "SetProcessorCount", "StartVirtualMachine"];
        await estate.UntilAsync(
            () => host.Driver!.Accepted.Select(static action => action.Name).SequenceEqual(once),
            () => $"each once: {string.Join(", ", host.Driver!.Accepted)}"
        );
    }
}
