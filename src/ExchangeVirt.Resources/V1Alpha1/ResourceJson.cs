using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ExchangeVirt.Resources.Schema;
using k8s.Models;

namespace ExchangeVirt.Resources.V1Alpha1;

/// <summary>Reads and writes the resources as JSON, as the API server does.</summary>
public static class ResourceJson
{
    /// <summary>camelCase names, words for vocabularies, times in UTC with whole seconds or microseconds, no nulls.</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    /// <summary>
    /// The same for what an API server sends: a field of spec that this version does not know is refused, since it may ask for
    /// what nobody would do; in status it is passed over. The history of who wrote which field is left out.
    /// </summary>
    public static JsonSerializerOptions Received => ReceivedOptions.Value;

    private static class ReceivedOptions
    {
        // Not beside Options: the schema's reader, which tells what belongs to a spec, needs those first.
        public static JsonSerializerOptions Value { get; } = CreateReceived();
    }

    private static JsonSerializerOptions CreateReceived()
    {
        var specs = SchemaReader.Kinds.Values.SelectMany(static kind => TypesOf(kind.Spec)).ToHashSet();
        var options = new JsonSerializerOptions(Options)
        {
            TypeInfoResolver = new DefaultJsonTypeInfoResolver().WithAddedModifier(type =>
            {
                if (specs.Contains(type.Type))
                {
                    type.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
                }
                else if (type.Type == typeof(V1ObjectMeta))
                {
                    type.Properties.Remove(type.Properties.Single(static each => each.Name == "managedFields"));
                }
            }),
        };
        options.MakeReadOnly();
        return options;
    }

    private static IEnumerable<Type> TypesOf(ValueSchema schema) =>
        schema switch
        {
            ObjectSchema nested => nested.Fields.SelectMany(static field => TypesOf(field.Value)).Prepend(nested.Type),
            ListSchema list => TypesOf(list.Item),
            _ => [],
        };

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            PropertyNameCaseInsensitive = false,
            NumberHandling = JsonNumberHandling.Strict,
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        options.Converters.Add(new UtcTimeConverter());
        options.Converters.Add(new UtcDateTimeConverter());
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    private static string Write(DateTimeOffset time)
    {
        var utc = time.ToUniversalTime();
        // Kubernetes' Time has whole seconds and its MicroTime six decimals; nothing finer survives the API server.
        var format = utc.Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-ddTHH:mm:ssZ" : "yyyy-MM-ddTHH:mm:ss.ffffffZ";
        return utc.ToString(format, CultureInfo.InvariantCulture);
    }

    private sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(
            ref Utf8JsonReader reader,
            Type typeToConvert,
            JsonSerializerOptions options
        ) => reader.GetDateTimeOffset().ToUniversalTime();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(ResourceJson.Write(value));
    }

    private sealed class UtcDateTimeConverter : JsonConverter<DateTime>
    {
        public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetDateTimeOffset().UtcDateTime;

        public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) =>
            writer.WriteStringValue(
                ResourceJson.Write(new DateTimeOffset(DateTime.SpecifyKind(value, DateTimeKind.Utc)))
            );
    }
}
