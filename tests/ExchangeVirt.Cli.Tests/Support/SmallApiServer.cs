using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ExchangeVirt.Cli.Output;
using k8s;
using k8s.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace ExchangeVirt.Cli.Tests.Support;

/// <summary>
/// Answers on the loopback address as much like an API server as the program needs: lists and single objects of what a test
/// lays in, and whatever a test has it refuse. What only a real one can show is shown on a real one.
/// </summary>
internal sealed class SmallApiServer : IAsyncDisposable
{
    // What a path ends with that names a list.
    private static readonly HashSet<string> s_plurals =
    [
        .. ResourceKind.All.Select(static kind => kind.Type.Plural),
        "configmaps",
        "customresourcedefinitions",
        "deployments",
        "events",
        "leases",
        "namespaces",
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentDictionary<string, JsonObject> _objects = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _asked = [];
    private readonly ConcurrentDictionary<string, int> _refused = new(StringComparer.Ordinal);
    private readonly WebApplication _server;

    private SmallApiServer(WebApplication server) => _server = server;

    /// <summary>Gets the kubeconfig that leads here.</summary>
    public string Kubeconfig { get; private set; } = "";

    /// <summary>Gets or sets the time by the server's clock.</summary>
    public DateTimeOffset Now { get; set; } = Some.Now;

    /// <summary>Gets what was asked: verb and path, in order.</summary>
    public IReadOnlyList<string> Asked => [.. _asked];

    public static async Task<SmallApiServer> StartAsync(params IKubernetesObject<V1ObjectMeta>[] objects)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var server = new SmallApiServer(builder.Build());
        server._server.Run(server.AnswerAsync);
        await server._server.StartAsync();
        server.Kubeconfig = server._folder.Write(
            "config",
            $$"""
            apiVersion: v1
            kind: Config
            current-context: it
            contexts: [{ name: it, context: { cluster: it, namespace: messaging } }]
            clusters: [{ name: it, cluster: { server: "{{server._server.Urls.Single()}}" } }]
            """
        );
        foreach (var each in objects)
        {
            server.Hold(each);
        }

        return server;
    }

    /// <summary>Holds an object of ours.</summary>
    public void Hold(IKubernetesObject<V1ObjectMeta> entity)
    {
        var type = ResourceKind.Find(entity.Kind).Type;
        Hold($"/apis/{type.ApiVersion}", type.Plural, entity.Metadata.NamespaceProperty, Some.Json(entity));
    }

    /// <summary>Holds one of the operator's ConfigMaps.</summary>
    public void HoldControl(string name, JsonObject data, string inNamespace = "exchangevirt-system") =>
        Hold(
            "/api/v1",
            "configmaps",
            inNamespace,
            new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["name"] = $"exchangevirt-{name}",
                    ["namespace"] = inNamespace,
                    ["resourceVersion"] = "1",
                },
                ["data"] = data,
            }
        );

    /// <summary>Holds the Lease of an operator that has just begun to lead.</summary>
    public void HoldLease(string holder, DateTimeOffset renewed, int seconds) =>
        Hold(
            "/apis/coordination.k8s.io/v1",
            "leases",
            "exchangevirt-system",
            new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = "exchangevirt-operator", ["resourceVersion"] = "1" },
                ["spec"] = new JsonObject
                {
                    ["holderIdentity"] = holder,
                    ["leaseDurationSeconds"] = seconds,
                    ["acquireTime"] = renewed.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
                    ["renewTime"] = renewed.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
                },
            }
        );

    /// <summary>Answers every request with a status whose verb, path and query hold a text.</summary>
    public void Refuse(string text, HttpStatusCode status = HttpStatusCode.Forbidden) => _refused[text] = (int)status;

    /// <summary>Runs the program with this cluster.</summary>
    public Task<Run> RunAsync(params string[] arguments) => Exvirt.RunAsync([.. arguments, "--kubeconfig", Kubeconfig]);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    private void Hold(string group, string plural, string? inNamespace, JsonObject item) =>
        _objects[
            $"{group}/{(inNamespace is null ? "" : $"namespaces/{inNamespace}/")}{plural}/{item["metadata"]!["name"]}"
        ] = item;

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        var asked = $"{context.Request.Method} {path}{Uri.UnescapeDataString(context.Request.QueryString.Value!)}";
        _asked.Enqueue($"{context.Request.Method} {path}");
        if (_refused.FirstOrDefault(each => asked.Contains(each.Key, StringComparison.Ordinal)) is { Key: not null } no)
        {
            await WriteAsync(context, no.Value, Refusal("User \"jane\" cannot do this"));
            return;
        }

        switch (context.Request.Method)
        {
            case "POST":
                var made = (JsonObject)(await JsonNode.ParseAsync(context.Request.Body))!;
                made["metadata"]!["resourceVersion"] = "1";
                _objects[$"{path}/{made["metadata"]!["name"]}"] = made;
                await WriteAsync(context, 201, made);
                break;
            case "PATCH" when _objects.TryGetValue(path, out var held):
                held["data"] = (await JsonNode.ParseAsync(context.Request.Body))!["data"]!.DeepClone();
                await WriteAsync(context, 200, held);
                break;
            case "GET" when _objects.TryGetValue(path, out var one):
                await WriteAsync(context, 200, one);
                break;
            case "GET" when s_plurals.Contains(path[(path.LastIndexOf('/') + 1)..]):
                await WriteAsync(context, 200, ListOf(path, context.Request.Query["fieldSelector"]));
                break;
            default:
                await WriteAsync(context, 404, Refusal("not found"));
                break;
        }
    }

    // A list of a kind without a namespace is that of all namespaces.
    private JsonObject ListOf(string path, string? selector)
    {
        var (group, plural) = (path[..path.LastIndexOf('/')], path[path.LastIndexOf('/')..]);
        var items = _objects
            .Where(each =>
                each.Key[..each.Key.LastIndexOf('/')] is var place
                && (
                    place == path
                    || (
                        place.StartsWith($"{group}/namespaces/", StringComparison.Ordinal)
                        && place.EndsWith(plural, StringComparison.Ordinal)
                    )
                )
                && (selector is null || each.Key.EndsWith($"/{selector.Split('=')[^1]}", StringComparison.Ordinal))
            )
            .OrderBy(static each => each.Key, StringComparer.Ordinal)
            .Select(static each => each.Value.DeepClone());
        return new JsonObject
        {
            ["metadata"] = new JsonObject { ["resourceVersion"] = "1" },
            ["items"] = new JsonArray([.. items]),
        };
    }

    private static JsonObject Refusal(string message) => new() { ["kind"] = "Status", ["message"] = message };

    private async Task WriteAsync(HttpContext context, int status, JsonNode body)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.Date = Now.ToString("R", CultureInfo.InvariantCulture);
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(
            Encoding.UTF8.GetBytes(body.ToJsonString(JsonSerializerOptions.Default))
        );
    }
}
