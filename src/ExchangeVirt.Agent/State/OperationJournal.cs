using System.Text;
using System.Text.Json;
using ExchangeVirt.Agent.Contract;

namespace ExchangeVirt.Agent.State;

/// <summary>What was asked, written before it is done.</summary>
/// <param name="OperationId">The operator's id of the attempt.</param>
/// <param name="Digest">A digest of the request, so that an id is not used for two things.</param>
/// <param name="Action">The action's name.</param>
/// <param name="VirtualMachineId">The VM; null for creation.</param>
/// <param name="At">When it was begun.</param>
public sealed record OperationIntent(
    string OperationId,
    string Digest,
    string Action,
    Guid? VirtualMachineId,
    DateTimeOffset At
);

/// <summary>What became of it: one of the two is set.</summary>
/// <param name="Done">What it did.</param>
/// <param name="Fault">Why it failed.</param>
public sealed record OperationResult(ActionDone? Done, AgentFault? Fault);

/// <summary>How much a journal keeps.</summary>
/// <param name="Age">How long an ended operation is remembered.</param>
/// <param name="Count">How many ended operations are remembered at most.</param>
public sealed record JournalRetention(TimeSpan Age, int Count);

/// <summary>
/// An append-only file of intents and results, each flushed to disk: an operation id that comes again gets the recorded
/// result, and an intent that no result followed is an unknown outcome, never a reason to do it again.
/// </summary>
public sealed class OperationJournal : IDisposable
{
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly JournalRetention _retention;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries;
    private FileStream _file;
    private int _records;
    private bool _torn;

    /// <summary>Opens a journal; operations that its last owner did not see to end become unknown outcomes.</summary>
    /// <exception cref="AgentStateException">It is damaged in the middle, which no crash does.</exception>
    public OperationJournal(string directory, JournalRetention retention, TimeProvider time)
    {
        _path = Path.Combine(directory, "journal.jsonl");
        _time = time;
        _retention = retention;
        _entries = Load(_path);
        foreach (var (id, entry) in _entries.Where(static pair => pair.Value.Result is null).ToList())
        {
            _entries[id] = entry with { Result = Unknown(entry.Intent), EndedAt = time.GetUtcNow() };
        }

        _file = Rewrite();
    }

    /// <summary>Finds what is recorded about an operation.</summary>
    /// <returns>Null intent where nothing is; null result while it goes on.</returns>
    public (OperationIntent? Intent, OperationResult? Result) Find(string operationId)
    {
        lock (_gate)
        {
            return _entries.TryGetValue(operationId, out var entry) ? (entry.Intent, entry.Result) : (null, null);
        }
    }

    /// <summary>Records an intent; on return it is on disk.</summary>
    public void Begin(OperationIntent intent)
    {
        lock (_gate)
        {
            Append(new Record(Intent: intent));
            _entries[intent.OperationId] = new Entry(intent, null, null);
        }
    }

    /// <summary>Records a result; on return it is on disk.</summary>
    public void End(string operationId, OperationResult result)
    {
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            // Known in memory even where the disk refuses, so that it is not told otherwise while this process lives.
            _entries[operationId] = _entries[operationId] with
            {
                Result = result,
                EndedAt = now,
            };
            Append(new Record(EndedId: operationId, EndedAt: now, Result: result));
            if (_records > 4 * Math.Max(_retention.Count, 1))
            {
                Renew();
            }
        }
    }

    /// <inheritdoc />
    public void Dispose() => _file.Dispose();

    private static OperationResult Unknown(OperationIntent intent) =>
        new(
            null,
            new AgentFault(
                AgentFaultKind.OutcomeUnknown,
                AgentFaultReasons.AgentRestarted,
                $"The agent ended while {intent.Action} ({intent.OperationId}) was going on, so nobody saw its outcome. Observe, then plan afresh."
            )
            {
                VirtualMachine = intent.VirtualMachineId?.ToString("D"),
            }
        );

    private void Append(Record record)
    {
        if (_torn)
        {
            // A full disk may have left half a line, and a line that followed it would make the journal unreadable.
            Renew();
        }

        _torn = true;
        _file.Write([.. JsonSerializer.SerializeToUtf8Bytes(record, DurableFile.Json), (byte)'\n']);
        _file.Flush(flushToDisk: true);
        _torn = false;
        _records++;
    }

    private void Renew()
    {
        _torn = true;
        _file.Dispose();
        _file = Rewrite();
        _torn = false;
    }

    private FileStream Rewrite()
    {
        var oldest = _time.GetUtcNow() - _retention.Age;
        var kept = _entries
            .Values.Where(static entry => entry.Result is not null)
            .Where(entry => entry.EndedAt >= oldest)
            .OrderByDescending(static entry => entry.EndedAt)
            .Take(_retention.Count)
            .Concat(_entries.Values.Where(static entry => entry.Result is null))
            .OrderBy(static entry => entry.Intent.At)
            .ToList();
        _entries.Clear();
        using var text = new MemoryStream();
        _records = 0;
        foreach (var entry in kept)
        {
            _entries[entry.Intent.OperationId] = entry;
            Add(text, new Record(Intent: entry.Intent));
            if (entry.Result is { } result)
            {
                Add(text, new Record(EndedId: entry.Intent.OperationId, EndedAt: entry.EndedAt, Result: result));
            }
        }

        DurableFile.WriteBytes(_path, text.ToArray());
        // Without a buffer, so that what a full disk refused is not written later after all.
        return new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
    }

    private void Add(MemoryStream text, Record record)
    {
        text.Write(JsonSerializer.SerializeToUtf8Bytes(record, DurableFile.Json));
        text.WriteByte((byte)'\n');
        _records++;
    }

    private static Dictionary<string, Entry> Load(string path)
    {
        var entries = new Dictionary<string, Entry>(StringComparer.Ordinal);
        if (!File.Exists(path))
        {
            return entries;
        }

        // What follows the last line feed was being written when the process died: it was never acted upon.
        var lines = File.ReadAllText(path, Encoding.UTF8).Split('\n')[..^1];
        for (var index = 0; index < lines.Length; index++)
        {
            try
            {
                var record = JsonSerializer.Deserialize<Record>(lines[index], DurableFile.Json);
                if (record?.Intent is { } intent)
                {
                    entries[intent.OperationId] = new Entry(intent, null, null);
                }
                else if (record is { EndedId: { } id, Result: not null } && entries.TryGetValue(id, out var entry))
                {
                    entries[id] = entry with { Result = record.Result, EndedAt = record.EndedAt };
                }
                else
                {
                    throw new JsonException("It is neither an intent nor the result of one.");
                }
            }
            catch (JsonException failure)
            {
                throw new AgentStateException(
                    $"{path}, line {index + 1}, is damaged: {failure.Message} Check the disk, then move the file away: the agent "
                        + "then no longer knows which operations it has done.",
                    failure
                );
            }
        }

        return entries;
    }

    private sealed record Entry(OperationIntent Intent, OperationResult? Result, DateTimeOffset? EndedAt);

    private sealed record Record(
        OperationIntent? Intent = null,
        string? EndedId = null,
        DateTimeOffset? EndedAt = null,
        OperationResult? Result = null
    );
}
