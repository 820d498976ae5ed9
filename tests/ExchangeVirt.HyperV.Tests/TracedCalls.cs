using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using ExchangeVirt.HyperV.Cim;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace ExchangeVirt.HyperV.Tests;

public sealed class TracedCalls : IDisposable
{
    private const string Namespace = @"root\traced";

    private static readonly CimPath s_target = CimPath.Of(Namespace, "Msvm_Traced", ("Name", "a secret"));

    private readonly ICimSession _inner = Substitute.For<ICimSession>();
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ActivityListener _listener;
    private readonly TracingCimSession _session;

    public TracedCalls()
    {
        _session = new TracingCimSession(_inner);
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == TracingCimSession.SourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) =>
                ActivitySamplingResult.AllDataAndRecorded,
            // Other tests run beside this one.
            ActivityStopped = span =>
            {
                if ((string?)span.GetTagItem("cim.namespace") == Namespace)
                {
                    _spans.Enqueue(span);
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task A_method_is_told_with_what_it_returned()
    {
        _inner
            .InvokeAsync(default!, default!, default!, default)
            .ReturnsForAnyArgs(new CimMethodResult(32773, ImmutableSortedDictionary<string, CimValue>.Empty));

        var answer = await _session.InvokeAsync(
            s_target,
            "Change",
            new Dictionary<string, CimValue> { ["Password"] = CimValue.Text("a secret") },
            CancellationToken.None
        );

        Assert.Equal(32773u, answer.ReturnValue);
        var span = Assert.Single(_spans);
        Assert.Equal("Msvm_Traced.Change", span.OperationName);
        Assert.Equal(ActivityKind.Client, span.Kind);
        Assert.Equal(
            [
                ("cim.class", "Msvm_Traced"),
                ("cim.method", "Change"),
                ("cim.namespace", Namespace),
                ("cim.operation", "Invoke"),
                ("cim.return_value", "32773"),
            ],
            span.TagObjects.Select(static tag => (tag.Key, tag.Value?.ToString() ?? "")).Order()
        );
    }

    [Theory]
    [InlineData("SELECT * FROM Msvm_ComputerSystem WHERE ElementName = 'a secret'", "Query Msvm_ComputerSystem")]
    [InlineData("select Name\n  from  CIM_Thing", "Query CIM_Thing")]
    public async Task Of_a_query_only_the_class_is_told(string wql, string name)
    {
        _inner.QueryAsync(default!, default!, default).ReturnsForAnyArgs([]);

        await _session.QueryAsync(Namespace, wql, CancellationToken.None);

        var span = Assert.Single(_spans);
        Assert.Equal(name, span.OperationName);
        Assert.DoesNotContain(
            span.TagObjects,
            static tag => $"{tag.Value}".Contains("secret", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_call_that_failed_says_how_and_fails_as_before()
    {
        _inner
            .GetAsync(default!, default)
            .ThrowsAsyncForAnyArgs(new CimException(CimError.AccessDenied, "no rights to a secret"));

        await Assert.ThrowsAsync<CimException>(() => _session.GetAsync(s_target, CancellationToken.None));

        var span = Assert.Single(_spans);
        Assert.Equal(("Get Msvm_Traced", ActivityStatusCode.Error), (span.OperationName, span.Status));
        Assert.Equal("AccessDenied", span.GetTagItem("error.type"));
        Assert.Null(span.StatusDescription);
    }
}
