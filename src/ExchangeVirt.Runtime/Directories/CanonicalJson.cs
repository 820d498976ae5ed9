using System.Buffers;
using System.Text;
using System.Text.Json;

namespace ExchangeVirt.Runtime.Directories;

/// <summary>Writes JSON in one form only: properties sorted, no white space. Equal text means equal content.</summary>
internal static class CanonicalJson
{
    // These say who the object is, not what is asked for.
    private static readonly string[] s_notAsked = ["apiVersion", "kind", "metadata", "status"];

    public static string Of(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Of(document.RootElement);
    }

    public static string Of(JsonElement element) => Write(element, static _ => true);

    /// <summary>Takes what counts for the generation: everything but metadata and status.</summary>
    public static string Asked(string manifest)
    {
        using var document = JsonDocument.Parse(manifest);
        return Write(document.RootElement, static name => !s_notAsked.Contains(name, StringComparer.Ordinal));
    }

    private static string Write(JsonElement element, Func<string, bool> keep)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Write(writer, element, keep);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, JsonElement element, Func<string, bool> keep)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (
                    var property in element
                        .EnumerateObject()
                        .Where(property => keep(property.Name))
                        .OrderBy(property => property.Name, StringComparer.Ordinal)
                )
                {
                    writer.WritePropertyName(property.Name);
                    Write(writer, property.Value, static _ => true);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                {
                    Write(writer, item, static _ => true);
                }

                writer.WriteEndArray();
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }
}
