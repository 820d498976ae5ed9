namespace ExchangeVirt.Runtime.Queueing;

/// <summary>
/// Hands out keys to workers: each key waits at most once, is never with two workers, and comes again if it was added
/// while being worked on. Holds keys only, so that what is read is always the latest.
/// </summary>
public sealed class WorkQueue<TKey> : IDisposable
    where TKey : struct
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Func<double> _chance;
    private readonly WorkQueueOptions _options;
    private readonly WorkQueueMetrics _metrics;
    private readonly ITimer _timer;
    private readonly long _start;

    // What has to be worked on, and how urgently. A key that is being worked on may be here and in no queue.
    private readonly Dictionary<TKey, Waiting> _dirty = [];
    private readonly Dictionary<TKey, long> _processing = [];

    // A promoted key leaves its entry in the lower queue behind; it is skipped when it comes up.
    private readonly Queue<TKey>[] _ready = [new(), new()];
    private readonly Dictionary<TKey, Delayed> _delayed = [];
    private readonly PriorityQueue<TKey, long> _due = new();
    private readonly Dictionary<TKey, int> _failures = [];
    private readonly Queue<TaskCompletionSource<TKey?>> _takers = new();
    private int _changesInARow;
    private bool _shutDown;

    /// <summary>Makes an empty queue.</summary>
    /// <param name="options">The name and the back-off.</param>
    /// <param name="time">The clock of all delays.</param>
    /// <param name="chance">Yields numbers from 0 (inclusive) to 1 (exclusive), for jitter.</param>
    public WorkQueue(WorkQueueOptions options, TimeProvider time, Func<double> chance)
    {
        _options = options;
        _time = time;
        _start = time.GetTimestamp();
        _chance = chance;
        _metrics = new WorkQueueMetrics(
            options.Name,
            new WorkQueueView(() => Count, UnfinishedSeconds, LongestRunningSeconds)
        );
        _timer = time.CreateTimer(
            static state => ((WorkQueue<TKey>)state!).Ripen(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
    }

    /// <summary>Counts the keys that a worker could take now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return ReadyCount_NeedsLock();
            }
        }
    }

    /// <summary>Whether nothing is ready and nothing is being worked on; delayed keys may be left.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_lock)
            {
                return _dirty.Count == 0 && _processing.Count == 0;
            }
        }
    }

    /// <summary>Counts the keys that wait for their time.</summary>
    public int DelayedCount
    {
        get
        {
            lock (_lock)
            {
                return _delayed.Count;
            }
        }
    }

    /// <summary>Adds a key, unless it waits already; a higher priority moves it up.</summary>
    public void Add(TKey key, WorkPriority priority = WorkPriority.Change)
    {
        lock (_lock)
        {
            Add_NeedsLock(key, priority);
        }
    }

    /// <summary>Adds a key later. If it is delayed already, the earlier time and the higher priority count.</summary>
    public void AddAfter(TKey key, TimeSpan delay, WorkPriority priority = WorkPriority.Change)
    {
        lock (_lock)
        {
            if (delay <= TimeSpan.Zero)
            {
                Add_NeedsLock(key, priority);
                return;
            }

            if (_shutDown)
            {
                return;
            }

            var due = Now() + delay.Ticks;
            if (_delayed.TryGetValue(key, out var before))
            {
                priority = before.Priority < priority ? before.Priority : priority;
                if (before.Due <= due)
                {
                    _delayed[key] = before with { Priority = priority };
                    return;
                }
            }

            _delayed[key] = new Delayed(due, priority);
            _due.Enqueue(key, due);
            SetTimer_NeedsLock();
        }
    }

    /// <summary>Adds a key after a delay that doubles each time until <see cref="Forget"/> is called.</summary>
    /// <returns>The delay.</returns>
    public TimeSpan AddRateLimited(TKey key, WorkPriority priority = WorkPriority.Change)
    {
        TimeSpan delay;
        lock (_lock)
        {
            var failures = _failures.GetValueOrDefault(key) + 1;
            _failures[key] = failures;
            delay = _options.Backoff.Delay(failures, _chance());
        }

        _metrics.Retried();
        AddAfter(key, delay, priority);
        return delay;
    }

    /// <summary>Starts the back-off of a key anew.</summary>
    public void Forget(TKey key)
    {
        lock (_lock)
        {
            _failures.Remove(key);
        }
    }

    /// <summary>Counts how often a key was added with back-off since it was last forgotten.</summary>
    public int Failures(TKey key)
    {
        lock (_lock)
        {
            return _failures.GetValueOrDefault(key);
        }
    }

    /// <summary>Takes the next key, waiting for one. Whoever takes it must call <see cref="Done"/>.</summary>
    /// <returns>Null when the queue was shut down.</returns>
    public Task<TKey?> TakeAsync()
    {
        lock (_lock)
        {
            if (_shutDown)
            {
                return Task.FromResult<TKey?>(null);
            }

            if (TryTake_NeedsLock(out var key))
            {
                return Task.FromResult<TKey?>(key);
            }

            var taker = new TaskCompletionSource<TKey?>(TaskCreationOptions.RunContinuationsAsynchronously);
            _takers.Enqueue(taker);
            return taker.Task;
        }
    }

    /// <summary>Gives a key back. If it was added meanwhile, it is ready again at once.</summary>
    public void Done(TKey key)
    {
        lock (_lock)
        {
            if (!_processing.Remove(key, out var since))
            {
                throw new InvalidOperationException($"{key} was given back, but nobody has it.");
            }

            _metrics.Worked(_time.GetElapsedTime(since));
            if (_dirty.TryGetValue(key, out var waiting))
            {
                _ready[(int)waiting.Priority].Enqueue(key);
                Hand_NeedsLock();
            }
        }
    }

    /// <summary>Ends the queue: waiting workers get null, later additions are ignored.</summary>
    public void ShutDown()
    {
        lock (_lock)
        {
            _shutDown = true;
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            while (_takers.TryDequeue(out var taker))
            {
                taker.TrySetResult(null);
            }
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        ShutDown();
        _timer.Dispose();
        _metrics.Dispose();
    }

    private void Add_NeedsLock(TKey key, WorkPriority priority)
    {
        if (_shutDown)
        {
            return;
        }

        _metrics.Added();
        if (_dirty.TryGetValue(key, out var waiting) && waiting.Priority <= priority)
        {
            return;
        }

        _dirty[key] = new Waiting(priority, waiting?.Since ?? _time.GetTimestamp());
        if (!_processing.ContainsKey(key))
        {
            _ready[(int)priority].Enqueue(key);
            Hand_NeedsLock();
        }
    }

    private void Hand_NeedsLock()
    {
        while (_takers.Count > 0 && TryTake_NeedsLock(out var key))
        {
            _takers.Dequeue().SetResult(key);
        }
    }

    private bool TryTake_NeedsLock(out TKey key)
    {
        // Endless changes must not keep the resync from ever happening: it is what finds lost events.
        var first = _changesInARow >= _options.ChangesPerResync ? WorkPriority.Resync : WorkPriority.Change;
        var second = first is WorkPriority.Change ? WorkPriority.Resync : WorkPriority.Change;
        return TryTake_NeedsLock(first, out key) || TryTake_NeedsLock(second, out key);
    }

    private bool TryTake_NeedsLock(WorkPriority priority, out TKey key)
    {
        while (_ready[(int)priority].TryDequeue(out key))
        {
            if (
                _processing.ContainsKey(key)
                || !_dirty.TryGetValue(key, out var waiting)
                || waiting.Priority != priority
            )
            {
                continue;
            }

            _dirty.Remove(key);
            _processing.Add(key, _time.GetTimestamp());
            _changesInARow = priority is WorkPriority.Change ? _changesInARow + 1 : 0;
            _metrics.Waited(_time.GetElapsedTime(waiting.Since));
            return true;
        }

        return false;
    }

    private void Ripen()
    {
        lock (_lock)
        {
            var now = Now();
            while (_due.TryPeek(out var key, out var due) && due <= now)
            {
                _due.Dequeue();

                // An entry whose time was moved forward is left behind in the heap and means nothing any more.
                if (_delayed.TryGetValue(key, out var delayed) && delayed.Due == due)
                {
                    _delayed.Remove(key);
                    Add_NeedsLock(key, delayed.Priority);
                }
            }

            SetTimer_NeedsLock();
        }
    }

    private void SetTimer_NeedsLock()
    {
        if (_shutDown || !_due.TryPeek(out _, out var due))
        {
            return;
        }

        // Timers have a limit of about 49 days and millisecond steps: round up, and look again after a day.
        var wait = TimeSpan.FromTicks(due - Now());
        var milliseconds = Math.Clamp(Math.Ceiling(wait.TotalMilliseconds), 0, TimeSpan.FromDays(1).TotalMilliseconds);
        _timer.Change(TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan);
    }

    // Not the wall clock: a delay must not change when somebody sets the clock.
    private long Now() => _time.GetElapsedTime(_start).Ticks;

    private int ReadyCount_NeedsLock() => _dirty.Count - _processing.Keys.Count(_dirty.ContainsKey);

    private double UnfinishedSeconds()
    {
        lock (_lock)
        {
            return _processing.Values.Sum(since => _time.GetElapsedTime(since).TotalSeconds);
        }
    }

    private double LongestRunningSeconds()
    {
        lock (_lock)
        {
            return _processing.Values.Select(since => _time.GetElapsedTime(since).TotalSeconds).DefaultIfEmpty().Max();
        }
    }

    private sealed record Waiting(WorkPriority Priority, long Since);

    private sealed record Delayed(long Due, WorkPriority Priority);
}
