using System.Text.Json;
using ExchangeVirt.Runtime.Stores;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Runtime;

/// <summary>
/// Says on objects that cannot be read that they cannot, and lets go of deleted ones. Nothing else is done about them: what is
/// not understood is left alone.
/// </summary>
internal sealed class UnreadableObjects<T>(
    IResourceStore store,
    ControllerOptions options,
    IReadOnlyList<string> finalizers
)
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    /// <summary>Makes one pass over an object.</summary>
    public async Task PassAsync(UnreadableResource resource, CancellationToken cancellationToken)
    {
        using var document = JsonDocument.Parse(resource.Json);
        var metadata = document.RootElement.GetProperty("metadata");
        var isBeingDeleted =
            metadata.TryGetProperty("deletionTimestamp", out var deleted) && deleted.ValueKind is JsonValueKind.String;
        if (isBeingDeleted && options.MayBeLetGoUnread(resource))
        {
            var carried = Texts(metadata, "finalizers");
            var left = carried.Except(finalizers, StringComparer.Ordinal).ToList();
            if (left.Count < carried.Count)
            {
                await store.WriteUnreadableFinalizersAsync<T>(resource, left, cancellationToken);
                return;
            }
        }

        if (options.DescribeUnreadable(resource) is { } status)
        {
            await store.WriteUnreadableStatusAsync<T>(resource, status, cancellationToken);
        }
    }

    private static List<string> Texts(JsonElement element, string name) =>
        element.TryGetProperty(name, out var list) && list.ValueKind is JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(static item => item.GetString()!)]
            : [];
}
