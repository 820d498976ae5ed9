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
    public static WebApplication Create(
        ClusterOptions options,
        Health health,
        OperatorMeters meters,
        ClusterSeams seams
    )
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
        application.UseOpenTelemetryPrometheusScrapingEndpoint(
            meters.Provider,
            context => context.Request.Path == "/metrics" && IsAt(context, options.Metrics, options),
            path: null,
            PreferText,
            optionsName: null
        );
        MapHealth(application, "/healthz", health.Alive, context => IsAt(context, options.Health, options));
        MapHealth(application, "/readyz", health.Ready, context => IsAt(context, options.Health, options));
        return application;
    }

    // Each port serves its own paths: a network policy that opens the one opens nothing of the other.
    private static bool IsAt(HttpContext context, IPEndPoint address, ClusterOptions options) =>
        options.Health.Port == options.Metrics.Port || context.Connection.LocalPort == address.Port;

    // As controller-runtime does. In the newer form each counter has a second series that tells when it began, and Prometheus
    // asks for that form by itself.
    private static void PreferText(IApplicationBuilder branch) =>
        branch.Use(
            static (context, next) =>
            {
                context.Request.Headers.Accept = "text/plain";
                return next(context);
            }
        );

    // As Kubernetes' own components answer: one line a check with ?verbose, and always where one is not well.
    private static void MapHealth(
        IEndpointRouteBuilder endpoints,
        string path,
        Func<IReadOnlyList<HealthCheck>> look,
        Func<HttpContext, bool> isHere
    ) =>
        endpoints.MapGet(
            path,
            async context =>
            {
                if (!isHere(context))
                {
                    context.Response.StatusCode = (int)HttpStatusCode.NotFound;
                    return;
                }

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
