using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ExchangeVirt.Runtime.Directories;

/// <summary>
/// Reads and writes state files: <c>{"version": 1, "checksum": "…", "content": {…}}</c>. The checksum finds what a disk
/// lost; the version keeps an older product from misreading a newer one's state.
/// </summary>
internal static class StateDocument
{
    public const int Version = 1;

    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(), new RawJsonConverter() },
    };

    public static void Write<T>(string path, T content)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(content, s_options);
        var buffer = new ArrayBufferWriter<byte>(body.Length + 128);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("version", Version);
            writer.WriteString("checksum", Checksum(body));
            writer.WritePropertyName("content");
            writer.WriteRawValue(body);
            writer.WriteEndObject();
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, buffer.WrittenSpan);
    }

    /// <summary>Reads the newest copy.</summary>
    /// <returns>Null where there is none.</returns>
    /// <exception cref="StateDamagedException">The copy is not whole.</exception>
    /// <exception cref="StateVersionException">The copy is of a newer version.</exception>
    public static T? ReadNewest<T>(string path)
        where T : class => AtomicFile.Read(path) is { } bytes ? Parse<T>(path, bytes) : null;

    /// <summary>Reads the newest copy, or the one before where the newest is damaged.</summary>
    /// <param name="path">The newest copy.</param>
    /// <param name="recovered">Told what was wrong where the copy before had to be taken.</param>
    /// <returns>Null where there is none at all.</returns>
    /// <exception cref="StateDamagedException">No copy is whole.</exception>
    /// <exception cref="StateVersionException">A copy is of a newer version.</exception>
    public static T? Read<T>(string path, Action<string> recovered)
        where T : class
    {
        try
        {
            if (ReadNewest<T>(path) is { } newest)
            {
                return newest;
            }
        }
        catch (StateDamagedException damaged)
        {
            var before =
                ReadNewest<T>(path + AtomicFile.PreviousEnding)
                ?? throw new StateDamagedException($"{damaged.Message} There is no copy before it.", damaged);
            recovered($"{damaged.Message} The copy before it was taken; what was written last is lost.");
            return before;
        }

        if (ReadNewest<T>(path + AtomicFile.PreviousEnding) is not { } only)
        {
            return null;
        }

        recovered($"{path} is missing. The copy before it was taken; what was written last is lost.");
        return only;
    }

    private static T Parse<T>(string path, byte[] bytes)
        where T : class
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var root = document.RootElement;
            var version = root.GetProperty("version").GetInt32();
            if (version > Version)
            {
                throw new StateVersionException(
                    $"{path} has state format {version}, written by a newer version of this product; this one knows"
                        + $" {Version}. Nothing was changed. Run the newer version."
                );
            }

            var content = root.GetProperty("content");
            var body = Encoding.UTF8.GetBytes(content.GetRawText());
            if (root.GetProperty("checksum").GetString() != Checksum(body))
            {
                throw new StateDamagedException($"{path} is damaged: its checksum does not fit.");
            }

            return content.Deserialize<T>(s_options)
                ?? throw new StateDamagedException($"{path} is damaged: it has no content.");
        }
        catch (Exception exception)
            when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new StateDamagedException($"{path} is damaged: {exception.Message}", exception);
        }
    }

    private static string Checksum(ReadOnlySpan<byte> body) => Convert.ToHexStringLower(SHA256.HashData(body));
}

/// <summary>Holds JSON as text: it is passed through, not interpreted.</summary>
/// <param name="Text">One JSON value.</param>
internal sealed record RawJson(string Text);

/// <summary>Writes <see cref="RawJson"/> as the value it holds, so that state files stay readable.</summary>
internal sealed class RawJsonConverter : JsonConverter<RawJson>
{
    public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return new RawJson(document.RootElement.GetRawText());
    }

    public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Text);
}
