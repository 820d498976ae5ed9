using ExchangeVirt.Envtest.Assets;

namespace ExchangeVirt.Envtest.Clients;

/// <summary>Finds Helm 4.1.</summary>
public static class Helm
{
    /// <summary>Takes it for what needs no cluster; skips the running test where it cannot be had.</summary>
    public static async Task<Tool> FindAsync(TemporaryFolder folder) =>
        new(await KubectlLayer.RequireAsync("helm"), folder.Folder("home"));

    /// <summary>Takes it as the cluster's administrator; skips the running test where it cannot be had.</summary>
    public static async Task<Tool> FindAsync(TestCluster cluster) =>
        new(await KubectlLayer.RequireAsync("helm"), cluster.Home) { Kubeconfig = cluster.AdminKubeconfig };
}
