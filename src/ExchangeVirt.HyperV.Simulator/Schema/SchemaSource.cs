using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ExchangeVirt.HyperV.Simulator.Schema;

/// <summary>The published schema files as they are written.</summary>
internal static class SchemaSource
{
    private static readonly JsonSerializerOptions s_options = new() { PropertyNameCaseInsensitive = true };

    /// <summary>Reads one of the compressed extracts.</summary>
    public static PublishedSchema Published(string resource)
    {
        using var compressed = Open(resource);
        using var plain = new GZipStream(compressed, CompressionMode.Decompress);
        return JsonSerializer.Deserialize<PublishedSchema>(plain, s_options)
            ?? throw new InvalidDataException($"The schema resource '{resource}' is empty.");
    }

    /// <summary>Reads what the extracts lack.</summary>
    public static SchemaAdditions Additions()
    {
        using var stream = Open("additions.json");
        return JsonSerializer.Deserialize<SchemaAdditions>(stream, s_options)
            ?? throw new InvalidDataException("The schema resource 'additions.json' is empty.");
    }

    private static Stream Open(string resource) =>
        typeof(SchemaSource).Assembly.GetManifestResourceStream(resource)
        ?? throw new InvalidDataException($"The schema resource '{resource}' is missing from the assembly.");
}

internal sealed record PublishedSchema(
    string Namespace,
    Dictionary<string, PublishedClass> Classes,
    Dictionary<string, Dictionary<string, PublishedMethod>>? Methods
);

internal sealed record PublishedClass(string? Super, Dictionary<string, PublishedProperty> Properties);

internal sealed record PublishedProperty(string Type);

internal sealed record PublishedMethod(IReadOnlyList<PublishedParameter> Parameters);

internal sealed record PublishedParameter(string Name, string Type, string Direction);

internal sealed record SchemaAdditions(
    Dictionary<string, Dictionary<string, AddedClass>> Namespaces,
    Dictionary<string, IReadOnlyList<string>> Keys,
    Dictionary<string, int> SinceBuild
);

internal sealed record AddedClass(
    [property: JsonPropertyName("super")] string? Super,
    [property: JsonPropertyName("properties")] Dictionary<string, string> Properties
);
