using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Access;

namespace ExchangeVirt.Kubernetes.Tests.Faults;

/// <summary>
/// Writes to every object of ours twice a second: a label and an annotation, and to its status a condition under a name of its
/// own.
/// </summary>
internal sealed class BusyWriter : IAsyncDisposable
{
    public const string Mark = "tests.example/round";
    public const string Condition = "tests.example/Audited";

    private static readonly string[] s_plurals =
    [
        "databaseavailabilitygroups",
        "exchangevirtualmachines",
        "hypervhosts",
        "virtualizationpolicies",
        "virtualmachinemigrations",
    ];

    private readonly RawApi _api;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running = Task.CompletedTask;
    private int _rounds;

    public BusyWriter(TestCluster cluster)
    {
        _api = cluster.RawFor(cluster.UserKubeconfig("busy-writer", "system:masters"));
        _running = RunAsync();
    }

    /// <summary>Gets how often it has written to everything.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public int Rounds =>
        // Whether it met a refusal or waited in vain for an answer.
        _running.IsCompleted && !_stop.IsCancellationRequested
            ? throw new InvalidOperationException("The other writer failed.", FailureOf(_running))
            : Volatile.Read(ref _rounds);

    /// <summary>Gets what it wrote last, by the path of each object.</summary>
    public ConcurrentDictionary<string, string> Written { get; } = new(StringComparer.Ordinal);

    /// <summary>Writes no more.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private static Exception FailureOf(Task running) =>
        (Exception?)running.Exception ?? new TaskCanceledException(running);

    private async Task RunAsync()
    {
        using var twiceASecond = new PeriodicTimer(TimeSpan.FromMilliseconds(500), Until.Clock);
        try
        {
            do
            {
                foreach (var plural in s_plurals)
                {
                    await WriteAsync(plural, $"{_rounds + 1}");
                }

                Interlocked.Increment(ref _rounds);
            } while (await twiceASecond.WaitForNextTickAsync(_stop.Token));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // It was asked to stop.
        }
    }

    private async Task WriteAsync(string plural, string round)
    {
        var list = (await _api.GetAsync($"/apis/exchangevirt.io/v1alpha1/{plural}")).Succeeded();
        foreach (var item in list["items"]!.AsArray())
        {
            var (name, scope) = ((string)item!["metadata"]!["name"]!, (string?)item["metadata"]!["namespace"]);
            var inNamespace = scope is null ? "" : $"namespaces/{scope}/";
            var path = $"/apis/exchangevirt.io/v1alpha1/{inNamespace}{plural}/{name}";
            (
                await _api.PatchAsync(
                    $"{path}?fieldManager=busy-writer",
                    new JsonObject
                    {
                        ["metadata"] = new JsonObject
                        {
                            ["labels"] = new JsonObject { [Mark] = round },
                            ["annotations"] = new JsonObject { [Mark] = round },
                        },
                    }
                )
            ).Succeeded();
            // By apply, so that the list is shared: each owns its own conditions. By force, since up to 1.20 whoever applies the
            // object while its status is written may be put on record as an owner of that.
            (
                await _api.PatchAsync(
                    $"{path}/status?fieldManager=busy-auditor&force=true",
                    new JsonObject
                    {
                        ["apiVersion"] = (string)list["apiVersion"]!,
                        ["kind"] = ((string)list["kind"]!)[..^"List".Length],
                        ["metadata"] = new JsonObject { ["name"] = name },
                        ["status"] = new JsonObject
                        {
                            ["conditions"] = new JsonArray(
                                new JsonObject
                                {
                                    ["type"] = Condition,
                                    ["status"] = "True",
                                    ["reason"] = "Audited",
                                    ["message"] = round,
                                    ["lastTransitionTime"] = "2026-01-01T00:00:00Z",
                                }
                            ),
                        },
                    },
                    RawApi.Apply
                )
            ).Succeeded();
            Written[path] = round;
        }
    }
}
