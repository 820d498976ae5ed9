using ExchangeVirt.Envtest.Assets;
using ExchangeVirt.Envtest.Processes;

namespace ExchangeVirt.Envtest.Clients;

/// <summary>Finds kubectl.</summary>
public static class Kubectl
{
    private static readonly ScriptedFolder s_old = new(
        UserCache.Folder("kubectl-1.20"),
        Checkout.Combine("tests", "envtest", "fetch-kubectl.sh"),
        TimeSpan.FromMinutes(10)
    );

    /// <summary>Takes the one on PATH for what needs no cluster; skips the running test where there is none.</summary>
    public static Tool OnPath(TemporaryFolder folder) => new(PathOrSkip(), folder.Folder("home"));

    /// <summary>Takes kubectl 1.35 for what needs no cluster; skips the running test where it cannot be had.</summary>
    public static async Task<Tool> Version135Async(TemporaryFolder folder) =>
        new(await KubectlLayer.RequireAsync("kubectl"), folder.Folder("home"));

    /// <summary>Takes kubectl 1.20 for what needs no cluster; skips the running test where it cannot be had.</summary>
    public static async Task<Tool> Version120Async(TemporaryFolder folder) =>
        new((await s_old.RequireAsync("kubectl"))[0], folder.Folder("home"));

    /// <summary>Takes the one on PATH, as the cluster's administrator; skips the running test where there is none.</summary>
    public static Tool OnPath(TestCluster cluster) =>
        new(PathOrSkip(), cluster.Home) { Kubeconfig = cluster.AdminKubeconfig };

    /// <summary>Takes kubectl 1.35, as the cluster's administrator; skips the running test where it cannot be had.</summary>
    public static async Task<Tool> Version135Async(TestCluster cluster) =>
        new(await KubectlLayer.RequireAsync("kubectl"), cluster.Home) { Kubeconfig = cluster.AdminKubeconfig };

    private static string PathOrSkip()
    {
        var path = Executables.OnPath("kubectl");
        if (path is null)
        {
            Missing.Skip("kubectl: not on PATH. Install it.");
        }

        return path;
    }
}
