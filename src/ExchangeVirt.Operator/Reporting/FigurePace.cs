using System.Collections.Concurrent;
using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Operator.Reporting;

/// <summary>Lets the figures of a host that move by themselves be written at most once a minute. Losing it costs one early write.</summary>
public sealed class FigurePace(TimeProvider time)
{
    private static readonly TimeSpan s_period = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, long> _moved = new(StringComparer.Ordinal);

    /// <summary>Tells for how long a host's figures have to stay as they stand.</summary>
    /// <returns>Null where they may move.</returns>
    public TimeSpan? WaitOf(string host) =>
        _moved.TryGetValue(host, out var at) && s_period - time.GetElapsedTime(at) is { Ticks: > 0 } left ? left : null;

    /// <summary>Notes whether figures moved.</summary>
    public void Note(string host, HyperVHostStatus? before, HyperVHostStatus after)
    {
        if (before is not null && !FiguresOf(before).SequenceEqual(FiguresOf(after)))
        {
            _moved[host] = time.GetTimestamp();
        }
    }

    /// <summary>Forgets a host whose declaration ended.</summary>
    public void Forget(string host) => _moved.TryRemove(host, out _);

    private static IEnumerable<string?> FiguresOf(HyperVHostStatus status) =>
        [
            status.Processor?.RootProcessorsUsed,
            status.Memory?.Assigned,
            .. (status.Volumes ?? []).Select(static volume => volume.Free),
            .. (status.Violations ?? []).Select(static violation => violation.Message),
        ];
}
