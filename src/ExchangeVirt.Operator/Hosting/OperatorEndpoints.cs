using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ExchangeVirt.Operator.Hosting;

/// <summary>Serves health and metrics without TLS, for the kubelet and for Prometheus; nothing there is secret or changes anything.</summary>
internal static class OperatorEndpoints
{
    /// <summary>Makes the server; it is not started yet.</summary>
    public static WebApplication Create(ClusterOptions options, Health health, ClusterSeams seams)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<ILoggerFactory>(new BorrowedLoggers(seams.Loggers));
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            foreach (var address in new[] { options.Health, options.Metrics }.Distinct())
            {
                kestrel.Listen(address);
            }
        });
        var application = builder.Build();
        MapHealth(application, "/healthz", health.Alive);
        MapHealth(application, "/readyz", health.Ready);
        return application;
    }

    // As Kubernetes' own components answer: one line a check with ?verbose, and always where one is not well.
    private static void MapHealth(
        IEndpointRouteBuilder endpoints,
        string path,
        Func<IReadOnlyList<HealthCheck>> look
    ) =>
        endpoints.MapGet(
            path,
            async context =>
            {
                var checks = look();
                var isWell = checks.All(static check => check.Problem is null);
                context.Response.StatusCode = (int)(isWell ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable);
                context.Response.ContentType = "text/plain; charset=utf-8";
                context.Response.Headers.CacheControl = "no-store";
                var lines = checks.Select(static check =>
                    check.Problem is null ? $"[+]{check.Name} ok" : $"[-]{check.Name} failed: {check.Problem}"
                );
                var text =
                    isWell && !context.Request.Query.ContainsKey("verbose")
                        ? "ok"
                        : string.Join('\n', lines) + $"\n{path[1..]} check {(isWell ? "passed" : "failed")}\n";
                await context.Response.WriteAsync(text, context.RequestAborted);
            }
        );
}
