using ExchangeVirt.Envtest.Assets;
using ExchangeVirt.Envtest.Processes;

namespace ExchangeVirt.Envtest.Clients;

/// <summary>Finds kubectl.</summary>
public static class Kubectl
{
    /// <summary>Takes the one on PATH, as the cluster's administrator; skips the running test where there is none.</summary>
    public static Tool OnPath(TestCluster cluster)
    {
        var path = Executables.OnPath("kubectl");
        if (path is null)
        {
            Missing.Skip("kubectl: not on PATH. Install it.");
        }

        return new Tool(path, cluster.Home) { Kubeconfig = cluster.AdminKubeconfig };
    }

    /// <summary>Takes kubectl 1.35, as the cluster's administrator; skips the running test where it cannot be had.</summary>
    public static async Task<Tool> Version135Async(TestCluster cluster) =>
        new(await KubectlLayer.RequireAsync("kubectl"), cluster.Home) { Kubeconfig = cluster.AdminKubeconfig };
}
