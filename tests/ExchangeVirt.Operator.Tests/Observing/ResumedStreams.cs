using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.Domain.Tests.Planning;
using ExchangeVirt.Operator.Acting;
using ExchangeVirt.Operator.Observing;
using ExchangeVirt.Operator.Tests.Support;
using ExchangeVirt.Runtime.Stores;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ExchangeVirt.Operator.Tests.Observing;

public sealed class ResumedStreams
{
    private static readonly AgentDescription s_agent = new("1.0.0", [], "life");

    [Fact]
    public async Task A_host_counts_as_known_again_only_when_all_that_was_missed_was_taken_in()
    {
        var time = new FakeTimeProvider(Some.Now);
        var fleet = new FleetView(time);
        using var epoch = await Epoch.BeginAsync(new MemoryControl(), static () => Some.Id, CancellationToken.None);
        var agent = new ScriptedAgent();
        await using var connections = new HostConnections(
            fleet,
            agent,
            epoch,
            time,
            static () => 0.5,
            NullLogger<HostConnections>.Instance
        );
        await connections.EnsureAsync("hv01", new Uri("https://hv01:7443"), "hv01");
        agent.Say(new WatchOpened(s_agent, Resumed: false));
        agent.Say(new HostSnapshot(Situations.Facts) { Token = new ResumeToken("life", 7) });
        await UntilAsync(time, () => fleet.Host("hv01") is { Reachable: true });

        agent.Lose();
        await UntilAsync(time, () => fleet.Host("hv01") is { Reachable: false });
        agent.Say(new WatchOpened(s_agent, Resumed: true, Newest: 9));
        // Somebody shut it down meanwhile, and a second member must not follow before that is known.
        agent.Say(new VirtualMachineChanged(Some.IsOff(Some.Observed)) { Token = new ResumeToken("life", 8) });
        await UntilAsync(time, () => fleet.ById(Some.Id) is [{ Machine.PowerState: PowerState.Off }]);
        Assert.False(fleet.Host("hv01")!.Reachable);

        agent.Say(new VirtualMachineChanged(Some.IsOff(Some.Observed)) { Token = new ResumeToken("life", 9) });
        await UntilAsync(time, () => fleet.Host("hv01") is { Reachable: true });
    }

    [Fact]
    public async Task A_stream_that_is_ended_while_the_epoch_is_being_raised_ends_like_any_other()
    {
        var time = new FakeTimeProvider(Some.Now);
        var control = new MemoryControl();
        using var epoch = await Epoch.BeginAsync(control, static () => Some.Id, CancellationToken.None);
        control.Before = static token => new TaskCompletionSource().Task.WaitAsync(token);
        var agent = new ScriptedAgent
        {
            Ending = new AgentFault(AgentFaultKind.StaleEpoch, "StaleEpoch", "A newer one was seen.")
            {
                NewestCounter = 9,
            },
        };
        var connections = new HostConnections(
            new FleetView(time),
            agent,
            epoch,
            time,
            static () => 0.5,
            NullLogger<HostConnections>.Instance
        );
        await connections.EnsureAsync("hv01", new Uri("https://hv01:7443"), "hv01");
        await connections.EnsureAsync("hv02", new Uri("https://hv02:7443"), "hv02");
        await UntilAsync(
            time,
            () =>
            {
                // A stream may just be opening.
                agent.Lose();
                return control.Held > 0;
            }
        );

        await connections.DisposeAsync();

        Assert.Equal(2, agent.Disposed);
    }

    [Fact]
    public async Task A_VM_that_was_unregistered_is_not_waited_for()
    {
        // No time passes: nobody waits for a deadline.
        var time = new FakeTimeProvider(Some.Now);
        var fleet = new FleetView(time);
        using var epoch = await Epoch.BeginAsync(new MemoryControl(), static () => Some.Id, CancellationToken.None);
        var agent = new ScriptedAgent();
        await using var connections = new HostConnections(
            fleet,
            agent,
            epoch,
            time,
            static () => 0.5,
            NullLogger<HostConnections>.Instance
        );
        await connections.EnsureAsync("hv01", new Uri("https://hv01:7443"), "hv01");
        fleet.Upsert("hv01", Some.Observed);
        agent.Apply = _ =>
        {
            fleet.Remove("hv01", Some.Id);
            return new ActionDone(Some.Id, Changed: true);
        };
        var runner = new ActionRunner(
            connections,
            fleet,
            new ActionFailures(time, static () => 0.5),
            time,
            static () => Some.Id,
            NullLogger<ActionRunner>.Instance
        );

        var result = await runner
            .RunAsync(
                Some.Owner.Object,
                "hv01",
                Some.Observed,
                new PlannedAction { Action = new UnregisterVirtualMachine(), Cause = ActionCause.Change },
                operationId: null,
                CancellationToken.None
            )
            .WaitAsync(TimeSpan.FromMinutes(2));

        Assert.IsType<RunResult.Done>(result);
    }

    private static async Task UntilAsync(FakeTimeProvider time, Func<bool> state)
    {
        var watch = Stopwatch.StartNew();
        while (!state())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(2), "never came");
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }

    private sealed class ScriptedAgent : IHostAgentConnector, IHostAgent
    {
        private Channel<HostEvent> _events = Channel.CreateUnbounded<HostEvent>();
        private int _disposed;

        public AgentFault Ending { get; init; } = new(AgentFaultKind.Unavailable, "StreamEnded", "It ended.");

        public Func<ApplyRequest, ApplyOutcome> Apply { get; set; } =
            static _ => throw new InvalidOperationException("Nobody asks that here.");

        public int Disposed => Volatile.Read(ref _disposed);

        public void Say(HostEvent next) => Assert.True(_events.Writer.TryWrite(next));

        public void Lose()
        {
            var before = _events;
            _events = Channel.CreateUnbounded<HostEvent>();
            before.Writer.Complete();
        }

        public IHostAgent Connect(Uri endpoint, string serverName) => this;

        public Task<HostObservation> ObserveAsync(CancellationToken cancellationToken) =>
            throw new InvalidOperationException("Nobody asks that here.");

        public Task<ApplyOutcome> ApplyAsync(ApplyRequest request, CancellationToken cancellationToken) =>
            Task.FromResult(Apply(request));

        public async IAsyncEnumerable<HostEvent> WatchAsync(
            ResumeToken? resume,
            [EnumeratorCancellation] CancellationToken cancellationToken
        )
        {
            await foreach (var next in _events.Reader.ReadAllAsync(cancellationToken))
            {
                yield return next;
            }

            throw new AgentFaultException(Ending);
        }

        public ValueTask DisposeAsync()
        {
            Interlocked.Increment(ref _disposed);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class MemoryControl : IControlState
    {
        private readonly Dictionary<string, ControlValue> _values = [];

        private int _held;

        /// <summary>Gets or sets what is waited for before a value is read.</summary>
        public Func<CancellationToken, Task> Before { get; set; } = static _ => Task.CompletedTask;

        public int Held => Volatile.Read(ref _held);

        public async Task<ControlValue?> GetControlAsync(string name, CancellationToken cancellationToken)
        {
            var before = Before(cancellationToken);
            Interlocked.Add(ref _held, before.IsCompleted ? 0 : 1);
            await before;
            return _values.GetValueOrDefault(name);
        }

        public Task<ControlValue> SetControlAsync(
            string name,
            string value,
            string? expectedRevision,
            CancellationToken cancellationToken
        ) => Task.FromResult(_values[name] = new ControlValue(value, "1"));

        public IAsyncEnumerable<ControlValue?> WatchControlAsync(string name, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("Nobody watches here.");
    }
}
