using System.Text.Json;

namespace ExchangeVirt.Runtime.Kubernetes;

/// <summary>Reads the API's Status object, in which a refusal says why.</summary>
internal static class ApiStatus
{
    /// <summary>Reads reason and message.</summary>
    /// <returns>Where it is no Status (a proxy's page): no reason, and the beginning of the text.</returns>
    public static (string Reason, string Message) Parse(string body)
    {
        const int longest = 512;
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind is JsonValueKind.Object)
            {
                return Of(document.RootElement);
            }
        }
        catch (JsonException)
        {
            // What stands between may answer in its own words; they are passed on.
        }

        return ("", body.Length <= longest ? body : body[..longest]);
    }

    /// <summary>Reads reason and message of a Status object.</summary>
    public static (string Reason, string Message) Of(JsonElement status) =>
        (Text(status, "reason"), Text(status, "message"));

    /// <summary>Reads the HTTP code of a Status object; 0 where it has none.</summary>
    public static int CodeOf(JsonElement status) =>
        status.TryGetProperty("code", out var code) && code.TryGetInt32(out var number) ? number : 0;

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String
            ? value.GetString()!
            : "";
}
