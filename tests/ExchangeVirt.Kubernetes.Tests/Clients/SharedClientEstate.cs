using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Clients;
using ExchangeVirt.Kubernetes.Tests.Estates;

namespace ExchangeVirt.Kubernetes.Tests.Clients;

/// <summary>
/// The sample estate as it stands once everything that fits is Ready, for tests that look at it with clients that are not
/// ours; started when the first of them asks.
/// </summary>
public sealed class SharedClientEstate : IAsyncDisposable
{
    /// <summary>The versions of kubectl.</summary>
    public static readonly string[] Versions = ["on PATH", "1.35"];

    private static readonly string[] s_fitting = ["ex01", "ex02", "ex03", "ex04", "edge01", "edge02", "mbx01"];

    private readonly Once<InstalledEstate> _estate;

    public SharedClientEstate() => _estate = new Once<InstalledEstate>(StartAsync);

    /// <summary>Gets what kubectl found to differ after the estate was applied, before the operator had seen it.</summary>
    internal ToolResult? DifferencesBeforeTheOperator { get; private set; }

    internal Task<InstalledEstate> GetAsync() => _estate.GetAsync();

    /// <summary>Gets the estate with kubectl; skips the test where that version cannot be had.</summary>
    internal async Task<(InstalledEstate Estate, Tool Kubectl)> WithKubectlAsync(string version)
    {
        var estate = await GetAsync();
        return (estate, version == "1.35" ? await Kubectl.Version135Async(estate.Plane) : estate.Kubectl);
    }

    /// <summary>Gets the folder of manifests as they were applied.</summary>
    internal static string Manifests(InstalledEstate estate) => Path.Combine(estate.Deliverables, "contoso");

    public ValueTask DisposeAsync() => _estate.DisposeAsync();

    private async Task<InstalledEstate> StartAsync()
    {
        var estate = await InstalledEstate.StartAsync();
        try
        {
            await estate.ApplySampleAsync();
            await estate.ApplyAsync(
                """
                apiVersion: exchangevirt.io/v1alpha1
                kind: VirtualMachineMigration
                metadata: { name: ex01-away, namespace: messaging }
                spec: { virtualMachineRef: { name: ex01 }, targetHost: hv02, method: Live }
                """
            );
            DifferencesBeforeTheOperator = await estate.Kubectl.RunAsync("diff", "-f", Manifests(estate));
            await estate.StartReplicaAsync("operator-0");
            await estate.UntilAsync("Ready", "True", s_fitting);
            await estate.UntilAsync("Synced", "True", s_fitting);
            await Until.TrueAsync(
                "mbx02 says that it fits nowhere",
                async () => (await estate.ConditionAsync("mbx02", "Ready")).Reason == "NoHostFits"
            );
        }
        catch
        {
            await estate.DisposeAsync();
            throw;
        }

        return estate;
    }
}

/// <summary>The tests that share the estate.</summary>
[CollectionDefinition(nameof(ClientEstate))]
public sealed class ClientEstate : ICollectionFixture<SharedClientEstate>;
