using ExchangeVirt.Domain.Planning;
using ExchangeVirt.Operator.Tests.Support;
using ExchangeVirt.Resources.V1Alpha1;

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
        await estate.UntilAsync(() => host.Machine("ex01").CheckpointType == "Disabled", "goes on");
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

    [Fact]
    public async Task A_policy_that_is_paused_is_heard_before_the_next_action_though_its_watch_is_dead()
    {
        await using var estate = new EstateUnderTest();
        var host = estate.AddHost("hv01", EstateUnderTest.Right("ex01"));
        estate.WritePolicy();
        estate.WriteMachine("ex01");
        await estate.StartAsync();
        await estate.UntilAsync(() => estate.IsInSync("ex01"), "in sync");

        estate.Seen.Unheard = static changed => changed is VirtualizationPolicy;
        estate.WritePolicy("  paused: true");
        await estate.UntilAsync(() => StoredPolicy(estate).Spec.Paused, "stored");
        host.Set("ex01", "checkpoints", "Production");
        await estate.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal("Production", host.Machine("ex01").CheckpointType);

        estate.Seen.Unheard = static _ => false;
        estate.WritePolicy();
        await estate.UntilAsync(() => host.Machine("ex01").CheckpointType == "Disabled", "goes on");
    }

    [Fact]
    public async Task A_guest_is_not_asked_again_once_somebody_pulled_the_switch_though_its_watch_is_dead()
    {
        await using var estate = new EstateUnderTest();
        var host = estate.AddHost("hv01", EstateUnderTest.Right("ex01") with { Processors = 4 });
        estate.WritePolicy();
        estate.WriteMachine("ex01");
        var isLost = false;
        // The question is noted as asked, and the agent is gone before it can be put.
        estate.BeforeWrite = (_, written) =>
        {
            if (!isLost && written is ExchangeVirtualMachine { Status.Operation.ShutdownAskedAt: not null })
            {
                isLost = true;
                host.StopAgentAsync().GetAwaiter().GetResult();
            }
        };
        await estate.StartAsync();
        await estate.UntilAsync(
            () => isLost && estate.Machine("ex01")!.Status!.Operation is { ShutdownAskedAt: not null },
            "noted as asked"
        );
        estate.Seen.ControlUnheard = true;
        await PauseAsync(estate, paused: true);

        await estate.StartAgentAsync("hv01");
        await estate.UntilAsync(() => estate.Plane.Fleet.Host("hv01") is { Reachable: true }, "back");
        await estate.PassAsync(TimeSpan.FromMinutes(1));
        Assert.DoesNotContain(host.Driver!.Asked, static action => action is ShutDownGuest);

        estate.Seen.ControlUnheard = false;
        await PauseAsync(estate, paused: false);
        await estate.UntilAsync(() => host.Machine("ex01") is { Processors: 8, State: "Running" }, "restarted");
        Assert.Single(host.Driver!.Asked.OfType<ShutDownGuest>());
    }

    private static VirtualizationPolicy StoredPolicy(EstateUnderTest estate) =>
        estate
            .Store.GetAsync<VirtualizationPolicy>(new Runtime.Stores.ResourceKey(null, "default"), default)
            .GetAwaiter()
            .GetResult()!;

    private static Task PauseAsync(EstateUnderTest estate, bool paused) =>
        new Runtime.Stores.PauseSwitch(estate.Store).WriteAsync(
            new Runtime.Stores.PauseState(paused, "moving house", "somebody", estate.Time.GetUtcNow()),
            CancellationToken.None
        );
}
