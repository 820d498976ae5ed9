using System.Text.Json.Nodes;
using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Access;

namespace ExchangeVirt.Kubernetes.Tests.Faults;

/// <summary>What the operator wrote last, and how that object stood before and after: so that a failure explains itself.</summary>
internal sealed class LastWrites(TestCluster cluster)
{
    private const int Told = 12;

    private readonly Dictionary<string, (JsonNode? Before, JsonNode After)> _states = new(StringComparer.Ordinal);
    private IReadOnlyList<AuditEntry> _writes = [];

    /// <summary>Looks at the objects that were written since the last look.</summary>
    /// <param name="writes">All writes so far.</param>
    /// <returns>Whether there were more than at the last look.</returns>
    public async Task<bool> LookAsync(IReadOnlyList<AuditEntry> writes)
    {
        var news = writes.Skip(_writes.Count).ToList();
        _writes = writes;
        foreach (var path in news.Where(static entry => entry.Name != "").Select(PathOf).Distinct())
        {
            if (await cluster.Raw.GetAsync(path) is { IsSuccess: true } found)
            {
                _states[path] = (_states.TryGetValue(path, out var old) ? old.After : null, found.Body);
            }
        }

        return news.Count > 0;
    }

    /// <summary>Tells the last writes, what they changed, and who owns parts of the status of what was written.</summary>
    public string Describe()
    {
        var last = _writes.Skip(_writes.Count - Told).ToList();
        return string.Join(
            '\n',
            last.Select(static entry => $"{entry.At:HH:mm:ss.fff} {entry.Verb} {entry.Path} {entry.Code}")
                .Concat(
                    last.Where(static entry => entry.Name != "").Select(PathOf).Distinct().SelectMany(DescribeState)
                )
        );
    }

    private IEnumerable<string> DescribeState(string path)
    {
        if (!_states.TryGetValue(path, out var state))
        {
            return [$"{path}: not read"];
        }

        var (before, after) = (Leaves(state.Before), Leaves(state.After));
        return
        [
            $"{path}:",
            .. before
                .Keys.Union(after.Keys, StringComparer.Ordinal)
                .Where(leaf => before.GetValueOrDefault(leaf) != after.GetValueOrDefault(leaf))
                .Select(leaf => $"  {leaf}: {before.GetValueOrDefault(leaf)} -> {after.GetValueOrDefault(leaf)}"),
            .. (state.After["metadata"]?["managedFields"]?.AsArray() ?? [])
                .Where(static entry => entry?["fieldsV1"]?["f:status"] is not null)
                .Select(static entry =>
                    $"  {entry!["manager"]} ({entry["operation"]}) owns {entry["fieldsV1"]!["f:status"]!.ToJsonString()}"
                ),
        ];
    }

    private static string PathOf(AuditEntry entry)
    {
        var path = entry.Path.Split('?')[0];
        return entry.Subresource is "" ? path : path[..path.LastIndexOf('/')];
    }

    private static Dictionary<string, string> Leaves(JsonNode? node)
    {
        var leaves = new Dictionary<string, string>(StringComparer.Ordinal);
        Walk(node);
        return leaves;

        void Walk(JsonNode? node)
        {
            switch (node)
            {
                case JsonObject map:
                    foreach (var field in map.Where(static field => field.Key != "managedFields"))
                    {
                        Walk(field.Value);
                    }

                    break;
                case JsonArray list:
                    foreach (var item in list)
                    {
                        Walk(item);
                    }

                    break;
                case JsonValue value:
                    leaves[value.GetPath()] = value.ToJsonString();
                    break;
            }
        }
    }
}
