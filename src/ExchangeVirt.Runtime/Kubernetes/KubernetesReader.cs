using System.Text.Json;
using System.Text.Json.Nodes;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Runtime.Kubernetes;

/// <summary>
/// Reads objects as the API server has them, whole: fields that no type of this version knows are there too. Only the history
/// of who wrote which field is left out, as kubectl does.
/// </summary>
/// <param name="api">The connection; it stays the caller's.</param>
public sealed class KubernetesReader(KubernetesApi api)
{
    private const int PageSize = 500;

    /// <summary>Lists the objects of a kind, in the server's order.</summary>
    /// <param name="type">The kind.</param>
    /// <param name="ofNamespace">Only those of this namespace. Null: all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null where the server does not serve the kind.</returns>
    /// <exception cref="KubernetesApiException">The server refused.</exception>
    public async Task<IReadOnlyList<JsonObject>?> ListAsync(
        ResourceType type,
        string? ofNamespace,
        CancellationToken cancellationToken
    )
    {
        var path = ofNamespace is null ? ApiPath.Of(type) : ApiPath.InNamespace(type, ofNamespace);
        var items = await PagedList.ReadAllAsync(api, path, PageSize, cancellationToken);
        return items is null ? null : [.. items.Select(element => Whole(element, type))];
    }

    /// <summary>Reads one object.</summary>
    /// <returns>Null where there is none, or where the server does not serve the kind: <see cref="IsServedAsync"/> tells.</returns>
    /// <exception cref="KubernetesApiException">The server refused.</exception>
    public async Task<JsonObject?> GetAsync(ResourceType type, ResourceKey key, CancellationToken cancellationToken)
    {
        using var document = await api.TryGetAsync(ApiPath.Of(type, key), cancellationToken);
        return document is null ? null : Whole(document.RootElement, type);
    }

    /// <summary>Tells whether the server serves a kind.</summary>
    /// <exception cref="KubernetesApiException">The server refused.</exception>
    public async Task<bool> IsServedAsync(ResourceType type, CancellationToken cancellationToken)
    {
        using var found = await api.TryGetAsync($"apis/{type.ApiVersion}", cancellationToken);
        return found is not null
            && found.RootElement.TryGetProperty("resources", out var resources)
            && resources
                .EnumerateArray()
                .Any(each => each.TryGetProperty("name", out var name) && name.GetString() == type.Plural);
    }

    // The items of a list need not say what they are: the list does.
    private static JsonObject Whole(JsonElement element, ResourceType type)
    {
        var read = JsonObject.Create(element.Clone())!;
        (read["metadata"] as JsonObject)?.Remove("managedFields");
        if (read.ContainsKey("kind"))
        {
            return read;
        }

        var said = new JsonObject { ["apiVersion"] = type.ApiVersion, ["kind"] = type.Kind };
        foreach (var (name, value) in read.ToList())
        {
            read.Remove(name);
            said[name] = value;
        }

        return said;
    }
}
