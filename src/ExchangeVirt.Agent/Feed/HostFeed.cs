using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Agent.Contract.Mapping;
using ExchangeVirt.Domain.Model;
using Wire = ExchangeVirt.Agent.Contract.Wire;

namespace ExchangeVirt.Agent.Feed;

/// <summary>How much a feed keeps.</summary>
/// <param name="Replayed">How many changes a resumed watcher may have missed.</param>
/// <param name="Queued">How many changes a watcher may lag behind before it is cut.</param>
public sealed record FeedLimits(int Replayed, int Queued);

/// <summary>What is known of the host, and every change of it in order, for any number of watchers.</summary>
public sealed class HostFeed
{
    private readonly AgentDescription _agent;
    private readonly FeedLimits _limits;
    private readonly Lock _gate = new();
    private readonly Queue<FeedBatch> _replay = new();
    private readonly List<FeedSubscription> _watchers = [];
    private readonly Dictionary<string, OperationInFlight> _operations = new(StringComparer.Ordinal);
    private SortedDictionary<string, Wire.VirtualMachine> _machines = new(StringComparer.Ordinal);
    private Wire.HostFacts? _facts;
    private AgentFault? _unavailable = new(
        AgentFaultKind.Unavailable,
        AgentFaultReasons.NotReadYet,
        "The agent has just started and has not read its host yet."
    );
    private string? _paused;
    private ulong _sequence;

    /// <summary>Makes an empty feed: nothing is known.</summary>
    public HostFeed(AgentDescription agent, FeedLimits limits)
    {
        _agent = agent;
        _limits = limits;
    }

    /// <summary>Gets whether the host could not be read last.</summary>
    public bool IsUnavailable
    {
        get
        {
            lock (_gate)
            {
                return _unavailable is not null;
            }
        }
    }

    /// <summary>Takes in a whole read. After a time of unavailability every watcher gets a snapshot.</summary>
    public void SetHost(ObservedHost host)
    {
        var facts = HostMapper.ToWire(host);
        var machines = new SortedDictionary<string, Wire.VirtualMachine>(StringComparer.Ordinal);
        foreach (var machine in host.VirtualMachines)
        {
            var wire = VirtualMachineMapper.ToWire(machine);
            machines[wire.Id] = wire;
        }

        lock (_gate)
        {
            if (_unavailable is not null)
            {
                (_facts, _machines, _unavailable) = (facts, machines, null);
                Publish(Snapshot());
                return;
            }

            var factsChanged = _facts is null || FeedComparison.Differs(_facts, facts);
            _facts = facts;
            if (factsChanged)
            {
                Publish(new Wire.WatchEvent { HostFacts = Facts() });
            }

            foreach (var id in _machines.Keys.Where(id => !machines.ContainsKey(id)).ToList())
            {
                Remove(id);
            }

            foreach (var machine in machines.Values)
            {
                Put(machine);
            }
        }
    }

    /// <summary>Takes in a fresh read of one VM; null: it is gone. Means nothing while the host is unavailable.</summary>
    public void SetMachine(Guid id, ObservedVirtualMachine? machine)
    {
        lock (_gate)
        {
            if (_unavailable is not null)
            {
                return;
            }

            if (machine is null)
            {
                Remove(id.ToString("D"));
            }
            else
            {
                Put(VirtualMachineMapper.ToWire(machine));
            }
        }
    }

    /// <summary>Says that nothing is known any more.</summary>
    public void SetUnavailable(AgentFault fault)
    {
        lock (_gate)
        {
            if (_unavailable == fault)
            {
                return;
            }

            _unavailable = fault;
            Publish(new Wire.WatchEvent { HostUnavailable = new() { Fault = FaultMapper.ToWire(fault) } });
        }
    }

    /// <summary>Says whether a person paused the agent.</summary>
    public void SetPaused(string? reason)
    {
        lock (_gate)
        {
            if (_paused == reason)
            {
                return;
            }

            _paused = reason;
            if (_unavailable is null)
            {
                Publish(new Wire.WatchEvent { HostFacts = Facts() });
            }
        }
    }

    /// <summary>Says that an operation began.</summary>
    public void Begin(OperationInFlight operation)
    {
        lock (_gate)
        {
            _operations[operation.OperationId] = operation;
            Publish(
                new Wire.WatchEvent { OperationProgress = new() { Operation = OperationMapper.ToWire(operation) } }
            );
        }
    }

    /// <summary>Says that an operation ended.</summary>
    public void End(OperationEnded ended)
    {
        lock (_gate)
        {
            _operations.Remove(ended.OperationId);
            Publish(new Wire.WatchEvent { OperationOutcome = OperationMapper.ToWire(ended) });
        }
    }

    /// <summary>Gives all that is known, for an answer to Observe.</summary>
    /// <exception cref="AgentFaultException">The host is unavailable.</exception>
    public Wire.ObserveResponse Describe()
    {
        lock (_gate)
        {
            if (_unavailable is { } fault)
            {
                throw new AgentFaultException(fault);
            }

            var response = new Wire.ObserveResponse
            {
                Agent = RequestMapper.ToWire(_agent),
                Host = Facts(),
                Token = new() { Incarnation = _agent.Incarnation, Sequence = _sequence },
            };
            response.VirtualMachines.AddRange(_machines.Values);
            return response;
        }
    }

    /// <summary>Adds a watcher, which starts with what it missed, or with a snapshot.</summary>
    public FeedSubscription Subscribe(ResumeToken? resume)
    {
        lock (_gate)
        {
            var resumed = CanResume(resume);
            var head = new Wire.WatchEvent
            {
                Sequence = resumed ? resume!.Sequence : _sequence,
                Head = new()
                {
                    Agent = RequestMapper.ToWire(_agent),
                    Resumed = resumed,
                    NewestSequence = _sequence,
                },
            };
            List<FeedBatch> first = [new FeedBatch(head.Sequence, [head])];
            if (resumed)
            {
                first.AddRange(_replay.Where(batch => batch.Sequence > resume!.Sequence));
            }
            else if (_unavailable is { } fault)
            {
                first.Add(Batch(new Wire.WatchEvent { HostUnavailable = new() { Fault = FaultMapper.ToWire(fault) } }));
            }
            else
            {
                first.Add(Batch(Snapshot()));
            }

            var watcher = new FeedSubscription(first, _limits.Queued, Unsubscribe);
            _watchers.Add(watcher);
            return watcher;
        }
    }

    private bool CanResume(ResumeToken? resume) =>
        resume is not null
        // A resumed stream says that what was known holds again.
        && _unavailable is null
        && resume.Incarnation == _agent.Incarnation
        && resume.Sequence <= _sequence
        && (resume.Sequence == _sequence || (_replay.Count > 0 && _replay.Peek().Sequence <= resume.Sequence + 1));

    private void Unsubscribe(FeedSubscription watcher)
    {
        lock (_gate)
        {
            _watchers.Remove(watcher);
        }
    }

    private void Put(Wire.VirtualMachine machine)
    {
        var changed = !_machines.TryGetValue(machine.Id, out var before) || FeedComparison.Differs(before, machine);
        // Kept even where it is not told, so that a later snapshot is as fresh as can be.
        _machines[machine.Id] = machine;
        if (changed)
        {
            Publish(new Wire.WatchEvent { VirtualMachine = machine });
        }
    }

    private void Remove(string id)
    {
        if (_machines.Remove(id))
        {
            Publish(new Wire.WatchEvent { VirtualMachineRemoved = new() { Id = id } });
        }
    }

    private void Publish(params Wire.WatchEvent[] events)
    {
        _sequence++;
        var batch = Batch(events);
        _replay.Enqueue(batch);
        while (_replay.Count > _limits.Replayed)
        {
            _replay.Dequeue();
        }

        _watchers.RemoveAll(watcher => !watcher.Offer(batch));
    }

    private FeedBatch Batch(params Wire.WatchEvent[] events)
    {
        // Only the last one moves the token: a snapshot that was cut off must not be resumed from its middle.
        events[^1].Sequence = _sequence;
        return new FeedBatch(_sequence, events);
    }

    private Wire.WatchEvent[] Snapshot() =>
        [
            new() { SnapshotBegin = new() },
            new() { HostFacts = Facts() },
            .. _machines.Values.Select(static machine => new Wire.WatchEvent { VirtualMachine = machine }),
            new() { SnapshotEnd = new() { VirtualMachineCount = (uint)_machines.Count } },
        ];

    private Wire.HostFacts Facts()
    {
        var facts = _facts!.Clone();
        facts.AgentVersion = _agent.Version;
        facts.Operations.Clear();
        facts.Operations.AddRange(
            _operations.Values.OrderBy(static one => one.StartedAt).Select(OperationMapper.ToWire)
        );
        if (_paused is { } reason)
        {
            facts.PausedReason = reason;
        }
        else
        {
            facts.ClearPausedReason();
        }

        return facts;
    }
}
