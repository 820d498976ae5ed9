using System.Runtime.CompilerServices;
using System.Text.Json;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.Faults;
using ExchangeVirt.HyperV.Simulator.Model;
using ExchangeVirt.HyperV.Simulator.Projection;
using ExchangeVirt.HyperV.Simulator.Schema;

namespace ExchangeVirt.HyperV.Simulator.Engine;

/// <summary>
/// Runs the host: one step at a time under one lock. Before each step, everything whose time has come is done at its own
/// time, so it makes no difference whether anybody looked in between, or whether the process ran at all.
/// </summary>
internal sealed class HostEngine : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly Func<Guid>? _newGuid;
    private readonly string? _statePath;
    private readonly JsonSerializerOptions _format;
    private readonly ITimer _timer;
    private readonly ConditionalWeakTable<VirtualMachine, MachineProjection> _projections = [];
    private HostState _state;
    private HostState _saved;
    private bool _ended;

    /// <summary>Starts the host in a state.</summary>
    public HostEngine(HostState state, TimeProvider time, Func<Guid>? newGuid, string? statePath)
    {
        _time = time;
        _newGuid = newGuid;
        _statePath = statePath;
        Schema = CimSchema.ForBuild(state.Description.OperatingSystem.Build);
        Templates = new Templates(Schema);
        Events = new EventHub(Schema);
        _format = StateFile.Options(Schema);
        _state = state;
        _saved = state with { };
        _timer = time.CreateTimer(
            static engine => ((HostEngine)engine!).Run(static _ => 0),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
        Run(static _ => 0);
    }

    /// <summary>Gets the clock.</summary>
    public TimeProvider Time => _time;

    /// <summary>Gets the schema of this host.</summary>
    public CimSchema Schema { get; }

    /// <summary>Gets the default settings of new devices.</summary>
    public Templates Templates { get; }

    /// <summary>Gets the events.</summary>
    public EventHub Events { get; }

    /// <summary>Does one step; what it throws undoes it.</summary>
    public T Run<T>(Func<Transaction, T> step)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_ended, this);
            var now = HostClock.Now(_time);
            Advance(now);
            try
            {
                return Step(now, step);
            }
            finally
            {
                Save();
                Events.DeliverDue(now);
                Arm(now);
            }
        }
    }

    /// <summary>Gets what WMI shows of a VM.</summary>
    public MachineProjection Project(VirtualMachine machine) =>
        _projections.GetValue(machine, source => new MachineProjection(Schema, source));

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }

            _ended = true;
        }

        _timer.Dispose();
        Events.EndAll(null);
    }

    private T Step<T>(DateTimeOffset now, Func<Transaction, T> step)
    {
        var transaction = new Transaction(_state, now, Schema, Templates, _newGuid);
        var result = step(transaction);
        var before = _state;
        _state = transaction.State;
        if (!ReferenceEquals(before, _state))
        {
            Publish(before, now);
        }

        return result;
    }

    private void Advance(DateTimeOffset now)
    {
        while (Agenda.Next(_state) is { } next && next.DueAt <= now)
        {
            Step(
                next.DueAt,
                transaction =>
                {
                    next.Do(transaction);
                    return 0;
                }
            );
        }
    }

    private void Publish(HostState before, DateTimeOffset now)
    {
        var removal = TimeSpan.FromSeconds(_state.Description.Timings.JobRemovalSeconds);
        var changes = Changes
            .Of(before.Machines, _state.Machines, machine => Project(machine).ByPath)
            .Concat(
                Changes.Of(
                    before.Jobs,
                    _state.Jobs,
                    job => new Dictionary<CimPath, CimObject>
                    {
                        [Names.Job(job.ClassName, job.Id)] = JobProjection.Of(Schema, job, now, removal),
                    }
                )
            )
            .ToList();
        foreach (var group in changes.GroupBy(change => MachineOf(change.Target)?.Id))
        {
            Publish([.. group], group.Key, now);
        }
    }

    // A fault is about one change of one VM: all of its events are lost, or stale, together.
    private void Publish(List<CimEvent> changes, string? machineId, DateTimeOffset now)
    {
        var faults = new Transaction(_state, now, Schema, Templates, _newGuid);
        if (
            faults.Has(SimulatedFaultKind.ManagementServiceStopped)
            || faults.Has(SimulatedFaultKind.ManagementServiceStarting)
        )
        {
            return;
        }

        var machine = faults.Machine(machineId);
        var isLost = faults.Meet(SimulatedFaultKind.EventLost, machine) is not null;
        var overflows = !isLost && faults.Meet(SimulatedFaultKind.EventOverflow, machine) is not null;
        var isStale = !isLost && !overflows && faults.Meet(SimulatedFaultKind.EventStale, machine) is not null;
        _state = faults.State;
        if (isLost)
        {
            return;
        }

        var dueAt = now + TimeSpan.FromSeconds(_state.Description.Timings.EventSeconds);
        foreach (var change in overflows ? [new CimEvent("__EventQueueOverflowEvent", null, null)] : changes)
        {
            var told = isStale && change.Previous is { } stale ? change with { Target = stale } : change;
            Events.Publish(told, dueAt, now);
        }
    }

    private VirtualMachine? MachineOf(CimObject? instance)
    {
        var text = instance?.Text("VirtualSystemIdentifier") ?? instance?.Text("SystemName") ?? instance?.Text("Name");
        return text is not null && _state.Machines.TryGetValue(text, out var machine) ? machine : null;
    }

    private void Save()
    {
        if (_statePath is not null && !ReferenceEquals(_saved, _state))
        {
            StateFile.Save(_statePath, _state, _format);
            _saved = _state;
        }
    }

    private void Arm(DateTimeOffset now)
    {
        DateTimeOffset?[] moments = [Agenda.Next(_state)?.DueAt, Events.NextDue];
        var next = moments.Min();
        _timer.Change(
            next is { } due
                ? TimeSpan.FromMilliseconds(Math.Clamp(Math.Ceiling((due - now).TotalMilliseconds), 0, 3_600_000))
                : Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
    }
}
