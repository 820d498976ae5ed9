using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Runtime.Kubernetes;

/// <summary>Writes status by server-side apply under one name: what it leaves out is removed, what others own is left alone.</summary>
internal sealed class StatusWriter(KubernetesApi api, string fieldManager)
{
    /// <summary>Writes a status whole, over the version that it was made from.</summary>
    /// <param name="type">The object's kind.</param>
    /// <param name="key">The object.</param>
    /// <param name="version">The version that the status was made from.</param>
    /// <param name="status">The status as JSON.</param>
    /// <param name="isClaimed">Whether somebody who only declared the object is on record as an owner of its status.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ResourceConflictException">The object has another version.</exception>
    /// <exception cref="ResourceNotFoundException">There is no such object.</exception>
    /// <exception cref="KubernetesApiException">The server refused.</exception>
    public async Task<JsonDocument> WriteAsync(
        ResourceType type,
        ResourceKey key,
        string version,
        string status,
        bool isClaimed,
        CancellationToken cancellationToken
    )
    {
        var path = $"{ApiPath.Of(type, key)}/status";
        if (isClaimed)
        {
            version = await RemoveAsync(type, key, version, status, cancellationToken) ?? version;
        }

        try
        {
            return await ApplyAsync(path, type, key, version, status, cancellationToken);
        }
        catch (KubernetesApiException refused) when (refused.Status is HttpStatusCode.UnprocessableEntity)
        {
            if (await RemoveAsync(type, key, version, status, cancellationToken) is not { } next)
            {
                throw;
            }

            return await ApplyAsync(path, type, key, next, status, cancellationToken);
        }
    }

    private Task<JsonDocument> ApplyAsync(
        string path,
        ResourceType type,
        ResourceKey key,
        string version,
        string status,
        CancellationToken cancellationToken
    )
    {
        var metadata = new JsonObject { ["name"] = key.Name, ["resourceVersion"] = version };
        if (key.Namespace is not null)
        {
            metadata["namespace"] = key.Namespace;
        }

        return api.ApplyAsync(
            path,
            new JsonObject
            {
                ["apiVersion"] = type.ApiVersion,
                ["kind"] = type.Kind,
                ["metadata"] = metadata,
                ["status"] = JsonNode.Parse(status),
            },
            fieldManager,
            cancellationToken
        );
    }

    /// <returns>The version after the removal; null where there was nothing to remove.</returns>
    private async Task<string?> RemoveAsync(
        ResourceType type,
        ResourceKey key,
        string version,
        string status,
        CancellationToken cancellationToken
    )
    {
        var path = ApiPath.Of(type, key);
        using var stored = await api.TryGetAsync(path, cancellationToken);
        if (
            stored is null
            || StatusRemovals.Find(
                JsonNode.Parse(stored.RootElement.GetRawText())!,
                JsonNode.Parse(status)!.AsObject(),
                fieldManager
            )
                is not { } patch
        )
        {
            return null;
        }

        patch["metadata"] = new JsonObject { ["resourceVersion"] = version };
        using var removed = await api.MergeAsync($"{path}/status", patch, fieldManager, cancellationToken);
        return ObjectReader.VersionOf(removed.RootElement);
    }
}
