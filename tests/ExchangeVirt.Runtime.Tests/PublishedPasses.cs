using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using ExchangeVirt.Runtime.Informers;
using ExchangeVirt.Runtime.Kubernetes;
using ExchangeVirt.Runtime.Tests.Directories;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ExchangeVirt.Runtime.Tests;

/// <summary>Runs while no other test does: what a process publishes has no owner by which to tell tests apart.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneInTheProcess
{
    public const string Name = "alone in the process";
}

/// <summary>What passes leave behind for those who watch: counts, spans and log lines.</summary>
[Collection(AloneInTheProcess.Name)]
public sealed class PublishedPasses : IAsyncDisposable
{
    private readonly Estate _estate = new();
    private readonly ScriptedController _script = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Lines _lines = new();
    private readonly MetricsSeen _seen = new("widget");
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ActivityListener _listener;
    private Controller<Widget>? _controller;
    private Task _running = Task.CompletedTask;

    public PublishedPasses()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == RuntimeTracing.SourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) =>
                ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _controller?.Dispose();
        _listener.Dispose();
        _seen.Dispose();
        _stop.Dispose();
        _estate.Dispose();
    }

    [Fact]
    public async Task A_pass_that_did_all_it_could_is_a_success()
    {
        await OnceAsync(static widget => ReconciliationResult<Widget>.Success(widget));

        AssertCounted(success: 1);
        Assert.Contains("controller_runtime_reconcile_time_seconds", _seen.Sums.Keys);
        Assert.Equal(0, _seen.Sums["controller_runtime_active_workers"]);
        Assert.Empty(_lines.All);
        var span = Assert.Single(_spans);
        Assert.Equal("Reconcile Widget", span.OperationName);
        Assert.Null(span.ParentId);
        Assert.Equal(ActivityStatusCode.Unset, span.Status);
        Assert.Equal(
            [
                ("reconcile.kind", "Widget"),
                ("reconcile.name", "a"),
                ("reconcile.namespace", "test"),
                ("reconcile.result", "success"),
            ],
            span.Tags.Select(static tag => (tag.Key, tag.Value!)).Order()
        );
    }

    [Fact]
    public async Task A_pass_that_looks_again_later_is_told_so()
    {
        await OnceAsync(static widget => ReconciliationResult<Widget>.Success(widget, TimeSpan.FromHours(1)));

        AssertCounted(requeueAfter: 1);
    }

    [Fact]
    public async Task A_refusal_of_the_API_server_is_an_error_and_is_told_in_one_line_without_a_stack()
    {
        await OnceAsync(static _ =>
            throw new KubernetesApiException(HttpStatusCode.Forbidden, "Forbidden", "PATCH /apis/w: it may not (403)")
        );

        AssertCounted(error: 1);
        var line = Assert.Single(_lines.All);
        Assert.Equal(LogLevel.Error, line.Level);
        Assert.Null(line.Exception);
        Assert.Contains("PATCH /apis/w: it may not (403)", line.Text, StringComparison.Ordinal);
        var span = Assert.Single(_spans);
        Assert.Equal(ActivityStatusCode.Error, span.Status);
        Assert.Equal(typeof(KubernetesApiException).FullName, span.GetTagItem("error.type"));
        Assert.Equal("error", span.GetTagItem("reconcile.result"));
    }

    [Fact]
    public async Task A_mistake_of_the_program_is_a_panic_and_is_told_with_its_stack()
    {
        await OnceAsync(static _ => throw new InvalidOperationException("a bug"));

        AssertCounted(error: 1, panics: 1);
        Assert.IsType<InvalidOperationException>(Assert.Single(_lines.All).Exception);
    }

    private void AssertCounted(int success = 0, int error = 0, int requeueAfter = 0, int panics = 0)
    {
        Assert.Equal(
            (success, error, 0, requeueAfter),
            (Count(" success"), Count(" error"), Count(" requeue"), Count(" requeue_after"))
        );
        Assert.Equal(error, _seen.Sums["controller_runtime_reconcile_errors_total"]);
        Assert.Equal(panics, _seen.Sums["controller_runtime_reconcile_panics_total"]);

        double Count(string result) => _seen.Sums["controller_runtime_reconcile_total" + result];
    }

    private async Task OnceAsync(Func<Widget, ReconciliationResult<Widget>> pass)
    {
        _script.Reconcile = (widget, _) => Task.FromResult(pass(widget));
        _estate.Declare("a");
        _estate.Settle();
        var informer = new Informer<Widget>(
            _estate.Store,
            new InformerOptions(),
            _estate.Time,
            () => 0,
            NullLogger<Informer<Widget>>.Instance
        );
        _controller = new Controller<Widget>(
            _script,
            [],
            _estate.Store,
            informer,
            new ControllerOptions(),
            _estate.Time,
            () => 0,
            _lines
        );
        var host = new ControllerHost([informer], [_controller], _estate.Time);
        _running = host.RunAsync(_stop.Token);
        await host.Started;
        await Eventually.HoldsAsync(() =>
            _spans.Count == 1
            && _controller.IsIdle
            && _seen.Sums.ContainsKey("controller_runtime_reconcile_time_seconds")
        );
    }

    private sealed class Lines : ILogger<Controller<Widget>>
    {
        public ConcurrentQueue<(LogLevel Level, string Text, Exception? Exception)> All { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => All.Enqueue((logLevel, formatter(state, exception), exception));
    }
}
