using ExchangeVirt.Runtime.Stores;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace ExchangeVirt.Runtime.Events;

/// <summary>
/// Records events and says each thing once per hour and object: repetitions are counted and told with the next one that is
/// recorded.
/// </summary>
public sealed partial class EventRecorder
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Said, Tally> _tallies = [];
    private readonly IResourceStore _store;
    private readonly TimeProvider _time;
    private readonly TimeSpan _period;
    private readonly ILogger _logger;
    private DateTimeOffset _swept;

    /// <summary>Makes a recorder that has said nothing yet.</summary>
    /// <param name="store">Where events are kept.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Gets what could not be recorded, so that it is not lost.</param>
    /// <param name="period">How long the same thing is not said again. Null: one hour.</param>
    public EventRecorder(
        IResourceStore store,
        TimeProvider time,
        ILogger<EventRecorder> logger,
        TimeSpan? period = null
    )
    {
        _store = store;
        _time = time;
        _logger = logger;
        _period = period ?? TimeSpan.FromHours(1);
        _swept = time.GetUtcNow();
    }

    /// <summary>Records what happened to an object. An event that cannot be stored is logged: no pass fails for it.</summary>
    /// <param name="entity">The object.</param>
    /// <param name="type">News or trouble.</param>
    /// <param name="reason">A CamelCase word that stays the same over releases.</param>
    /// <param name="message">One sentence for people, without anything that differs each time, or it is never the same.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task RecordAsync<T>(
        T entity,
        EventType type,
        string reason,
        string message,
        CancellationToken cancellationToken
    )
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        foreach (var record in Count(new Said(entity.Reference(), type, reason, message)))
        {
            await StoreAsync(record, cancellationToken);
        }
    }

    /// <summary>Records all repetitions that were only counted so far, as before the process ends.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        List<EventRecord> records;
        lock (_lock)
        {
            records = [.. _tallies.Where(pair => pair.Value.Unsaid > 0).Select(pair => pair.Key.Record(pair.Value))];
            _tallies.Clear();
        }

        foreach (var record in records)
        {
            await StoreAsync(record, cancellationToken);
        }
    }

    private List<EventRecord> Count(Said said)
    {
        lock (_lock)
        {
            var now = _time.GetUtcNow();
            if (!_tallies.TryGetValue(said, out var tally))
            {
                tally = new Tally(now) { SaidAt = DateTimeOffset.MinValue };
                _tallies.Add(said, tally);
            }

            tally.Add(now);
            var records = Sweep_NeedsLock(now, said);
            if (now - tally.SaidAt >= _period)
            {
                records.Add(said.Record(tally));
                tally.Reset(now);
            }

            return records;
        }
    }

    // What was not said again for a period is new when it comes again, so memory is bound by what is going on. Repetitions
    // that were only counted are told now: nothing may ever bring them up again.
    private List<EventRecord> Sweep_NeedsLock(DateTimeOffset now, Said current)
    {
        List<EventRecord> records = [];
        if (now - _swept < _period)
        {
            return records;
        }

        _swept = now;
        foreach (
            var (said, tally) in _tallies
                .Where(pair => pair.Key != current && now - pair.Value.SaidAt >= _period)
                .ToList()
        )
        {
            _tallies.Remove(said);
            if (tally.Unsaid > 0)
            {
                records.Add(said.Record(tally));
            }
        }

        return records;
    }

    private async Task StoreAsync(EventRecord record, CancellationToken cancellationToken)
    {
        try
        {
            await _store.RecordEventAsync(record, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotRecorded(
                ExpectedFailure.StackOf(exception),
                record.Regarding.Kind,
                record.Regarding.Key,
                record.Reason,
                record.Message,
                ExpectedFailure.Describe(exception)
            );
        }
    }

    [LoggerMessage(
        EventId = 4021,
        Level = LogLevel.Warning,
        Message = "Could not record the event {Reason} of {Kind} {Key} ({Text}): {Problem}"
    )]
    private partial void LogNotRecorded(
        Exception? exception,
        string kind,
        ResourceKey key,
        string reason,
        string text,
        string problem
    );

    private sealed record Said(ResourceReference Regarding, EventType Type, string Reason, string Message)
    {
        public EventRecord Record(Tally tally) =>
            new(Regarding, Type, Reason, Message, tally.Unsaid, tally.First, tally.Last);
    }

    private sealed class Tally(DateTimeOffset now)
    {
        public DateTimeOffset SaidAt { get; set; }

        public DateTimeOffset First { get; private set; } = now;

        public DateTimeOffset Last { get; private set; } = now;

        public int Unsaid { get; private set; }

        public void Add(DateTimeOffset now)
        {
            First = Unsaid == 0 ? now : First;
            Last = now;
            Unsaid++;
        }

        public void Reset(DateTimeOffset now)
        {
            SaidAt = now;
            Unsaid = 0;
        }
    }
}
