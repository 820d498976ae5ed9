using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Agent.State;
using ExchangeVirt.Agent.Tests.Support;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.HyperV;
using Microsoft.Extensions.Time.Testing;

namespace ExchangeVirt.Agent.Tests;

public class WatchTests
{
    [Fact]
    public async Task A_stream_opens_with_a_snapshot_and_goes_on_with_what_changed()
    {
        await using var agent = await AgentHarness.StartedAsync();
        await using var log = new EventLog(agent.Connect());
        Assert.False((await log.NextAsync<WatchOpened>()).Resumed);
        var snapshot = await log.NextAsync<HostSnapshot>();
        Assert.Equal(CheckpointType.Disabled, Assert.Single(snapshot.Host.VirtualMachines).CheckpointType);

        agent.Driver.Change(Samples.Machine() with { CheckpointType = CheckpointType.Production });

        var changed = await log.NextAsync<VirtualMachineChanged>();
        Assert.Equal(CheckpointType.Production, changed.VirtualMachine.CheckpointType);
        agent.Driver.Machines.Clear();
        agent.Driver.Hint(Samples.Ex01);
        Assert.Equal(Samples.Ex01, (await log.NextAsync<VirtualMachineRemoved>()).Id);
    }

    [Fact]
    public async Task A_known_token_gets_exactly_what_was_missed()
    {
        await using var agent = await AgentHarness.StartedAsync();
        var client = agent.Connect();
        var first = new EventLog(client);
        await first.NextAsync<HostSnapshot>();
        await first.DisposeAsync();
        await using var witness = new EventLog(client);
        await witness.NextAsync<HostSnapshot>();
        agent.Driver.Change(Samples.Machine() with { ProcessorCount = 8 });
        await witness.NextAsync<VirtualMachineChanged>();

        await using var second = new EventLog(client, first.Token);

        var opened = await second.NextAsync<WatchOpened>();
        Assert.True(opened.Resumed);
        var missed = Assert.IsType<VirtualMachineChanged>(await second.NextAsync());
        Assert.Equal(opened.Newest, missed.Token!.Sequence);
        Assert.Equal(8, missed.VirtualMachine.ProcessorCount);
    }

    [Fact]
    public async Task A_token_of_an_earlier_start_gets_a_full_snapshot()
    {
        await using var agent = await AgentHarness.StartedAsync();
        var first = new EventLog(agent.Connect());
        await first.NextAsync<HostSnapshot>();
        await first.DisposeAsync();
        await agent.StopAsync();
        agent.Driver.Machines.Clear();
        await agent.StartAsync();

        await using var second = new EventLog(agent.Connect(), first.Token);

        Assert.False((await second.NextAsync<WatchOpened>()).Resumed);
        Assert.Empty((await second.NextAsync<HostSnapshot>()).Host.VirtualMachines);
    }

    [Fact]
    public async Task A_host_that_cannot_be_read_is_unavailable_and_never_empty()
    {
        await using var agent = await AgentHarness.StartedAsync();
        await using var log = new EventLog(agent.Connect());
        await log.NextAsync<HostSnapshot>();

        agent.Driver.Unreadable = new HyperVException(FaultKind.Unavailable, "ServiceStopped", "vmms does not answer.");
        agent.Driver.Hint(null);

        Assert.Equal("ServiceStopped", (await log.NextAsync<HostUnavailable>()).Fault.Reason);
        var fault = await Assert.ThrowsAsync<AgentFaultException>(() =>
            agent.Connect().ObserveAsync(CancellationToken.None)
        );
        Assert.Equal(AgentFaultKind.Unavailable, fault.Kind);
        await using var late = new EventLog(agent.Connect());
        await late.NextAsync<WatchOpened>();
        Assert.IsType<HostUnavailable>(await late.NextAsync());

        agent.Driver.Unreadable = null;
        await agent.Connect().ObserveAsync(CancellationToken.None);

        Assert.Single((await log.NextAsync<HostSnapshot>()).Host.VirtualMachines);
        Assert.Single((await late.NextAsync<HostSnapshot>()).Host.VirtualMachines);
    }

    [Fact]
    public async Task A_stream_is_not_resumed_while_the_host_cannot_be_read()
    {
        await using var agent = await AgentHarness.StartedAsync();
        var log = new EventLog(agent.Connect());
        await log.NextAsync<HostSnapshot>();
        agent.Driver.Unreadable = new HyperVException(FaultKind.Unavailable, "ServiceStopped", "vmms does not answer.");
        agent.Driver.Hint(null);
        await log.NextAsync<HostUnavailable>();
        await log.DisposeAsync();

        await using var again = new EventLog(agent.Connect(), log.Token);

        Assert.False((await again.NextAsync<WatchOpened>()).Resumed);
        Assert.IsType<HostUnavailable>(await again.NextAsync());
    }

    [Fact]
    public async Task What_events_lost_a_slow_full_read_finds()
    {
        await using var agent = await AgentHarness.StartedAsync();
        await using var log = new EventLog(agent.Connect());
        await log.NextAsync<HostSnapshot>();

        agent.Driver.Machines[Samples.Ex01] = Samples.Machine() with { ProcessorCount = 16 };
        agent.Time.Advance(TimeSpan.FromMinutes(13));

        Assert.Equal(16, (await log.NextAsync<VirtualMachineChanged>()).VirtualMachine.ProcessorCount);
    }

    [Fact]
    public async Task A_read_that_finds_nothing_new_says_nothing()
    {
        await using var agent = await AgentHarness.StartedAsync();
        var client = agent.Connect();
        var before = (await client.ObserveAsync(CancellationToken.None)).Token;

        var after = (await client.ObserveAsync(CancellationToken.None)).Token;

        Assert.Equal(before, after);
    }

    [Fact]
    public async Task A_quiet_stream_lives_by_heartbeats()
    {
        await using var agent = await AgentHarness.StartedAsync();
        await using var log = new EventLog(agent.Connect());
        await log.NextAsync<HostSnapshot>();

        var earliest = agent.Time.GetUtcNow().AddSeconds(15);

        var heartbeat = await agent.PassTimeUntilAsync(log.NextAsync<HostHeartbeat>());

        // It is counted from when the stream stands, which may be a moment after its first word.
        Assert.InRange(heartbeat.At, earliest, earliest.AddSeconds(15));
    }

    [Fact]
    public async Task A_silent_stream_ends_with_a_fault()
    {
        await using var agent = await AgentHarness.StartedAsync();
        var clientTime = new FakeTimeProvider(agent.Time.GetUtcNow());
        await using var log = new EventLog(agent.Connect(clientTime: clientTime));
        await log.NextAsync<HostSnapshot>();

        clientTime.Advance(TimeSpan.FromDays(2));

        Assert.Equal("HeartbeatLost", (await log.FaultAsync()).Reason);
    }

    [Fact]
    public async Task An_agent_that_stops_ends_its_streams_at_once()
    {
        await using var agent = await AgentHarness.StartedAsync();
        await using var log = new EventLog(agent.Connect());
        await log.NextAsync<HostSnapshot>();

        await agent.StopAsync();

        Assert.Equal(AgentFaultKind.Unavailable, (await log.FaultAsync()).Kind);
    }

    [Fact]
    public async Task A_pause_on_the_host_is_said_to_watchers_and_observers()
    {
        await using var agent = await AgentHarness.StartedAsync();
        await using var log = new EventLog(agent.Connect());
        var known = HostEvents.Apply(null, await log.NextAsync<HostSnapshot>());

        new PauseMarker(agent.StateDirectory).Set("Firmware update.", agent.Time.GetUtcNow());
        agent.Time.Advance(TimeSpan.FromSeconds(2));

        known = HostEvents.Apply(known, await log.NextAsync<HostFactsChanged>());
        Assert.Equal("Firmware update.", known!.PausedReason);
        Assert.Single(known.VirtualMachines);
        var seen = await agent.Connect().ObserveAsync(CancellationToken.None);
        Assert.Equal("Firmware update.", seen.Host.PausedReason);
    }

    [Fact]
    public async Task A_leader_that_was_replaced_loses_its_stream()
    {
        await using var agent = await AgentHarness.StartedAsync();
        await using var log = new EventLog(agent.Connect(counter: 1));
        await log.NextAsync<HostSnapshot>();
        await agent.Connect(counter: 2).ObserveAsync(CancellationToken.None);

        Assert.Equal(AgentFaultKind.StaleEpoch, (await agent.PassTimeUntilAsync(log.FaultAsync())).Kind);
    }
}
