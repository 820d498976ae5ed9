using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.CimXml;
using ExchangeVirt.HyperV.Simulator.Schema;

namespace ExchangeVirt.HyperV.Simulator.Model;

/// <summary>Keeps a host's state in one JSON file, replaced as a whole, so that a killed process leaves either the old or the new one.</summary>
internal static class StateFile
{
    /// <summary>Reads the state; null where there is none yet.</summary>
    /// <exception cref="InvalidDataException">The file is not a state that this version can read.</exception>
    public static HostState? Load(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            // The build, and with it the schema, is in the state itself: the newest schema reads all of them.
            using var stream = File.OpenRead(path);
            var state = JsonSerializer.Deserialize<HostState>(stream, Options(CimSchema.ForBuild(int.MaxValue)));
            return state is { Format: HostState.CurrentFormat }
                ? state
                : throw new InvalidDataException(
                    $"{path}: the state of a simulated host in format {state?.Format}; this version reads format {HostState.CurrentFormat}. Remove the file to begin again from the description."
                );
        }
        catch (JsonException damaged)
        {
            throw new InvalidDataException(
                $"{path}: not the state of a simulated host ({damaged.Message}). Remove the file to begin again from the description.",
                damaged
            );
        }
    }

    /// <summary>Replaces the file.</summary>
    public static void Save(string path, HostState state, JsonSerializerOptions options)
    {
        var next = path + ".next";
        using (var stream = new FileStream(next, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            JsonSerializer.Serialize(stream, state, options);
        }

        File.Move(next, path, overwrite: true);
    }

    /// <summary>Makes the options that write CIM instances and paths as their own text forms.</summary>
    public static JsonSerializerOptions Options(CimSchema schema) =>
        new(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            IgnoreReadOnlyProperties = true,
            Converters = { new InstanceConverter(schema), new PathConverter(), new JsonStringEnumConverter() },
        };

    private sealed class InstanceConverter(CimSchema schema) : JsonConverter<CimObject>
    {
        private static readonly ConditionalWeakTable<CimObject, string> s_written = [];

        private readonly CimXmlReader _reader = new(schema);

        public override CimObject Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            try
            {
                return _reader.Read(reader.GetString() ?? "");
            }
            catch (CimException damaged)
            {
                throw new JsonException(damaged.Message, damaged);
            }
        }

        public override void Write(Utf8JsonWriter writer, CimObject value, JsonSerializerOptions options) =>
            writer.WriteStringValue(s_written.GetValue(value, CimXmlWriter.Write));
    }

    private sealed class PathConverter : JsonConverter<CimPath>
    {
        public override CimPath Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            CimPathText.TryParse(reader.GetString() ?? "", out var path)
                ? path
                : throw new JsonException("An object path is expected.");

        public override void Write(Utf8JsonWriter writer, CimPath value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
