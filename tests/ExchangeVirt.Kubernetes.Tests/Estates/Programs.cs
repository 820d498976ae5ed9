using ExchangeVirt.Envtest;

namespace ExchangeVirt.Kubernetes.Tests.Estates;

/// <summary>Names the executables as they are shipped, built beside the tests.</summary>
internal static class Programs
{
    public static string Exvirt => Built("exvirt");

    public static string Operator => Built("exvirt-operator");

    public static string Agent => Built("exvirt-agent");

    private static string Built(string name) =>
        Checkout.Combine(
            "artifacts",
            "bin",
            "ExchangeVirt.Cli",
            Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)),
            OperatingSystem.IsWindows() ? name + ".exe" : name
        );
}
