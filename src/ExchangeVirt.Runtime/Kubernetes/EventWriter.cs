using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Runtime.Kubernetes;

/// <summary>
/// Writes events to events.k8s.io. The same thing about the same object has one name, so that repetitions become one event with
/// a count, over restarts of the operator too; the API server drops it an hour after the last one.
/// </summary>
/// <remarks>Source: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/</remarks>
internal sealed class EventWriter(KubernetesApi api, KubernetesStoreOptions options)
{
    /// <summary>The longest note that the API takes, in bytes of UTF-8.</summary>
    private const int LongestNote = 1024;

    /// <summary>The longest name that the API takes, in characters.</summary>
    private const int LongestName = 253;

    private static readonly ResourceType s_type = EventReader.Type;

    public async Task WriteAsync(EventRecord record, CancellationToken cancellationToken)
    {
        var key = KeyOf(record);
        try
        {
            using var made = await api.CreateAsync(
                ApiPath.InNamespace(s_type, key.Namespace!),
                Body(record, key),
                cancellationToken
            );
        }
        catch (ResourceConflictException)
        {
            await RepeatAsync(record, key, cancellationToken);
        }
    }

    public async Task<IReadOnlyList<EventRecord>> ListAsync(
        string? kind,
        ResourceKey? key,
        CancellationToken cancellationToken
    )
    {
        var path = key?.Namespace is { } only ? ApiPath.InNamespace(s_type, only) : ApiPath.Of(s_type);
        var items =
            await PagedList.ReadAllAsync(api, path, options.PageSize, cancellationToken)
            ?? throw new ResourceNotFoundException("The API server does not serve events.k8s.io/v1.");
        return
        [
            .. items
                .Where(IsOurs)
                .Select(EventReader.Read)
                .OfType<EventRecord>()
                .Where(record => kind is null || record.Regarding.Kind == kind)
                .Where(record => key is null || record.Regarding.Key == key)
                .OrderBy(static record => record.LastTimestamp),
        ];
    }

    // Events of what has no namespace live in this one: up to version 1.20 the API takes no other.
    private static ResourceKey KeyOf(EventRecord record)
    {
        var said = $"{record.Regarding.Kind}\n{record.Regarding.Uid}\n{record.Type}\n{record.Reason}\n{record.Message}";
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(said)))[..16];
        var name = record.Regarding.Key.Name;
        var longest = LongestName - digest.Length - 1;
        return new ResourceKey(
            record.Regarding.Key.Namespace ?? "kube-system",
            // The digest tells apart what is cut alike; a part of a name does not end with a dot or a dash.
            $"{(name.Length <= longest ? name : name[..longest].TrimEnd('.', '-'))}.{digest}"
        );
    }

    private JsonObject Body(EventRecord record, ResourceKey key)
    {
        var body = new JsonObject
        {
            ["apiVersion"] = s_type.ApiVersion,
            ["kind"] = s_type.Kind,
            ["metadata"] = new JsonObject { ["name"] = key.Name, ["namespace"] = key.Namespace },
            ["eventTime"] = MicroTime(record.FirstTimestamp),
            ["reportingController"] = options.FieldManager,
            ["reportingInstance"] = options.Instance,
            // What was done is the reason's word too: the API wants both.
            ["action"] = record.Reason,
            ["reason"] = record.Reason,
            ["regarding"] = Regarding(record),
            ["note"] = Cut(record.Message),
            ["type"] = record.Type.ToString(),
        };
        if (record.Count > 1)
        {
            body["series"] = Series(record.Count, record.LastTimestamp);
        }

        return body;
    }

    private async Task RepeatAsync(EventRecord record, ResourceKey key, CancellationToken cancellationToken)
    {
        using var before = await api.TryGetAsync(ApiPath.Of(s_type, key), cancellationToken);
        if (before is null)
        {
            // Its hour ended just now.
            using var made = await api.CreateAsync(
                ApiPath.InNamespace(s_type, key.Namespace!),
                Body(record, key),
                cancellationToken
            );
            return;
        }

        using var counted = await api.MergeAsync(
            ApiPath.Of(s_type, key),
            new JsonObject
            {
                ["series"] = Series(EventReader.CountOf(before.RootElement) + record.Count, record.LastTimestamp),
            },
            options.FieldManager,
            cancellationToken
        );
    }

    private static string Cut(string note)
    {
        const string more = "…";
        if (Encoding.UTF8.GetByteCount(note) <= LongestNote)
        {
            return note;
        }

        var (length, bytes) = (0, Encoding.UTF8.GetByteCount(more));
        foreach (var rune in note.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > LongestNote)
            {
                break;
            }

            length += rune.Utf16SequenceLength;
        }

        return note[..length] + more;
    }

    private static JsonObject Series(int count, DateTimeOffset last) =>
        new() { ["count"] = count, ["lastObservedTime"] = MicroTime(last) };

    private static JsonObject Regarding(EventRecord record)
    {
        var regarding = new JsonObject
        {
            ["apiVersion"] = record.Regarding.ApiVersion,
            ["kind"] = record.Regarding.Kind,
            ["name"] = record.Regarding.Key.Name,
        };
        if (record.Regarding.Key.Namespace is { } inNamespace)
        {
            regarding["namespace"] = inNamespace;
        }

        if (record.Regarding.Uid is { } uid)
        {
            regarding["uid"] = uid;
        }

        return regarding;
    }

    private bool IsOurs(JsonElement element) =>
        element.TryGetProperty("reportingController", out var reporter) && reporter.GetString() == options.FieldManager;

    private static string MicroTime(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
