using System.Text.Json;
using ExchangeVirt.Runtime.Manifests;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Runtime.Tests;

/// <summary>Reads JSON files that hold one object or an array of objects.</summary>
public sealed class JsonManifestParser : IManifestParser
{
    public int Calls { get; private set; }

    public Exception? Failure { get; set; }

    public ManifestSet Parse(IReadOnlyList<ManifestFile> files)
    {
        Calls++;
        if (Failure is not null)
        {
            throw Failure;
        }

        List<ManifestObject> objects = [];
        List<ManifestProblem> problems = [];
        foreach (var file in files)
        {
            try
            {
                using var document = JsonDocument.Parse(file.Content);
                var root = document.RootElement;
                IEnumerable<JsonElement> elements =
                    root.ValueKind is JsonValueKind.Array ? root.EnumerateArray() : [root];
                objects.AddRange(elements.Select((element, index) => Read(element, file.Path, index + 1)).ToList());
            }
            catch (Exception exception) when (exception is JsonException or KeyNotFoundException)
            {
                problems.Add(new ManifestProblem(file.Path, 1, "", exception.Message));
            }
        }

        return new ManifestSet(objects, problems);
    }

    private static ManifestObject Read(JsonElement element, string file, int line)
    {
        var metadata = element.GetProperty("metadata");
        var space = metadata.TryGetProperty("namespace", out var name) ? name.GetString() : null;
        return new ManifestObject(
            element.GetProperty("kind").GetString()!,
            new ResourceKey(space, metadata.GetProperty("name").GetString()!),
            element.GetRawText(),
            file,
            line
        );
    }
}
