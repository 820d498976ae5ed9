using System.Net;
using ExchangeVirt.Domain.Tests.Planning;
using ExchangeVirt.Operator.Controllers;
using ExchangeVirt.Operator.Tests.Support;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime;
using ExchangeVirt.Runtime.Kubernetes;
using ExchangeVirt.Runtime.Stores;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace ExchangeVirt.Operator.Tests.Reporting;

public sealed class FailureReportingTests
{
    private readonly IResourceStore _store = Substitute.For<IResourceStore>();
    private readonly IEntityController<HyperVHost> _inner = Substitute.For<IEntityController<HyperVHost>>();
    private readonly FailureReporting<HyperVHost, HyperVHostStatus> _reporting;
    private readonly HyperVHost _stored = Host();

    public FailureReportingTests()
    {
        _reporting = new FailureReporting<HyperVHost, HyperVHostStatus>(
            _inner,
            _store,
            new FakeTimeProvider(Some.Now),
            NullLogger<FailureReporting<HyperVHost, HyperVHostStatus>>.Instance
        );
        _store.GetAsync<HyperVHost>(new ResourceKey(null, "hv01"), default).Returns(_stored);
    }

    [Fact]
    public async Task A_pass_that_fails_says_so_for_the_generation_that_it_was_made_for()
    {
        Fail(new InvalidCastException("no such cast"));

        await Assert.ThrowsAsync<InvalidCastException>(() => _reporting.ReconcileAsync(Host(), default));

        await _store.Received(1).UpdateStatusAsync(_stored, default);
        var status = _stored.Status!;
        Assert.Equal(Kstatus.InProgress, Kstatus.Compute(7, deleted: false, status));
        Assert.Equal(7, status.ObservedGeneration);
        Assert.Equal("0.13.0", status.AgentVersion);
        var conditions = status.Conditions!.ToDictionary(static one => one.Type);
        Assert.Equal(["Dedicated", "Ready", "Reconciling"], conditions.Keys);
        Assert.Equal(("False", "PassFailed", 7L), Of(conditions["Ready"]));
        Assert.Contains("no such cast", conditions["Ready"].Message, StringComparison.Ordinal);
        Assert.Equal(("True", "NoneFound", 6L), Of(conditions["Dedicated"]));
    }

    [Fact]
    public async Task It_is_said_once_however_the_text_differs()
    {
        Fail(new InvalidCastException("first"));
        await Assert.ThrowsAsync<InvalidCastException>(() => _reporting.ReconcileAsync(Host(), default));
        Fail(new InvalidCastException("second"));
        await Assert.ThrowsAsync<InvalidCastException>(() => _reporting.ReconcileAsync(Host(), default));

        await _store.Received(1).UpdateStatusAsync(_stored, default);
    }

    [Fact]
    public async Task A_conflict_is_no_failure()
    {
        Fail(new ResourceConflictException("changed"));

        await Assert.ThrowsAsync<ResourceConflictException>(() => _reporting.ReconcileAsync(Host(), default));

        await _store.DidNotReceiveWithAnyArgs().UpdateStatusAsync<HyperVHost>(null!, default);
    }

    public static TheoryData<Exception, bool> Answers =>
        new()
        {
            { new HttpRequestException("connection reset"), false },
            { new TimeoutException("no answer within 30 s"), false },
            { Refusal(HttpStatusCode.ServiceUnavailable), false },
            { Refusal(HttpStatusCode.TooManyRequests), false },
            { Refusal(HttpStatusCode.Forbidden), true },
            { Refusal(HttpStatusCode.UnprocessableEntity), true },
        };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task A_refusal_is_said_and_a_server_that_is_away_for_a_moment_is_not(Exception answer, bool isSaid)
    {
        Fail(answer);

        await Assert.ThrowsAnyAsync<Exception>(() => _reporting.ReconcileAsync(Host(), default));

        await _store.Received(isSaid ? 1 : 0).UpdateStatusAsync(Arg.Any<HyperVHost>(), default);
    }

    [Fact]
    public async Task Where_the_store_is_what_failed_the_first_failure_is_told()
    {
        Fail(new InvalidCastException("the first"));
        _store.UpdateStatusAsync(_stored, default).ThrowsAsync(new HttpRequestException("the second"));

        var told = await Assert.ThrowsAsync<InvalidCastException>(() => _reporting.ReconcileAsync(Host(), default));

        Assert.Equal("the first", told.Message);
    }

    [Fact]
    public async Task A_finalizer_that_fails_says_so_too()
    {
        var finalizer = Substitute.For<IEntityFinalizer<HyperVHost>>();
        finalizer.Identifier.Returns("exchangevirt.io/test");
        finalizer.FinalizeAsync(Arg.Any<HyperVHost>(), default).ThrowsAsync(new InvalidCastException("no such cast"));

        var around = _reporting.Around(finalizer);

        Assert.Equal("exchangevirt.io/test", around.Identifier);
        await Assert.ThrowsAsync<InvalidCastException>(() => around.FinalizeAsync(Host(), default));
        await _store.Received(1).UpdateStatusAsync(_stored, default);
    }

    private static KubernetesApiException Refusal(HttpStatusCode status) =>
        new(status, "Because", "The server said no.");

    private void Fail(Exception exception) =>
        _inner.ReconcileAsync(Arg.Any<HyperVHost>(), default).ThrowsAsync(exception);

    private static (string, string, long?) Of(StatusCondition condition) =>
        (condition.Status, condition.Reason, condition.ObservedGeneration);

    private static HyperVHost Host() =>
        new()
        {
            Metadata = new V1ObjectMeta { Name = "hv01", Generation = 7 },
            Spec = new HyperVHostSpec { Agent = new AgentSpec { Endpoint = "https://hv01:7443" } },
            Status = new HyperVHostStatus
            {
                ObservedGeneration = 6,
                AgentVersion = "0.13.0",
                Conditions =
                [
                    Condition("Dedicated", "True", "NoneFound"),
                    Condition("Ready", "False", "Invalid"),
                    Condition("Stalled", "True", "Invalid"),
                ],
            },
        };

    private static StatusCondition Condition(string type, string status, string reason) =>
        new()
        {
            Type = type,
            Status = status,
            Reason = reason,
            Message = "m",
            ObservedGeneration = 6,
            LastTransitionTime = Some.Now,
        };
}
