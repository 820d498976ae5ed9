using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ExchangeVirt.Telemetry;

/// <summary>
/// Sends the traces of a process to whoever collects them, where OpenTelemetry's standard variables say where to. Where they
/// do not, no span is made at all.
/// </summary>
/// <remarks>
/// Source of the variables, which choose endpoint, protocol, headers, sampler and batches:
/// https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
/// </remarks>
internal static class OtlpTracing
{
    /// <summary>Begins to send; what was not sent yet is sent when the result is disposed of.</summary>
    /// <param name="service">The name of the service; OTEL_SERVICE_NAME wins over it.</param>
    /// <param name="version">Its version.</param>
    /// <param name="sources">The names of the sources of spans; * stands for any text.</param>
    /// <returns>Null where nobody asked for it.</returns>
    public static IDisposable? Start(string service, string version, params string[] sources)
    {
        if (!IsAskedFor(Environment.GetEnvironmentVariable))
        {
            return null;
        }

        // Else the server's spans say nothing of what was asked and how it was answered.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", isEnabled: false);
        return Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(resource =>
                resource.AddService(service, serviceVersion: version).AddEnvironmentVariableDetector()
            )
            .AddSource(sources)
            .AddProcessor(new ClientSpans())
            .AddOtlpExporter()
            .Build();
    }

    /// <summary>Tells whether the variables name an endpoint and none of them says no.</summary>
    /// <param name="variable">Reads a variable; null where it is not set.</param>
    public static bool IsAskedFor(Func<string, string?> variable)
    {
        string[] endpoints = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];
        return endpoints.Any(name => !string.IsNullOrWhiteSpace(variable(name)))
            && !Says("OTEL_SDK_DISABLED", "true")
            && !Says("OTEL_TRACES_EXPORTER", "none");

        bool Says(string name, string value) =>
            string.Equals(variable(name)?.Trim(), value, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>
    /// Lets no call to another process begin a trace: what belongs to no work (watches that last for hours, renewals of a lease,
    /// the sending of traces itself) would drown what does.
    /// </summary>
    private sealed class ClientSpans : BaseProcessor<Activity>
    {
        private const string Grpc = "Grpc.Net.Client";

        public override void OnStart(Activity data)
        {
            if (data.ParentSpanId == default && (data.Kind is ActivityKind.Client || data.Source.Name is Grpc))
            {
                data.IsAllDataRequested = false;
                data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            }
        }

        public override void OnEnd(Activity data)
        {
            if (data.Source.Name is Grpc && data.GetTagItem("grpc.method") is string method)
            {
                data.DisplayName = method.TrimStart('/');
            }
        }
    }
}
