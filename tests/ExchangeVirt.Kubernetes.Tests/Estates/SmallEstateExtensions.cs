using System.Globalization;
using System.Text.Json.Nodes;
using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Envtest;

namespace ExchangeVirt.Kubernetes.Tests.Estates;

/// <summary>Brings an estate to where the small one is as declared.</summary>
internal static class SmallEstateExtensions
{
    private const string OfMachines = "controller=\"exchangevirtualmachine\"";

    /// <summary>Declares what is missing, starts a replica where none runs, and waits until all is as declared.</summary>
    public static async Task BecomeReadyAsync(this InstalledEstate estate)
    {
        if (estate.Replicas.Count == 0)
        {
            await estate.StartReplicaAsync("operator-0");
        }

        await estate.ApplyAsync(SmallEstate.Manifests(estate.Hosts.Endpoints));
        // What stands in status may be the word of a leader before.
        await estate.LeaderHasLookedAsync();
        await estate.UntilAsync("Ready", "True", SmallEstate.Members);
        await estate.UntilAsync("Synced", "True", [.. SmallEstate.Members, SmallEstate.Deletable]);
    }

    /// <summary>Waits until the leader of now hears all hosts, and has looked at all VMs since.</summary>
    private static async Task LeaderHasLookedAsync(this InstalledEstate estate)
    {
        var hearing = new Dictionary<string, double>(StringComparer.Ordinal);
        string[] machines = [.. SmallEstate.Members, SmallEstate.Deletable];
        await estate.UntilSoAsync(
            "a replica leads that hears all hosts, and makes passes over all VMs",
            async () =>
            {
                if (await estate.LeaderAsync() is not { } leader)
                {
                    return false;
                }

                var seen = new Exposition(await leader.MetricsAsync());
                if (seen.Sum("exchangevirt_host_reachable") < estate.Hosts.Endpoints.Count)
                {
                    return false;
                }

                var passes = seen.Sum("controller_runtime_reconcile_total", OfMachines);
                if (hearing.TryAdd(leader.Name, passes))
                {
                    // Each is looked at again where somebody wrote to it.
                    await estate.TouchAsync(machines);
                    return false;
                }

                // None of the passes that were asked for is left to be made.
                return passes >= hearing[leader.Name] + machines.Length
                    && seen.Sum("workqueue_depth", OfMachines) == 0
                    && seen.Sum("controller_runtime_active_workers", OfMachines) == 0;
            }
        );
    }

    private static async Task TouchAsync(this InstalledEstate estate, params IReadOnlyList<string> machines) =>
        (
            await estate.Kubectl.RunAsync([
                "label",
                "exvm",
                .. machines,
                "-n",
                InstalledEstate.Messaging,
                "--overwrite",
                $"tests.example/touched={estate.Plane.NewName("touch")}",
            ])
        ).Succeeded();

    /// <summary>Reads a condition of a host.</summary>
    public static async Task<(string? Status, string? Reason, string? Message)> HostConditionAsync(
        this InstalledEstate estate,
        string host,
        string type
    )
    {
        var condition = (await estate.GetAsync("hypervhosts", null, host))
            ?["status"]?["conditions"]?.AsArray()
            .FirstOrDefault(each => (string?)each!["type"] == type);
        return ((string?)condition?["status"], (string?)condition?["reason"], (string?)condition?["message"]);
    }

    /// <summary>Waits until a replica holds the lease.</summary>
    public static Task LeadsAsync(this InstalledEstate estate, Replica replica) =>
        estate.UntilSoAsync($"{replica.Name} holds the lease", async () => await estate.HolderAsync() == replica.Name);

    /// <summary>Finds the replica that holds the lease.</summary>
    /// <returns>Null where none that runs does.</returns>
    private static async Task<Replica?> LeaderAsync(this InstalledEstate estate)
    {
        var holder = await estate.HolderAsync();
        return estate.Replicas.LastOrDefault(each => each.Name == holder && !each.Process.HasExited);
    }

    private static async Task<string?> HolderAsync(this InstalledEstate estate) =>
        (string?)(await estate.LeaseSpecAsync())?["holderIdentity"];

    /// <summary>Reads the operator's Lease.</summary>
    /// <returns>Its spec; null where there is none.</returns>
    public static async Task<JsonNode?> LeaseSpecAsync(this InstalledEstate estate) =>
        await estate.Plane.Raw.GetAsync(
            $"/apis/coordination.k8s.io/v1/namespaces/{InstalledEstate.System}/leases/exchangevirt-operator"
        )
            is { IsSuccess: true } answer
            ? answer.Body["spec"]
            : null;

    /// <summary>Reads the epoch that the installation has come to.</summary>
    public static async Task<InstallationEpoch> EpochAsync(this InstalledEstate estate)
    {
        async Task<string> ReadAsync(string control) =>
            (string)
                (
                    await estate.Plane.Raw.GetAsync(
                        $"/api/v1/namespaces/{InstalledEstate.System}/configmaps/exchangevirt-{control}"
                    )
                ).Succeeded()["data"]!["value"]!;
        return new InstallationEpoch(
            await ReadAsync("installation"),
            ulong.Parse(await ReadAsync("epoch"), CultureInfo.InvariantCulture)
        );
    }

    /// <summary>Waits until something is so, and tells how everything stands if it never is.</summary>
    public static async Task UntilSoAsync(this InstalledEstate estate, string what, Func<Task<bool>> isSo)
    {
        try
        {
            await Until.TrueAsync(what, isSo, TimeSpan.FromMinutes(4));
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message}\n{await estate.DescribeAsync()}", late);
        }
    }
}
