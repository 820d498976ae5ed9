using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;

namespace ExchangeVirt.Envtest.Access;

/// <summary>What a server answered.</summary>
public sealed record ApiAnswer(HttpStatusCode Code, string Text)
{
    /// <summary>Gets whether it did what was asked.</summary>
    public bool IsSuccess => (int)Code is >= 200 and < 300;

    /// <summary>Gets the answer's object.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public JsonNode Body => JsonNode.Parse(Text) ?? throw new JsonException("The answer is null.");

    /// <summary>Returns the answer's object, if it is a good one.</summary>
    /// <exception cref="HttpRequestException">The server refused.</exception>
    public JsonNode Succeeded() =>
        IsSuccess ? Body : throw new HttpRequestException($"The server answered {(int)Code}: {Text}", null, Code);
}

/// <summary>Speaks to an API server in plain JSON, as one user: no types, no discovery.</summary>
public sealed class RawApi(Kubernetes client) : IDisposable
{
    /// <summary>What a server-side apply sends.</summary>
    public const string Apply = "application/apply-patch+yaml";

    /// <summary>What a merge patch sends.</summary>
    public const string Merge = "application/merge-patch+json";

    /// <summary>What a JSON patch sends.</summary>
    public const string JsonPatch = "application/json-patch+json";

    /// <summary>Speaks as the user of a kubeconfig file.</summary>
    public static RawApi For(string kubeconfig) =>
        new(new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig)));

    /// <summary>Reads.</summary>
    public Task<ApiAnswer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    /// <summary>Creates.</summary>
    public Task<ApiAnswer> PostAsync(string path, JsonNode body) => SendAsync(HttpMethod.Post, path, body);

    /// <summary>Replaces.</summary>
    public Task<ApiAnswer> PutAsync(string path, JsonNode body) => SendAsync(HttpMethod.Put, path, body);

    /// <summary>Patches; <paramref name="contentType"/> says how, with <see cref="Apply"/> the path names the field manager.</summary>
    public Task<ApiAnswer> PatchAsync(string path, JsonNode body, string contentType = Merge) =>
        SendAsync(HttpMethod.Patch, path, body, contentType);

    /// <summary>Deletes.</summary>
    public Task<ApiAnswer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path);

    /// <summary>Sends any request.</summary>
    /// <exception cref="HttpRequestException">There was no answer.</exception>
    public async Task<ApiAnswer> SendAsync(
        HttpMethod method,
        string path,
        JsonNode? body = null,
        string contentType = "application/json"
    )
    {
        using var patience = new CancellationTokenSource(Until.Patience, Until.Clock);
        using var request = new HttpRequestMessage(method, new Uri(client.BaseUri, path));
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        }

        if (client.Credentials is not null)
        {
            await client.Credentials.ProcessHttpRequestAsync(request, patience.Token);
        }

        using var response = await client.HttpClient.SendAsync(request, patience.Token);
        return new ApiAnswer(response.StatusCode, await response.Content.ReadAsStringAsync(patience.Token));
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();
}
