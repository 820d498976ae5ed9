using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace ExchangeVirt.Envtest.Access;

/// <summary>A request that the server has answered.</summary>
/// <param name="User">Who asked, as the server knows them: <c>system:serviceaccount:NAMESPACE:NAME</c> for a service account.</param>
/// <param name="UserAgent">What the client called itself; empty where it did not.</param>
/// <param name="Verb">get, list, watch, create, update, patch, delete, deletecollection; for other paths the HTTP method.</param>
/// <param name="Group">The API group; empty for the core group and for other paths.</param>
/// <param name="Resource">The plural; empty for paths that are no resource.</param>
/// <param name="Subresource">Such as <c>status</c>; empty for the resource itself.</param>
/// <param name="Namespace">Empty for cluster-wide resources and lists over all namespaces.</param>
/// <param name="Name">Empty for lists, watches, and where the server made up the name.</param>
/// <param name="Code">The HTTP status.</param>
/// <param name="Path">Path and query.</param>
/// <param name="At">When it was received.</param>
public sealed record AuditEntry(
    string User,
    string UserAgent,
    string Verb,
    string Group,
    string Resource,
    string Subresource,
    string Namespace,
    string Name,
    int Code,
    string Path,
    DateTimeOffset At
)
{
    /// <summary>Gets whether it was a request to change something.</summary>
    public bool IsWrite => Verb is "create" or "update" or "patch" or "delete" or "deletecollection";
}

/// <summary>What a server was asked, by whom: read from its audit log.</summary>
public sealed class AuditLog
{
    private const string MarkPath = "/version?mark=";

    private const string Policy = """
        apiVersion: audit.k8s.io/v1
        kind: Policy
        omitStages: [RequestReceived, ResponseStarted]
        rules:
        - level: Metadata
        """;

    private readonly string _path;
    private readonly string _policy;
    private readonly Func<string, Task> _ask;
    private readonly Lock _gate = new();
    private readonly List<AuditEntry> _entries = [];
    private readonly HashSet<string> _marks = [];
    private long _read;
    private int _asked;

    /// <summary>Names a log in a folder.</summary>
    /// <param name="folder">Where the log and its policy lie.</param>
    /// <param name="ask">Sends a GET to a path of the server, as the administrator.</param>
    internal AuditLog(string folder, Func<string, Task> ask)
    {
        _path = System.IO.Path.Combine(folder, "audit.log");
        _policy = System.IO.Path.Combine(folder, "audit-policy.yaml");
        _ask = ask;
        File.WriteAllText(_policy, Policy);
    }

    /// <summary>Gets the server's flags.</summary>
    internal IReadOnlyList<string> Flags =>
        [$"--audit-policy-file={_policy}", $"--audit-log-path={_path}", "--audit-log-maxsize=4000"];

    /// <summary>Reads all requests that were answered before this call, in the order of their answers.</summary>
    /// <remarks>A watch stands here when it has ended.</remarks>
    public async Task<IReadOnlyList<AuditEntry>> ReadAsync()
    {
        // A line is written after the answer was sent. This request's line comes after those of all that were answered before.
        var mark = string.Create(CultureInfo.InvariantCulture, $"{MarkPath}{Interlocked.Increment(ref _asked)}");
        await _ask(mark);
        await Until.TrueAsync("the audit log has caught up", () => CatchUp(mark));
        lock (_gate)
        {
            return [.. _entries];
        }
    }

    /// <summary>Reads the requests to change something that a user's name or client's name fits.</summary>
    /// <param name="by">A part of the user's name or of the client's.</param>
    public async Task<IReadOnlyList<AuditEntry>> WritesAsync(string by) =>
        [
            .. (await ReadAsync()).Where(entry =>
                entry.IsWrite
                && (
                    entry.User.Contains(by, StringComparison.Ordinal)
                    || entry.UserAgent.Contains(by, StringComparison.Ordinal)
                )
            ),
        ];

    private static AuditEntry Entry(JsonNode line)
    {
        var target = line["objectRef"];
        return new AuditEntry(
            (string?)line["user"]?["username"] ?? "",
            (string?)line["userAgent"] ?? "",
            (string?)line["verb"] ?? "",
            (string?)target?["apiGroup"] ?? "",
            (string?)target?["resource"] ?? "",
            (string?)target?["subresource"] ?? "",
            (string?)target?["namespace"] ?? "",
            (string?)target?["name"] ?? "",
            (int?)line["responseStatus"]?["code"] ?? 0,
            (string?)line["requestURI"] ?? "",
            DateTimeOffset.Parse((string)line["requestReceivedTimestamp"]!, CultureInfo.InvariantCulture)
        );
    }

    /// <summary>Reads what was written since the last time.</summary>
    /// <returns>Whether the mark has been read, now or before.</returns>
    private bool CatchUp(string mark)
    {
        lock (_gate)
        {
            foreach (var line in NewLines())
            {
                var entry = Entry(JsonNode.Parse(line)!);
                if (entry.Path.StartsWith(MarkPath, StringComparison.Ordinal))
                {
                    _marks.Add(entry.Path);
                }
                else
                {
                    _entries.Add(entry);
                }
            }

            return _marks.Contains(mark);
        }
    }

    private string[] NewLines()
    {
        using var stream = new FileStream(
            _path,
            FileMode.OpenOrCreate,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete
        );
        stream.Position = _read;
        var bytes = new byte[stream.Length - _read];
        stream.ReadExactly(bytes);
        // The last line may be half written.
        var whole = bytes.AsSpan(0, bytes.AsSpan().LastIndexOf((byte)'\n') + 1);
        _read += whole.Length;
        return Encoding.UTF8.GetString(whole).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
