using ExchangeVirt.Domain.Planning;
using ExchangeVirt.Operator.Tests.Support;

namespace ExchangeVirt.Operator.Tests.Scenes;

public sealed class AskedOnceScenes
{
    [Fact]
    public async Task A_guest_is_asked_once_though_its_settings_changed_while_the_operator_was_dead()
    {
        await using var estate = new EstateUnderTest();
        var described = EstateUnderTest.Describe("hv01", EstateUnderTest.Right("ex01") with { Processors = 4 });
        var host = estate.AddHost(
            described with
            {
                // It installs updates.
                Timings = described.Timings with
                {
                    GuestShutdownSeconds = 60,
                },
            }
        );
        estate.WritePolicy();
        estate.WriteMachine("ex01");
        await estate.StartAsync();
        await estate.UntilAsync(() => host.Driver!.Accepted.OfType<ShutDownGuest>().Any(), "asked");

        await estate.StopOperatorAsync();
        // One that was decided on before the host's last word came is refused, and no question to the guest.
        var asked = host.Driver!.Asked.OfType<ShutDownGuest>().Count();
        // A backup, which nobody corrects: the agent no longer sees the settings that the question was asked by.
        host.Set("ex01", "checkpoints", "Production");
        host.Do("ex01", "takeRecoveryCheckpoint", "backup");
        await estate.StartOperatorAsync();
        await estate.UntilAsync(() => host.Machine("ex01") is { Processors: 8, State: "Running" }, "restarted");

        Assert.Single(host.Driver!.Accepted.OfType<ShutDownGuest>());
        Assert.Equal(asked, host.Driver.Asked.OfType<ShutDownGuest>().Count());
    }
}
