using System.Collections.Immutable;
using ExchangeVirt.HyperV.Calls;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace ExchangeVirt.HyperV.Tests;

public sealed class JobTests : IAsyncDisposable
{
    private static readonly CimPath s_service = CimPath.Of(Cims.Namespace, "Msvm_VirtualSystemManagementService");

    private readonly FakeTimeProvider _time = TestTime.New();
    private readonly InterceptingSession _session = new();

    public ValueTask DisposeAsync() => _session.DisposeAsync();

    [Fact]
    public async Task A_method_that_returns_0_is_done_without_a_job()
    {
        _session.OnInvoke = (_, _) => Cims.Answer(0);

        var outcome = await InvokeAsync();

        Assert.False(outcome.Vanished);
        Assert.Null(outcome.Warning);
        Assert.Equal(1, _session.Calls);
    }

    [Fact]
    public async Task A_job_is_awaited_until_its_final_state()
    {
        _session.OnInvoke = (_, _) => Cims.JobStarted();
        var states = new Queue<ushort>([2, 3, 4, 4, 6, 7]);
        _session.OnGet = _ => Cims.Job(states.Dequeue());

        var outcome = await InvokeAsync();

        Assert.Empty(states);
        Assert.False(outcome.Vanished);
    }

    [Fact]
    public async Task Waiting_backs_off_to_one_look_per_second()
    {
        _session.OnInvoke = (_, _) => Cims.JobStarted();
        List<TimeSpan> looks = [];
        var started = _time.GetUtcNow();
        _session.OnGet = _ =>
        {
            looks.Add(_time.GetUtcNow() - started);
            return Cims.Job(looks.Count < 12 ? (ushort)4 : (ushort)7);
        };

        await InvokeAsync();

        var gaps = looks.Zip(looks.Skip(1), static (before, after) => (after - before).TotalMilliseconds).ToList();
        Assert.True(gaps[0] < 300, $"the first look again came after {gaps[0]} ms");
        Assert.All(gaps.Skip(5), gap => Assert.InRange(gap, 1000, 1300));
    }

    [Fact]
    public async Task Completed_with_warnings_is_success_and_says_the_warning()
    {
        _session.OnInvoke = (_, _) => Cims.JobStarted();
        _session.OnGet = _ => Cims.Job(32768, description: "The integration services are out of date.");

        Assert.Equal("The integration services are out of date.", (await InvokeAsync()).Warning);
    }

    [Fact]
    public async Task A_job_that_vanished_leaves_the_decision_to_the_target()
    {
        _session.OnInvoke = (_, _) => Cims.JobStarted();
        _session.OnGet = _ => throw new CimException(CimError.NotFound, "gone");

        Assert.True((await InvokeAsync()).Vanished);
    }

    [Fact]
    public async Task A_job_that_cannot_be_followed_leaves_the_outcome_unknown()
    {
        _session.OnInvoke = (_, _) => Cims.JobStarted();
        _session.OnGet = _ => throw new CimException(CimError.Unreachable, "RPC");

        var failure = await Assert.ThrowsAsync<HyperVException>(InvokeAsync);

        Assert.Equal((FaultKind.OutcomeUnknown, "JobLost"), (failure.Kind, failure.Reason));
    }

    [Theory]
    [InlineData(10, 32768, FaultKind.Failed, "HyperVFailed")]
    [InlineData(10, 32775, FaultKind.FailedPrecondition, "InvalidState")]
    [InlineData(10, 32774, FaultKind.Busy, "SystemInUse")]
    [InlineData(10, 32779, FaultKind.NotFound, "FileNotFound")]
    [InlineData(8, 0, FaultKind.Failed, "HyperVFailed")]
    [InlineData(9, 0, FaultKind.Failed, "HyperVFailed")]
    [InlineData(7, 32768, FaultKind.Failed, "HyperVFailed")]
    public async Task A_failed_job_says_its_texts_and_its_code(ushort state, ushort code, FaultKind kind, string reason)
    {
        _session.OnInvoke = (_, method) => method == "GetErrorEx" ? Cims.Answer(0) : Cims.JobStarted();
        _session.OnGet = _ => Cims.Job(state, code, "The memory device cannot be changed.");

        var failure = await Assert.ThrowsAsync<HyperVException>(InvokeAsync);

        Assert.Equal((kind, reason), (failure.Kind, failure.Reason));
        Assert.Contains("Trying it", failure.Message, StringComparison.Ordinal);
        Assert.Contains("The memory device cannot be changed.", failure.Message, StringComparison.Ordinal);
        Assert.Equal(code, failure.ReturnCode);
    }

    [Fact]
    public async Task A_job_that_outlasts_the_deadline_leaves_the_outcome_unknown_and_is_not_touched()
    {
        _session.OnInvoke = (_, _) => Cims.JobStarted();
        _session.OnGet = _ => Cims.Job(4);

        var failure = await Assert.ThrowsAsync<HyperVException>(() => InvokeAsync(TimeSpan.FromMinutes(1)));

        Assert.Equal((FaultKind.OutcomeUnknown, "JobStillRunning"), (failure.Kind, failure.Reason));
        Assert.Equal(["Modify"], _session.Invoked.Select(static call => call.Method));
    }

    [Fact]
    public async Task Cancelling_ends_the_wait_and_never_the_job()
    {
        using CancellationTokenSource cancelling = new();
        _session.OnInvoke = (_, _) => Cims.JobStarted();
        var looks = 0;
        _session.OnGet = _ =>
        {
            if (++looks == 3)
            {
                cancelling.Cancel();
            }

            return Cims.Job(4);
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => InvokeAsync(null, cancelling.Token));

        Assert.Equal(["Modify"], _session.Invoked.Select(static call => call.Method));
    }

    [Theory]
    [InlineData(1, FaultKind.Failed, "NotSupported")]
    [InlineData(2, FaultKind.Failed, "HyperVFailed")]
    [InlineData(3, FaultKind.OutcomeUnknown, "TimedOut")]
    [InlineData(4, FaultKind.InvalidArgument, "InvalidParameter")]
    [InlineData(5, FaultKind.FailedPrecondition, "InvalidState")]
    [InlineData(6, FaultKind.InvalidArgument, "InvalidParameter")]
    [InlineData(32768, FaultKind.Failed, "HyperVFailed")]
    [InlineData(32769, FaultKind.Unavailable, "AccessDenied")]
    [InlineData(32770, FaultKind.Failed, "NotSupported")]
    [InlineData(32771, FaultKind.OutcomeUnknown, "StatusUnknown")]
    [InlineData(32772, FaultKind.OutcomeUnknown, "TimedOut")]
    [InlineData(32773, FaultKind.InvalidArgument, "InvalidParameter")]
    [InlineData(32774, FaultKind.Busy, "SystemInUse")]
    [InlineData(32775, FaultKind.FailedPrecondition, "InvalidState")]
    [InlineData(32776, FaultKind.InvalidArgument, "InvalidParameter")]
    [InlineData(32777, FaultKind.Unavailable, "SystemNotAvailable")]
    [InlineData(32778, FaultKind.Failed, "OutOfMemory")]
    [InlineData(32779, FaultKind.NotFound, "FileNotFound")]
    [InlineData(40000, FaultKind.Failed, "HyperVFailed")]
    public async Task Both_families_of_return_codes_are_understood(uint code, FaultKind kind, string reason)
    {
        _session.OnInvoke = (_, _) => Cims.Answer(code);

        var failure = await Assert.ThrowsAsync<HyperVException>(InvokeAsync);

        Assert.Equal((kind, reason, (long?)code), (failure.Kind, failure.Reason, failure.ReturnCode));
    }

    [Theory]
    [InlineData(CimError.AccessDenied, FaultKind.Unavailable, "AccessDenied")]
    [InlineData(CimError.Unreachable, FaultKind.OutcomeUnknown, "AnswerLost")]
    [InlineData(CimError.TimedOut, FaultKind.OutcomeUnknown, "AnswerLost")]
    [InlineData(CimError.ServerIsShuttingDown, FaultKind.OutcomeUnknown, "AnswerLost")]
    [InlineData(CimError.ProviderLoadFailure, FaultKind.Unavailable, "ManagementServiceNotSeen")]
    [InlineData(CimError.InvalidParameter, FaultKind.InvalidArgument, "InvalidParameter")]
    [InlineData(CimError.NotFound, FaultKind.NotFound, "NotFound")]
    [InlineData(CimError.ServerLimitsExceeded, FaultKind.Unavailable, "WmiQuotaExceeded")]
    public async Task A_call_whose_answer_was_lost_may_have_been_carried_out(
        CimError error,
        FaultKind kind,
        string reason
    )
    {
        _session.OnInvoke = (_, _) => throw new CimException(error, "no");

        var failure = await Assert.ThrowsAsync<HyperVException>(InvokeAsync);

        Assert.Equal((kind, reason), (failure.Kind, failure.Reason));
    }

    private Task<CallOutcome> InvokeAsync() => InvokeAsync(null);

    private Task<CallOutcome> InvokeAsync(TimeSpan? deadline, CancellationToken cancellationToken = default)
    {
        HyperVCalls calls = new(
            _session,
            _time,
            new HyperVDriverOptions
            {
                NewGuid = static () => Guid.Empty,
                Installation = static () => "here",
                JobDeadline = deadline ?? TimeSpan.FromHours(1),
            }
        );
        return _time.DriveAsync(
            calls.InvokeAsync(
                "Trying it",
                s_service,
                "Modify",
                ImmutableDictionary<string, CimValue>.Empty,
                cancellationToken
            )
        );
    }
}
