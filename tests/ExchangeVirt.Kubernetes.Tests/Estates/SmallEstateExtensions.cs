using System.Globalization;
using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Envtest;

namespace ExchangeVirt.Kubernetes.Tests.Estates;

/// <summary>Brings an estate to where the small one is as declared.</summary>
internal static class SmallEstateExtensions
{
    /// <summary>Declares what is missing, starts a replica where none runs, and waits until all is as declared.</summary>
    public static async Task BecomeReadyAsync(this InstalledEstate estate)
    {
        if (estate.Replicas.Count == 0)
        {
            await estate.StartReplicaAsync("operator-0");
        }

        await estate.ApplyAsync(SmallEstate.Manifests(estate.Hosts.Endpoints));
        await estate.UntilAsync("Ready", "True", SmallEstate.Members);
        await estate.UntilAsync("Synced", "True", [.. SmallEstate.Members, SmallEstate.Deletable]);
    }

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
        estate.UntilSoAsync(
            $"{replica.Name} holds the lease",
            async () =>
                await estate.Plane.Raw.GetAsync(
                    $"/apis/coordination.k8s.io/v1/namespaces/{InstalledEstate.System}/leases/exchangevirt-operator"
                )
                    is { IsSuccess: true } answer
                && (string?)answer.Body["spec"]?["holderIdentity"] == replica.Name
        );

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
