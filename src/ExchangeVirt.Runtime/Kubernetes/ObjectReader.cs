using System.Globalization;
using System.Text.Json;
using ExchangeVirt.Runtime.Stores;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Runtime.Kubernetes;

/// <summary>Reads objects as the API server writes them; one that does not fit its type is told apart, never in the way of others.</summary>
/// <param name="json">How objects are read and written.</param>
/// <param name="memory">Told of each status that was read.</param>
/// <param name="fieldManager">Under which name the operator writes status.</param>
internal sealed class ObjectReader(JsonSerializerOptions? json, StatusMemory memory, string fieldManager)
{
    private const int LongestMessage = 1024;

    /// <summary>Reads an object, without the conditions that others have put into its status.</summary>
    /// <returns>Either the object or what does not fit.</returns>
    public (T? Object, UnreadableResource? Unreadable) Read<T>(JsonElement element)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        element = ForeignConditions.LeaveOut(element, fieldManager);
        try
        {
            var entity = KubernetesJson.Deserialize<T>(element, json) ?? throw new JsonException("The object is null.");
            // What is cached for each object is not its history.
            entity.Metadata.ManagedFields = null;
            var (type, key) = (ResourceType.Of<T>(), entity.Key());
            memory.Remember(type, key, entity.Metadata.ResourceVersion, StatusOf(entity) ?? "{}");
            memory.NoteClaim(type, key, StatusRemovals.IsClaimed(element));
            return (entity, null);
        }
        catch (Exception misfit) when (misfit is JsonException or FormatException or ArgumentException)
        {
            var key = KeyOf(element);
            memory.Forget(ResourceType.Of<T>(), key);
            return (null, new UnreadableResource(key, Message(misfit, element)) { Json = element.GetRawText() });
        }
    }

    /// <summary>Writes the status of an object.</summary>
    /// <returns>Null where it has none.</returns>
    public string? StatusOf<T>(T entity)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        using var document = JsonDocument.Parse(KubernetesJson.Serialize(entity, json));
        return
            document.RootElement.TryGetProperty("status", out var status) && status.ValueKind is not JsonValueKind.Null
            ? status.GetRawText()
            : null;
    }

    /// <summary>Reads namespace and name, which every object has whatever else is wrong with it.</summary>
    public static ResourceKey KeyOf(JsonElement element)
    {
        var metadata = element.GetProperty("metadata");
        return new ResourceKey(
            metadata.TryGetProperty("namespace", out var inNamespace) ? inNamespace.GetString() : null,
            metadata.GetProperty("name").GetString()!
        );
    }

    /// <summary>Reads the version of an object or list.</summary>
    public static string VersionOf(JsonElement element) =>
        element.GetProperty("metadata").GetProperty("resourceVersion").GetString()!;

    // As the user wrote it. The reader's own words name types of this program and positions in the text, which move with every
    // change of the object: each would be news to be written, which is again a change.
    private static string Message(Exception misfit, JsonElement element)
    {
        if (misfit is not JsonException { Path: { } path } || !path.StartsWith("$.", StringComparison.Ordinal))
        {
            return Cut(misfit.Message);
        }

        var field = path[2..];
        return Find(element, field) is { ValueKind: not (JsonValueKind.Object or JsonValueKind.Array) } value
            ? Cut($"{field}: {value.GetRawText()}")
            : Cut(field);
    }

    private static JsonElement? Find(JsonElement element, string path)
    {
        foreach (var step in path.Split(['.', '[', ']'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (element.ValueKind is JsonValueKind.Object && element.TryGetProperty(step, out var field))
            {
                element = field;
            }
            else if (
                element.ValueKind is JsonValueKind.Array
                && int.TryParse(step, CultureInfo.InvariantCulture, out var index)
                && index < element.GetArrayLength()
            )
            {
                element = element[index];
            }
            else
            {
                return null;
            }
        }

        return element;
    }

    private static string Cut(string message) => message.Length <= LongestMessage ? message : message[..LongestMessage];
}
