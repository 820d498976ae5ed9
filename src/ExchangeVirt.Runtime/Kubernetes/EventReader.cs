using System.Globalization;
using System.Text.Json;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Runtime.Kubernetes;

/// <summary>Reads events of events.k8s.io.</summary>
/// <remarks>Source: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/</remarks>
public static class EventReader
{
    /// <summary>Gets the kind of events.</summary>
    public static ResourceType Type { get; } = new("events.k8s.io", "v1", "Event", "events");

    /// <summary>Reads an event.</summary>
    /// <returns>Null where it does not say what it is about.</returns>
    public static EventRecord? Read(JsonElement element)
    {
        if (
            !element.TryGetProperty("regarding", out var regarding)
            || Text(regarding, "kind") is not { } kind
            || Text(regarding, "name") is not { } name
        )
        {
            return null;
        }

        // What reports in the older way has no eventTime; the API server then fills the fields of that way.
        var first = Time(element, "eventTime") ?? Time(element, "deprecatedFirstTimestamp");
        var last = SeriesOf(element) is { } series
            ? Time(series, "lastObservedTime")
            : Time(element, "deprecatedLastTimestamp");
        return new EventRecord(
            new ResourceReference(
                kind,
                new ResourceKey(Text(regarding, "namespace"), name),
                Text(regarding, "uid"),
                Text(regarding, "apiVersion")
            ),
            Text(element, "type") == nameof(EventType.Warning) ? EventType.Warning : EventType.Normal,
            Text(element, "reason") ?? "",
            Text(element, "note") ?? "",
            CountOf(element),
            first ?? last ?? DateTimeOffset.MinValue,
            last ?? first ?? DateTimeOffset.MinValue
        );
    }

    /// <summary>Reads how often it happened.</summary>
    internal static int CountOf(JsonElement element) =>
        SeriesOf(element) is { } series && series.TryGetProperty("count", out var count) ? count.GetInt32()
        : element.TryGetProperty("deprecatedCount", out var old) && old.TryGetInt32(out var number) && number > 0
            ? number
        : 1;

    private static JsonElement? SeriesOf(JsonElement element) =>
        element.TryGetProperty("series", out var series) && series.ValueKind is JsonValueKind.Object ? series : null;

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String
            ? value.GetString()
            : null;

    private static DateTimeOffset? Time(JsonElement element, string name) =>
        Text(element, name) is { } text
            ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
            : null;
}
