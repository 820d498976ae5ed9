using System.Text.Json;
using System.Text.Json.Serialization;

namespace ExchangeVirt.Agent.State;

/// <summary>Small JSON files that are either the old or the new one, whatever happens.</summary>
internal static class DurableFile
{
    public static JsonSerializerOptions Json { get; } =
        new(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Converters = { new JsonStringEnumConverter() },
        };

    /// <summary>Writes beside, flushes to disk, then replaces.</summary>
    public static void Write<T>(string path, T value)
    {
        WriteBytes(path, JsonSerializer.SerializeToUtf8Bytes(value, Json));
    }

    /// <summary>Writes text beside, flushes to disk, then replaces.</summary>
    public static void WriteText(string path, string text)
    {
        WriteBytes(path, System.Text.Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Writes bytes beside, flushes to disk, then replaces.</summary>
    public static void WriteBytes(string path, byte[] bytes)
    {
        var beside = path + ".new";
        using (var file = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
    }

    /// <returns>Null where there is no such file.</returns>
    /// <exception cref="AgentStateException">The file cannot be read.</exception>
    public static T? Read<T>(string path)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllBytes(path), Json)
                ?? throw new AgentStateException(
                    $"{path} holds nothing. Restore it, or remove it and rebind the agent."
                );
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (Exception failure) when (failure is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new AgentStateException($"{path} cannot be read: {failure.Message}", failure);
        }
    }
}

/// <summary>What the agent keeps on disk cannot be used.</summary>
public sealed class AgentStateException : Exception
{
    /// <summary>Makes the failure.</summary>
    public AgentStateException(string message, Exception? innerException = null)
        : base(message, innerException) { }
}
