using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ExchangeVirt.Kubernetes.Tests.Observing;

/// <summary>Takes what processes send by OTLP over HTTP, and understands of it only the texts that it holds.</summary>
internal sealed class TraceCollector : IAsyncDisposable
{
    private readonly WebApplication _server;

    private TraceCollector(WebApplication server) => _server = server;

    /// <summary>Gets what was sent: the path, and the message as text, in which names stand as they are.</summary>
    public ConcurrentQueue<(string Path, string Text)> Received { get; } = new();

    public Uri Address => new(_server.Urls.Single());

    public static async Task<TraceCollector> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var collector = new TraceCollector(builder.Build());
        collector._server.MapPost("/{**path}", collector.TakeAsync);
        await collector._server.StartAsync();
        return collector;
    }

    public bool Has(string service, string text) =>
        Received.Any(message =>
            message.Text.Contains(service, StringComparison.Ordinal)
            && message.Text.Contains(text, StringComparison.Ordinal)
        );

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        Received.Enqueue((context.Request.Path, Encoding.Latin1.GetString(body.ToArray())));
        context.Response.ContentType = "application/x-protobuf";
    }
}
