using ExchangeVirt.Runtime.Stores;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Runtime.Directories;

/// <content>Objects whose state does not fit their type, as after a newer version has written it.</content>
public sealed partial class DirectoryStore
{
    /// <inheritdoc />
    public Task WriteUnreadableStatusAsync<T>(
        UnreadableResource resource,
        string status,
        CancellationToken cancellationToken
    )
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        lock (_lock)
        {
            var entry = Current_NeedsLock<T>(resource);
            var written = new RawJson(CanonicalJson.Of(status));
            if (entry.Status != written)
            {
                Put_NeedsLock(entry with { Status = written });
            }
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task WriteUnreadableFinalizersAsync<T>(
        UnreadableResource resource,
        IReadOnlyList<string> finalizers,
        CancellationToken cancellationToken
    )
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        lock (_lock)
        {
            Patch_NeedsLock(Current_NeedsLock<T>(resource), new MetadataPatch { Finalizers = finalizers });
        }

        return Task.CompletedTask;
    }

    private StoredObject Current_NeedsLock<T>(UnreadableResource resource)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var id = new ObjectId(ResourceType.Of<T>().Kind, resource.Key);
        var metadata = System.Text.Json.Nodes.JsonNode.Parse(resource.Json)!["metadata"]!;
        return Current_NeedsLock(id, (string?)metadata["uid"], (string?)metadata["resourceVersion"]);
    }

    private static (T? Object, UnreadableResource? Unreadable) Read<T>(StoredObject entry)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        try
        {
            return (ObjectView.As<T>(entry), null);
        }
        catch (Exception exception) when (ObjectView.IsMisfit(exception))
        {
            return (
                null,
                new UnreadableResource(entry.Key, $"{entry.File}:{entry.Line}: {exception.Message}")
                {
                    Json = ObjectView.Json(entry).ToJsonString(),
                }
            );
        }
    }
}
