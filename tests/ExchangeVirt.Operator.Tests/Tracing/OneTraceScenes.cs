using System.Collections.Concurrent;
using System.Diagnostics;
using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.Operator.Tests.Support;

namespace ExchangeVirt.Operator.Tests.Tracing;

/// <summary>What of a pass can be followed, over the wire, to what was asked of the host.</summary>
[Collection(AloneInTheProcess.Name)]
public sealed class OneTraceScenes : IDisposable
{
    private static readonly string[] s_way =
    [
        "ExchangeVirt.HyperV",
        "ExchangeVirt.Agent",
        "Microsoft.AspNetCore",
        "System.Net.Http",
        "Grpc.Net.Client",
        "ExchangeVirt.Operator",
        "ExchangeVirt.Runtime",
    ];

    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ActivityListener _listener;

    public OneTraceScenes()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => s_way.Contains(source.Name, StringComparer.Ordinal),
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) =>
                ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task One_trace_leads_from_the_pass_through_gRPC_to_the_CIM_call()
    {
        await using var estate = new EstateUnderTest();
        estate.AddHost(
            "hv01",
            EstateUnderTest.Right("ex01") with
            {
                CheckpointType = SimulatedCheckpointType.Standard,
            }
        );
        estate.WritePolicy();
        estate.WriteMachine("ex01");
        await estate.StartAsync();
        await estate.UntilAsync(() => estate.IsInSync("ex01"), "in sync");
        await estate.UntilAsync(() => Asked("DisableCheckpoints") is not null, "the span of the question");

        var question = Asked("DisableCheckpoints")!;
        // A pass ends after the last word that it writes.
        await estate.UntilAsync(
            () =>
                _spans.Any(span =>
                    span.OperationName == "Reconcile ExchangeVirtualMachine" && span.TraceId == question.TraceId
                ),
            "the span of its pass"
        );
        var trace = _spans.Where(span => span.TraceId == question.TraceId).ToDictionary(static span => span.SpanId);
        var call = trace.Values.First(span =>
            span.OperationName == "Msvm_VirtualSystemManagementService.ModifySystemSettings"
            && Way(trace, span).Contains(question)
        );

        Assert.Equal(s_way, Way(trace, call).Select(static span => span.Source.Name).Distinct());
        var pass = Way(trace, call).Last();
        Assert.Equal("Reconcile ExchangeVirtualMachine", pass.OperationName);
        Assert.Equal("ex01", pass.GetTagItem("reconcile.name"));
        Assert.Equal("messaging/ex01", question.GetTagItem("exchangevirt.virtual_machine"));
        Assert.Equal("changed", question.GetTagItem("exchangevirt.result"));
        Assert.Equal("hv01", question.GetTagItem("exchangevirt.host"));
        // A job was started.
        Assert.Equal(4096L, call.GetTagItem("cim.return_value"));

        // Not what was asked or answered: a value may be anything.
        string[] told = ["cim.class", "cim.method", "cim.namespace", "cim.operation", "cim.return_value", "error.type"];
        Assert.DoesNotContain(
            _spans
                .Where(static span => span.Source.Name == "ExchangeVirt.HyperV")
                .SelectMany(static span => span.TagObjects),
            tag => !told.Contains(tag.Key, StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task The_stream_of_a_host_is_no_part_of_the_pass_that_opened_it()
    {
        await using (var estate = new EstateUnderTest())
        {
            estate.AddHost("hv01", EstateUnderTest.Right("ex01"));
            estate.WritePolicy();
            await estate.StartAsync();
            await estate.UntilAsync(() => estate.Plane.Fleet.Host("hv01") is { Reachable: true }, "the host is known");
        }

        var watch = _spans.First(static span =>
            span.GetTagItem("grpc.method") is string method && method.EndsWith("/Watch", StringComparison.Ordinal)
        );
        Assert.Null(watch.ParentId);
    }

    [Fact]
    public async Task What_goes_on_after_its_answer_is_linked_to_the_question()
    {
        await using var estate = new EstateUnderTest();
        var host = EstateUnderTest.Describe(
            "hv01",
            EstateUnderTest.Right("ex01") with
            {
                Checkpoints = [new SimulatedCheckpoint { Name = "before the update" }],
            }
        );
        estate.AddHost(host with { Timings = host.Timings with { MergeSeconds = 60 } });
        estate.WritePolicy();
        estate.WriteMachine("ex01");
        await estate.StartAsync();

        await estate.UntilAsync(() => Named("End MergeCheckpoint") is not null, "the end of the merge");

        var question = Asked("MergeCheckpoint")!;
        var end = Named("End MergeCheckpoint")!;
        Assert.Equal("goes_on", question.GetTagItem("exchangevirt.result"));
        Assert.Equal("changed", end.GetTagItem("exchangevirt.result"));
        Assert.Equal(question.Context, Assert.Single(end.Links).Context);
        Assert.NotEqual(question.TraceId, end.TraceId);
        await estate.UntilAsync(() => Named("Operation MergeCheckpoint") is not null, "the agent's own span");
        Assert.Equal(question.TraceId, Named("Operation MergeCheckpoint")!.TraceId);
    }

    private static List<Activity> Way(Dictionary<ActivitySpanId, Activity> trace, Activity from)
    {
        List<Activity> way = [from];
        while (trace.TryGetValue(way[^1].ParentSpanId, out var parent))
        {
            way.Add(parent);
        }

        return way;
    }

    private Activity? Asked(string action) => Named($"Ask {action}");

    private Activity? Named(string name) => _spans.FirstOrDefault(span => span.OperationName == name);
}
