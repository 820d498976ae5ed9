using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.HyperV.Simulator.Faults;
using ExchangeVirt.HyperV.Tests.Support;

namespace ExchangeVirt.HyperV.Tests;

public sealed class WatchTests
{
    [Theory]
    [InlineData("set", "checkpoints", "Standard")]
    [InlineData("set", "automaticCheckpoints", "true")]
    [InlineData("do", "takeCheckpoint", "one")]
    [InlineData("do", "start", null)]
    public async Task A_change_behind_the_operators_back_names_its_VM(string way, string what, string? value)
    {
        await using var host = DriverHost.With(DriverHost.Machine(), DriverHost.Machine("ex02"));
        var id = (await host.ReadMachineAsync()).Id;
        await using var changes = host.Driver.WatchAsync(CancellationToken.None).GetAsyncEnumerator();
        var next = changes.MoveNextAsync().AsTask();

        DriverHost.Must(
            way == "set" ? host.Host.Control.Set("ex01", what, value!) : host.Host.Control.Do("ex01", what, value)
        );

        Assert.True(await host.RunAsync(next));
        Assert.Equal(new HostChange(id), changes.Current);
    }

    [Fact]
    public async Task Lost_events_say_that_everything_is_to_be_read()
    {
        await using var host = DriverHost.With(DriverHost.Machine());
        await using var changes = host.Driver.WatchAsync(CancellationToken.None).GetAsyncEnumerator();
        var next = changes.MoveNextAsync().AsTask();
        host.Host.Control.Inject(new SimulatedFault { Kind = SimulatedFaultKind.EventOverflow, Remaining = 1 });

        DriverHost.Must(host.Host.Control.Set("ex01", "checkpoints", "Standard"));

        Assert.True(await host.RunAsync(next));
        Assert.Equal(new HostChange(null), changes.Current);
    }

    [Fact]
    public async Task A_VM_that_goes_away_is_said_to_be_removed()
    {
        await using var host = DriverHost.With(DriverHost.Machine() with { State = SimulatedPowerState.Off });
        var vm = await host.ReadMachineAsync();
        await using var changes = host.Driver.WatchAsync(CancellationToken.None).GetAsyncEnumerator();
        var next = changes.MoveNextAsync().AsTask();

        await host.ApplyAsync(vm, new Domain.Planning.UnregisterVirtualMachine());

        List<HostChange> seen = [];
        while (await host.RunAsync(next))
        {
            seen.Add(changes.Current);
            if (changes.Current.Removed)
            {
                break;
            }

            next = changes.MoveNextAsync().AsTask();
        }

        Assert.All(seen, change => Assert.Equal(vm.Id, change.VirtualMachineId));
        Assert.True(seen[^1].Removed);
    }

    [Theory]
    [InlineData(SimulatedFaultKind.WmiStopping)]
    [InlineData(SimulatedFaultKind.WmiUnreachable)]
    public async Task The_stream_ends_with_the_service(SimulatedFaultKind fault)
    {
        await using var host = DriverHost.With(DriverHost.Machine());
        await using var changes = host.Driver.WatchAsync(CancellationToken.None).GetAsyncEnumerator();
        var next = changes.MoveNextAsync().AsTask();

        host.Host.Control.Inject(new SimulatedFault { Kind = fault });

        var failure = await Assert.ThrowsAsync<HyperVException>(() => host.RunAsync(next));
        Assert.Equal(FaultKind.Unavailable, failure.Kind);
    }

    [Fact]
    public async Task Cancelling_ends_the_stream_quietly_for_the_host()
    {
        await using var host = DriverHost.With(DriverHost.Machine());
        using CancellationTokenSource cancelling = new();
        await using var changes = host.Driver.WatchAsync(cancelling.Token).GetAsyncEnumerator(CancellationToken.None);
        var next = changes.MoveNextAsync().AsTask();

        await cancelling.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.RunAsync(next));
        DriverHost.Must(host.Host.Control.Set("ex01", "checkpoints", "Standard"));
    }
}
