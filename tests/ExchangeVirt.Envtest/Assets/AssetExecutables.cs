namespace ExchangeVirt.Envtest.Assets;

/// <summary>The executables of a control plane.</summary>
internal sealed record ControlPlaneExecutables(string Etcd, string ApiServer, string ControllerManager)
{
    /// <summary>Finds or builds them; skips the test where they cannot be had.</summary>
    public static async Task<ControlPlaneExecutables> RequireAsync()
    {
        var paths = await EnvtestAssets.RequireAsync("etcd", "kube-apiserver", "kube-controller-manager");
        return new ControlPlaneExecutables(paths[0], paths[1], paths[2]);
    }
}

/// <summary>The executables of a server of custom resources.</summary>
internal sealed record CustomResourceExecutables(string Etcd, string Server)
{
    /// <summary>Finds or builds them; skips the test where they cannot be had.</summary>
    public static async Task<CustomResourceExecutables> RequireAsync()
    {
        var paths = await EnvtestAssets.RequireAsync("etcd", "apiextensions-apiserver");
        return new CustomResourceExecutables(paths[0], paths[1]);
    }
}
