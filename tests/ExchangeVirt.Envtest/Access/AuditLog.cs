using System.Globalization;
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
    private int _marks;

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
        var mark = string.Create(
            CultureInfo.InvariantCulture,
            $"/version?mark={Interlocked.Increment(ref _marks)}-{Environment.ProcessId}"
        );
        await _ask(mark);
        await Until.TrueAsync(
            "the audit log has caught up",
            async () => (await LinesAsync()).Any(line => line.Contains($"\"{mark}\"", StringComparison.Ordinal))
        );
        return
        [
            .. (await LinesAsync())
                .Where(static line => line.EndsWith('}'))
                .Select(static line => JsonNode.Parse(line)!)
                .Select(Entry)
                .Where(static entry => !entry.Path.StartsWith("/version?mark=", StringComparison.Ordinal)),
        ];
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

    private async Task<string[]> LinesAsync()
    {
        if (!File.Exists(_path))
        {
            return [];
        }

        await using var stream = new FileStream(
            _path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete
        );
        using var reader = new StreamReader(stream);
        return (await reader.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
