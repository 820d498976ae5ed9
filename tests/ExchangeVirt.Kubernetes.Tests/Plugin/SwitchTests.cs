using ExchangeVirt.Envtest;
using ExchangeVirt.Runtime.Kubernetes;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Kubernetes.Tests.Plugin;

[Collection(nameof(PluginTests))]
public sealed class SwitchTests(SharedEstate shared)
{
    [Fact]
    public async Task The_switch_is_pulled_where_the_operator_reads_it_and_released()
    {
        var estate = await shared.GetAsync();
        using var api = ApiConnection.Find(estate.Plane.AdminKubeconfig, context: null, "tests").Connect(Until.Clock);
        var operators = new PauseSwitch(
            new ConfigMapControlState(api, "exchangevirt-system", "tests", static () => 0, Until.Clock)
        );

        var paused = await estate.Exvirt.RunAsync("pause", "--all", "--reason", "a test");
        var seen = await operators.ReadAsync(default);
        var status = await estate.Exvirt.As(estate.Viewer).RunAsync("status");
        var resumed = await estate.Exvirt.RunAsync("resume", "--all");

        Assert.Contains(estate.Plane.Address.Authority, paused.Succeeded(), StringComparison.Ordinal);
        Assert.Equal((true, "a test", Environment.UserName), (seen!.IsPaused, seen.Reason, seen.By));
        Assert.Matches($"(?m)^Paused    EVERYTHING by {Environment.UserName}, [0-9]+s ago: a test$", status.Output);
        Assert.StartsWith("Resumed", resumed.Succeeded(), StringComparison.Ordinal);
        Assert.False((await operators.ReadAsync(default))!.IsPaused);
    }

    [Fact]
    public async Task Whoever_holds_the_role_for_the_switch_needs_no_other()
    {
        var estate = await shared.GetAsync();
        var paula = estate.Exvirt.As(estate.Pauser);

        var paused = await paula.RunAsync("pause", "--all");
        var resumed = await paula.RunAsync("resume", "--all");

        Assert.Equal((0, 0), (paused.ExitCode, resumed.ExitCode));
        Assert.StartsWith("Paused", paused.Output, StringComparison.Ordinal);
        Assert.StartsWith("Resumed", resumed.Output, StringComparison.Ordinal);
        Assert.Equal(("", ""), (paused.Error, resumed.Error));
    }

    [Fact]
    public async Task A_switch_that_nobody_reads_is_no_pause()
    {
        var estate = await shared.GetAsync();

        var paused = await estate.Exvirt.RunAsync("pause", "--all", "--operator-namespace", "messaging");
        var nowhere = await estate.Exvirt.RunAsync("pause", "--all", "--operator-namespace", "not-there");
        await estate.DeleteAsync("configmap", "exchangevirt-pause", "messaging");

        Assert.Equal(1, paused.ExitCode);
        Assert.Contains("No operator ever ran in namespace messaging", paused.Error, StringComparison.Ordinal);
        Assert.Equal(3, nowhere.ExitCode);
        Assert.Contains("--operator-namespace", nowhere.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_may_not_pull_it_hears_which_role_would_let_them()
    {
        var estate = await shared.GetAsync();

        var refused = await estate.Exvirt.As(estate.Viewer).RunAsync("pause", "--all");

        Assert.Equal(3, refused.ExitCode);
        Assert.Empty(refused.Output);
        Assert.Contains(
            "You (vera) may not write configmaps/exchangevirt-pause in namespace exchangevirt-system. The Role exchangevirt-pause gives that right; an "
                + "administrator binds it with: kubectl create rolebinding exchangevirt-pause-vera --role=exchangevirt-pause --user=vera --namespace=exchangevirt-system",
            refused.Error,
            StringComparison.Ordinal
        );
    }
}
