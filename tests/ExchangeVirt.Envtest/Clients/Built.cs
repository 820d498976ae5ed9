namespace ExchangeVirt.Envtest.Clients;

/// <summary>Finds the project's own programs where the build has put them.</summary>
public static class Built
{
    /// <summary>Gets the folder of <c>exvirt</c>.</summary>
    public static string ExvirtFolder { get; } =
        Checkout.Combine(
            "artifacts",
            "bin",
            "ExchangeVirt.Cli",
            Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar))
        );

    /// <summary>Takes <c>exvirt</c>, as the cluster's administrator.</summary>
    public static Tool Exvirt(TestCluster cluster) =>
        new(Path.Combine(ExvirtFolder, OperatingSystem.IsWindows() ? "exvirt.exe" : "exvirt"), cluster.Home)
        {
            Kubeconfig = cluster.AdminKubeconfig,
        };
}
