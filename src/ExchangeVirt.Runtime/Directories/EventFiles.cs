using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Runtime.Directories;

/// <summary>Keeps the events of each object in a file, the same one counted, the least recent dropped.</summary>
internal sealed class EventFiles(StateLayout layout, Action<string> damaged)
{
    private const int PerObject = 32;

    public void Add(EventRecord record)
    {
        var path = layout.EventFile(record.Regarding.Kind, record.Regarding.Key);
        var events = Read(path);
        var same = events.FirstOrDefault(known => IsSame(known, record));
        var counted = same is null
            ? record
            : record with
            {
                Count = same.Count + record.Count,
                FirstTimestamp = same.FirstTimestamp,
            };
        var kept = events.Where(known => known != same).Append(counted).OrderBy(known => known.LastTimestamp);
        StateDocument.Write(path, new Content([.. kept.TakeLast(PerObject)]));
    }

    public IReadOnlyList<EventRecord> List(string? kind, ResourceKey? key)
    {
        IEnumerable<string> paths =
            kind is not null && key is { } only ? [layout.EventFile(kind, only)]
            : Directory.Exists(layout.Events)
                ? Directory.EnumerateFiles(layout.Events, "*.json", SearchOption.AllDirectories)
            : [];
        return
        [
            .. paths
                .SelectMany(Read)
                .Where(known => kind is null || known.Regarding.Kind == kind)
                .Where(known => key is null || known.Regarding.Key == key)
                .OrderBy(known => known.LastTimestamp),
        ];
    }

    /// <summary>Drops the events of objects that are no more, once they are old.</summary>
    public void Prune(IReadOnlySet<ObjectId> known, DateTimeOffset olderThan)
    {
        var old = List(kind: null, key: null)
            .GroupBy(record => new ObjectId(record.Regarding.Kind, record.Regarding.Key))
            .Where(group => !known.Contains(group.Key) && group.All(record => record.LastTimestamp < olderThan));
        foreach (var id in old.Select(group => group.Key))
        {
            AtomicFile.Delete(layout.EventFile(id.Kind, id.Key));
        }
    }

    private IReadOnlyList<EventRecord> Read(string path)
    {
        try
        {
            return StateDocument.Read<Content>(path, damaged)?.Events ?? [];
        }
        catch (StateDamagedException exception)
        {
            // Events tell the past: losing some must not keep VMs from being looked after.
            damaged($"{exception.Message} Its events are lost.");
            return [];
        }
    }

    private static bool IsSame(EventRecord left, EventRecord right) =>
        left.Type == right.Type
        && left.Reason == right.Reason
        && left.Message == right.Message
        && left.Regarding.Uid == right.Regarding.Uid;

    private sealed record Content(IReadOnlyList<EventRecord> Events);
}
