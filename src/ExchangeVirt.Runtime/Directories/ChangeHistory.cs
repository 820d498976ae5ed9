using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Runtime.Directories;

/// <summary>Remembers the latest changes, so that a watch can start a while back. Guarded by the store's lock.</summary>
/// <param name="start">The version from which nothing is missing yet.</param>
/// <param name="capacity">How many changes are remembered.</param>
internal sealed class ChangeHistory(long start, int capacity)
{
    private readonly Queue<Change> _changes = new();
    private long _horizon = start;
    private TaskCompletionSource _pulse = NewPulse();

    /// <summary>Completes when something is added.</summary>
    public Task Added => _pulse.Task;

    public void Add(ResourceEventType type, StoredObject entry, long version)
    {
        _changes.Enqueue(new Change(type, entry, version));
        if (_changes.Count > capacity)
        {
            _horizon = _changes.Dequeue().Version;
        }

        var pulse = _pulse;
        _pulse = NewPulse();
        pulse.SetResult();
    }

    /// <summary>Lists the changes of a kind after a version.</summary>
    /// <returns>Null where the version lies before what is remembered.</returns>
    public IReadOnlyList<Change>? After(string kind, long version) =>
        version < _horizon
            ? null
            : [.. _changes.Where(change => change.Version > version && change.Entry.Kind == kind)];

    private static TaskCompletionSource NewPulse() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal sealed record Change(ResourceEventType Type, StoredObject Entry, long Version);
}
