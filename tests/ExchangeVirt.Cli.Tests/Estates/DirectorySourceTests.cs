using ExchangeVirt.Cli.Tests.Support;

namespace ExchangeVirt.Cli.Tests.Estates;

public sealed class DirectorySourceTests
{
    [Fact]
    public async Task A_namespace_keeps_what_is_in_none()
    {
        using var state = new OperatorDirectory(
            Some.Host("hv01"),
            Some.Policy(),
            Some.Machine("ex01"),
            Some.Machine("ex02", inNamespace: "other")
        );

        var all = await Exvirt.RunAsync("get", "--state", state.Path, "-n", "messaging");
        var host = await Exvirt.RunAsync("get", "hvhost", "hv01", "--state", state.Path, "-n", "messaging");
        var status = await Exvirt.RunAsync("status", "--state", state.Path, "-n", "messaging");

        Assert.Contains("hv01", all.Output, StringComparison.Ordinal);
        Assert.Contains("exvm/ex01", all.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("ex02", all.Output, StringComparison.Ordinal);
        Assert.True(host.ExitCode == 0, host.All);
        Assert.Contains("1 host, 0 DAGs, 1 machine", status.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("(built in)", status.Output, StringComparison.Ordinal);
    }
}
