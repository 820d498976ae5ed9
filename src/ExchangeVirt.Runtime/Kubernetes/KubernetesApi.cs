using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Runtime.Kubernetes;

/// <summary>
/// Sends requests to the API server, each with a deadline, counts them, and turns refusals into the store's exceptions.
/// Connection, authentication and TLS are the client library's.
/// </summary>
/// <remarks>
/// The library's own calls are not used: they cannot resume a watch by version, lose a 410 in the stream, and leave a
/// cancelled watch open on the server until a finalizer runs.
/// </remarks>
public sealed class KubernetesApi : IDisposable
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(30);

    private readonly k8s.Kubernetes _client;
    private readonly TimeProvider _time;

    // Ticks; the one value is the smallest where nothing was answered yet.
    private long _skew = long.MinValue;

    /// <summary>Takes the connection; it is disposed of with this.</summary>
    public KubernetesApi(k8s.Kubernetes client, TimeProvider time)
    {
        _client = client;
        _time = time;
    }

    /// <summary>The server's address.</summary>
    public Uri Server => _client.BaseUri;

    /// <summary>How far this machine's clock is ahead of the server's, by the server's last answer, to a second; null where it told none.</summary>
    public TimeSpan? ClockSkew =>
        Interlocked.Read(ref _skew) is var ticks and not long.MinValue ? TimeSpan.FromTicks(ticks) : null;

    /// <summary>Reads a resource.</summary>
    /// <returns>Null where there is none.</returns>
    /// <exception cref="KubernetesApiException">The server refused.</exception>
    public async Task<JsonDocument?> TryGetAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(HttpMethod.Get, path, content: null, cancellationToken);
        }
        catch (ResourceNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Makes a resource.</summary>
    /// <exception cref="ResourceConflictException">There is one of the name.</exception>
    /// <exception cref="KubernetesApiException">The server refused.</exception>
    public Task<JsonDocument> CreateAsync(string path, JsonNode body, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, path, Content(body, "application/json"), cancellationToken);

    /// <summary>Changes some fields of a resource by a JSON merge patch (RFC 7386).</summary>
    /// <exception cref="ResourceConflictException">The patch names a resourceVersion, and the resource has another.</exception>
    /// <exception cref="ResourceNotFoundException">There is no such resource.</exception>
    /// <exception cref="KubernetesApiException">The server refused.</exception>
    public Task<JsonDocument> MergeAsync(
        string path,
        JsonNode patch,
        string fieldManager,
        CancellationToken cancellationToken
    ) =>
        SendAsync(
            HttpMethod.Patch,
            $"{path}?fieldManager={ApiPath.Escape(fieldManager)}",
            Content(patch, "application/merge-patch+json"),
            cancellationToken
        );

    /// <summary>Says by server-side apply how the fields of one manager shall be, and takes them from whoever else has them.</summary>
    /// <exception cref="ResourceConflictException">The object names a resourceVersion, and the resource has another.</exception>
    /// <exception cref="ResourceNotFoundException">There is no such resource.</exception>
    /// <exception cref="KubernetesApiException">The server refused.</exception>
    /// <remarks>Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/</remarks>
    public Task<JsonDocument> ApplyAsync(
        string path,
        JsonNode body,
        string fieldManager,
        CancellationToken cancellationToken
    ) =>
        SendAsync(
            HttpMethod.Patch,
            $"{path}?fieldManager={ApiPath.Escape(fieldManager)}&force=true",
            // The one form that all servers take for an apply.
            Content(ApplyBody.Write(body), "application/apply-patch+yaml"),
            cancellationToken
        );

    /// <summary>Asks for the end of a resource.</summary>
    /// <exception cref="ResourceNotFoundException">There is no such resource.</exception>
    /// <exception cref="KubernetesApiException">The server refused.</exception>
    public async Task DeleteAsync(string path, CancellationToken cancellationToken)
    {
        using var _ = await SendAsync(HttpMethod.Delete, path, content: null, cancellationToken);
    }

    /// <summary>Opens a stream of JSON lines, which lasts until it is disposed of or the server ends it.</summary>
    /// <exception cref="ResourceVersionExpiredException">What it shall start from is not known any more (410).</exception>
    /// <exception cref="KubernetesApiException">The server refused.</exception>
    public async Task<HttpResponseMessage> OpenAsync(string path, CancellationToken cancellationToken)
    {
        using var request = await RequestAsync(HttpMethod.Get, path, content: null, cancellationToken);
        var response = await CountAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        try
        {
            await EnsureAsync(request, response, cancellationToken);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public void Dispose() => _client.Dispose();

    private async Task<JsonDocument> SendAsync(
        HttpMethod method,
        string path,
        HttpContent? content,
        CancellationToken cancellationToken
    )
    {
        using var deadline = new CancellationTokenSource(s_deadline, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            using var request = await RequestAsync(method, path, content, either.Token);
            using var response = await CountAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            await EnsureAsync(request, response, either.Token);
            await using var body = await response.Content.ReadAsStreamAsync(either.Token);
            return await JsonDocument.ParseAsync(body, cancellationToken: either.Token);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(
                $"{method} {path} was not answered by {Server} within {s_deadline.TotalSeconds:0} s.",
                late
            );
        }
    }

    private async Task<HttpRequestMessage> RequestAsync(
        HttpMethod method,
        string path,
        HttpContent? content,
        CancellationToken cancellationToken
    )
    {
        var request = new HttpRequestMessage(method, new Uri(Server, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            Content = content,
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (_client.Credentials is { } credentials)
        {
            await credentials.ProcessHttpRequestAsync(request, cancellationToken);
        }

        return request;
    }

    private async Task<HttpResponseMessage> CountAsync(
        HttpRequestMessage request,
        HttpCompletionOption completion,
        CancellationToken cancellationToken
    )
    {
        var started = _time.GetTimestamp();
        var code = "<error>";
        try
        {
            var response = await _client.HttpClient.SendAsync(request, completion, cancellationToken);
            code = $"{(int)response.StatusCode}";
            if (response.Headers.Date is { } said)
            {
                Interlocked.Exchange(ref _skew, (_time.GetUtcNow() - said).Ticks);
            }

            return response;
        }
        finally
        {
            RestClientMetrics.Record(request.Method.Method, code, Server.Authority, _time.GetElapsedTime(started));
        }
    }

    private static async Task EnsureAsync(
        HttpRequestMessage request,
        HttpResponseMessage response,
        CancellationToken cancellationToken
    )
    {
        if (response.IsSuccessStatusCode)
        {
            return;
        }

        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        var (reason, said) = ApiStatus.Parse(body);
        var path = request.RequestUri!.AbsolutePath;
        var message =
            $"{request.Method} {path}: {(said.Length > 0 ? said : response.ReasonPhrase)} ({(int)response.StatusCode})";
        throw response.StatusCode switch
        {
            HttpStatusCode.NotFound => new ResourceNotFoundException(message),
            HttpStatusCode.Conflict => new ResourceConflictException(message),
            HttpStatusCode.Gone => new ResourceVersionExpiredException(message),
            _ => new KubernetesApiException(response.StatusCode, reason, message),
        };
    }

    private static ByteArrayContent Content(JsonNode body, string mediaType) =>
        Content(JsonSerializer.SerializeToUtf8Bytes(body), mediaType);

    private static ByteArrayContent Content(byte[] body, string mediaType) =>
        new(body) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType) } };
}
