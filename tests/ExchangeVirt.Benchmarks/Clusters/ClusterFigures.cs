using System.Diagnostics;
using System.Globalization;
using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Access;
using ExchangeVirt.Kubernetes.Tests.Estates;

namespace ExchangeVirt.Benchmarks.Clusters;

/// <summary>
/// Measures the shipped operator on a real API server (1.20) with simulated hosts behind agents: how fast an estate becomes as
/// declared, what it writes until then and afterwards, and what memory it takes. Everything shares this machine's cores.
/// </summary>
internal sealed class ClusterFigures(LargeEstate large, TimeSpan rest)
{
    private const string Writer = InstalledEstate.Account;

    private static readonly TimeSpan s_patience = TimeSpan.FromHours(1);

    // Looking takes the operator's time too.
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _time = Until.Clock;
    private double _peak;

    public async Task RunAsync()
    {
        using var folder = new TemporaryFolder("figures");
        Say(
            $"{large.Hosts} hosts with {large.Machines} VMs each, {Environment.ProcessorCount} cores for all, {Load()}"
        );
        await using var estate = await InstalledEstate.StartAsync(large.Describe(folder.Combine("hosts")));
        foreach (var manifests in large.Declare(estate.Hosts.Endpoints))
        {
            await estate.ApplyAsync(manifests);
        }

        Say("Declared. The operator starts, and every VM has to be adopted and put right.");
        var cold = await LiveAsync(estate, "operator-0");
        Say("The operator ends and starts again; everything is as declared already.");
        await cold.Process.StopAsync();
        var before = (await estate.Plane.Audit.WritesAsync(Writer)).Count;
        var warm = await LiveAsync(estate, "operator-1");
        TellWrites("written by the second life", (await estate.Plane.Audit.WritesAsync(Writer)).Skip(before));

        var beforeRest = (await estate.Plane.Audit.WritesAsync(Writer)).Count;
        var passes = await PassesAsync(warm);
        var began = _time.GetTimestamp();
        await Until.TrueAsync(
            "the time of rest is over",
            () => Task.FromResult(_time.GetElapsedTime(began) >= rest),
            rest + s_patience,
            s_look
        );
        passes = await PassesAsync(warm) - passes;
        Say($"At rest for {rest.TotalMinutes:0.#} min: {passes:0} passes.");
        TellWrites("written at rest", (await estate.Plane.Audit.WritesAsync(Writer)).Skip(beforeRest));
        Say($"Working set at rest {WorkingSet(warm):0} MB. {Load()}");
    }

    private async Task<Replica> LiveAsync(InstalledEstate estate, string name)
    {
        _peak = 0;
        var before = (await estate.Plane.Audit.WritesAsync(Writer)).Count;
        var began = _time.GetTimestamp();
        var replica = await estate.StartReplicaAsync(name);
        Say($"  ready after {Since(began)}");
        await Until.TrueAsync(
            "every VM is Ready and Synced",
            async () =>
            {
                _peak = Math.Max(_peak, WorkingSet(replica));
                return await InSyncAsync(replica) == large.Count;
            },
            s_patience,
            s_look
        );
        var took = _time.GetElapsedTime(began);
        var passes = await PassesAsync(replica);
        Say($"  all {large.Count} in sync after {Since(began)}");
        var actions = await ActionsAsync(replica);
        Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"  {passes:0} passes, {passes / took.TotalSeconds:0.0}/s; {actions:0} actions; working set up to {_peak:0} MB"
            )
        );
        TellWrites("written meanwhile", (await estate.Plane.Audit.WritesAsync(Writer)).Skip(before));
        return replica;
    }

    private async Task<double> InSyncAsync(Replica replica)
    {
        var seen = new Exposition(await replica.MetricsAsync());
        return Math.Min(Count("Ready"), Count("Synced"));

        double Count(string condition) =>
            seen.Sum("exchangevirt_virtual_machine_condition", $"condition=\"{condition}\"", "status=\"True\"");
    }

    private static async Task<double> PassesAsync(Replica replica) =>
        new Exposition(await replica.MetricsAsync()).Sum("controller_runtime_reconcile_total");

    private static async Task<double> ActionsAsync(Replica replica) =>
        new Exposition(await replica.MetricsAsync()).Sum("exchangevirt_actions_total");

    private static double WorkingSet(Replica replica)
    {
        using var process = Process.GetProcessById(replica.Process.Id);
        return process.WorkingSet64 / 1048576.0;
    }

    private static void TellWrites(string what, IEnumerable<AuditEntry> writes)
    {
        var groups = writes
            .GroupBy(static write =>
                $"{write.Verb} {write.Resource}{(string.IsNullOrEmpty(write.Subresource) ? "" : "/" + write.Subresource)}"
            )
            .OrderByDescending(static group => group.Count())
            .Select(static group => $"{group.Count()} {group.Key}");
        Say($"  {what}: {string.Join(", ", groups.DefaultIfEmpty("nothing"))}");
    }

    private string Since(long began) =>
        string.Create(CultureInfo.InvariantCulture, $"{_time.GetElapsedTime(began).TotalSeconds:0.0} s");

    private static string Load() =>
        File.Exists("/proc/loadavg")
            ? $"load average {File.ReadAllText("/proc/loadavg").Split(' ')[0]}"
            : "load unknown";

    private static void Say(string line) => Console.WriteLine(line);
}
