using System.Net;
using System.Text.Json.Nodes;
using ExchangeVirt.Envtest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ExchangeVirt.Kubernetes.Tests.Clients;

/// <summary>
/// Stands before the server of custom resources alone, and answers the questions that it does not and kubectl begins with:
/// which groups there are, at <c>/api</c> and <c>/apis</c>, and whether namespaces are validated strictly, by which kubectl
/// knows that everything is. The rest is the server's own word. Whoever asks is the administrator.
/// </summary>
internal sealed class DiscoveryFront : IAsyncDisposable
{
    private const string Core = "/openapi/v3/api/v1";

    private const string Namespaces = """
        {
          "openapi": "3.0.0",
          "info": {"title": "Kubernetes", "version": "v1.36.0"},
          "paths": {
            "/api/v1/namespaces/{name}": {
              "patch": {
                "parameters": [{"name": "fieldValidation", "in": "query", "schema": {"type": "string"}}],
                "x-kubernetes-group-version-kind": {"group": "", "version": "v1", "kind": "Namespace"}
              }
            }
          }
        }
        """;

    private static readonly string[] s_groups = ["apiextensions.k8s.io", "exchangevirt.io"];

    private readonly WebApplication _front;
    private readonly TestCluster _cluster;

    private DiscoveryFront(WebApplication front, TestCluster cluster) => (_front, _cluster) = (front, cluster);

    /// <summary>Gets the kubeconfig file that leads here.</summary>
    public string Kubeconfig { get; private set; } = "";

    public static async Task<DiscoveryFront> StartAsync(TestCluster cluster)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var front = new DiscoveryFront(builder.Build(), cluster);
        front._front.MapGet("/api", static () => Json("""{"kind":"APIVersions","versions":[]}"""));
        front._front.MapGet("/apis", front.GroupsAsync);
        front._front.MapGet("/openapi/v3", front.SchemasAsync);
        front._front.MapGet(Core, static () => Json(Namespaces));
        front._front.MapFallback("/{**path}", front.ForwardAsync);
        await front._front.StartAsync();
        front.Kubeconfig = Path.Combine(cluster.Folder, $"{cluster.NewName("front")}.kubeconfig");
        await File.WriteAllTextAsync(
            front.Kubeconfig,
            $$"""
            apiVersion: v1
            kind: Config
            current-context: it
            contexts: [{ name: it, context: { cluster: it } }]
            clusters: [{ name: it, cluster: { server: "{{front._front.Urls.Single()}}" } }]
            """
        );
        return front;
    }

    public ValueTask DisposeAsync() => _front.DisposeAsync();

    private async Task<IResult> GroupsAsync()
    {
        var groups = new JsonArray();
        foreach (var group in s_groups)
        {
            groups.Add((await _cluster.Raw.GetAsync($"/apis/{group}")).Succeeded().DeepClone());
        }

        return Json(
            new JsonObject
            {
                ["kind"] = "APIGroupList",
                ["apiVersion"] = "v1",
                ["groups"] = groups,
            }.ToJsonString()
        );
    }

    private async Task<IResult> SchemasAsync()
    {
        var schemas = (await _cluster.Raw.GetAsync("/openapi/v3")).Succeeded();
        schemas["paths"]!["api/v1"] = new JsonObject { ["serverRelativeURL"] = Core };
        return Json(schemas.ToJsonString());
    }

    private static IResult Json(string text) => Results.Text(text, "application/json");

    private async Task ForwardAsync(HttpContext context)
    {
        var asked = context.Request;
        using var request = new HttpRequestMessage(
            new HttpMethod(asked.Method),
            new Uri(_cluster.Address, asked.Path + asked.QueryString)
        );
        if (asked.ContentType is { } type)
        {
            request.Content = new StreamContent(asked.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        request.Headers.TryAddWithoutValidation("Accept", asked.Headers.Accept.ToString());
        request.Headers.TryAddWithoutValidation("User-Agent", asked.Headers.UserAgent.ToString());
        using var answer = await _cluster.Admin.HttpClient.SendAsync(
            request,
            HttpCompletionOption.ResponseHeadersRead,
            context.RequestAborted
        );
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        if (answer.Headers.TryGetValues("Warning", out var warnings))
        {
            context.Response.Headers.Append("Warning", warnings.ToArray());
        }

        // A watch is told as it goes, and that it has begun before anything happens.
        await context.Response.Body.FlushAsync(context.RequestAborted);
        await using var body = await answer.Content.ReadAsStreamAsync(context.RequestAborted);
        var part = new byte[16 * 1024];
        int read;
        while ((read = await body.ReadAsync(part, context.RequestAborted)) > 0)
        {
            await context.Response.Body.WriteAsync(part.AsMemory(0, read), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }
}
