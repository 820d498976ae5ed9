using ExchangeVirt.Telemetry;

namespace ExchangeVirt.Operator.Tests.Tracing;

public sealed class OtlpTracingTests
{
    [Theory]
    [InlineData("", false)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4317", true)]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://collector:4318/v1/traces", true)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT= ", false)]
    [InlineData("OTEL_SERVICE_NAME=operator", false)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4317 OTEL_SDK_DISABLED=True", false)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4317 OTEL_SDK_DISABLED=false", true)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4317 OTEL_TRACES_EXPORTER=none", false)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4317 OTEL_TRACES_EXPORTER=otlp", true)]
    public void Traces_are_sent_only_where_the_standard_variables_ask_for_it(string variables, bool isAskedFor)
    {
        var set = variables
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(static pair => pair.Split('=', 2))
            .ToDictionary(static pair => pair[0], static pair => pair[1]);

        Assert.Equal(isAskedFor, OtlpTracing.IsAskedFor(set.GetValueOrDefault));
    }
}
