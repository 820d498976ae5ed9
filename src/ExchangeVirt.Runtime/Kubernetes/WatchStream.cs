using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Runtime.Kubernetes;

/// <summary>Reads the lines of one watch. Ends when the server ends it; cancelling it closes it on the server at once.</summary>
internal static class WatchStream
{
    /// <summary>Follows a watch.</summary>
    /// <exception cref="ResourceVersionExpiredException">The version to start from has expired, at once or in the stream.</exception>
    /// <exception cref="KubernetesApiException">The server refused, or ended the stream with an error.</exception>
    public static async IAsyncEnumerable<WatchLine> ReadAsync(
        KubernetesApi api,
        string path,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var response = await api.OpenAsync(path, cancellationToken);
        using var reader = new StreamReader(
            await response.Content.ReadAsStreamAsync(cancellationToken),
            Encoding.UTF8,
            detectEncodingFromByteOrderMarks: false,
            bufferSize: 16 * 1024
        );
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length > 0)
            {
                yield return WatchLine.Parse(line, path);
            }
        }
    }
}

/// <summary>One line of a watch.</summary>
internal sealed class WatchLine : IDisposable
{
    private readonly JsonDocument _document;

    private WatchLine(ResourceEventType type, JsonDocument document)
    {
        Type = type;
        _document = document;
    }

    public ResourceEventType Type { get; }

    public JsonElement Object => _document.RootElement.GetProperty("object");

    public static WatchLine Parse(string line, string path)
    {
        var document = JsonDocument.Parse(line);
        var type = document.RootElement.GetProperty("type").GetString();
        switch (type)
        {
            case "ADDED":
                return new WatchLine(ResourceEventType.Added, document);
            case "MODIFIED":
                return new WatchLine(ResourceEventType.Modified, document);
            case "DELETED":
                return new WatchLine(ResourceEventType.Deleted, document);
            case "BOOKMARK":
                return new WatchLine(ResourceEventType.Bookmark, document);
            default:
                using (document)
                {
                    throw Refusal(type, document.RootElement.GetProperty("object"), path);
                }
        }
    }

    public void Dispose() => _document.Dispose();

    private static Exception Refusal(string? type, JsonElement status, string path)
    {
        const int gone = 410;
        var (reason, message) = ApiStatus.Of(status);
        var code = ApiStatus.CodeOf(status);
        var said = $"The watch of {path} ended with {type}: {message} ({code})";
        return code == gone || reason is "Expired" or "Gone"
            ? new ResourceVersionExpiredException(said)
            : new KubernetesApiException((System.Net.HttpStatusCode)code, reason, said);
    }
}
