using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Clients;
using ExchangeVirt.Kubernetes.Tests.Estates;

namespace ExchangeVirt.Kubernetes.Tests.Plugin;

[Collection(nameof(PluginTests))]
public sealed class RefusalTests(SharedEstate shared)
{
    [Theory]
    [InlineData(
        "You (norman) may not list exchangevirtualmachines.exchangevirt.io in all namespaces. One namespace alone: --namespace NAME. The ClusterRole exchangevirt-view gives that right; an administrator binds it with: kubectl create clusterrolebinding exchangevirt-view-norman --clusterrole=exchangevirt-view --user=norman",
        "get",
        "exvm",
        "-A"
    )]
    [InlineData(
        "You (norman) may not list exchangevirtualmachines.exchangevirt.io in namespace messaging. The ClusterRole exchangevirt-view gives that right; an administrator binds it with: kubectl create rolebinding exchangevirt-view-norman --clusterrole=exchangevirt-view --user=norman --namespace=messaging",
        "get",
        "exvm",
        "-n",
        "messaging"
    )]
    [InlineData(
        "You (norman) may not get hypervhosts.exchangevirt.io. The ClusterRole exchangevirt-view gives that right",
        "get",
        "hvhost",
        "hv01"
    )]
    [InlineData(
        "You (norman) may not list events.events.k8s.io in namespace messaging.",
        "get",
        "events",
        "-n",
        "messaging"
    )]
    [InlineData("You (norman) may not list hypervhosts.exchangevirt.io.", "status")]
    [InlineData("You (norman) may not list hypervhosts.exchangevirt.io.", "plan", "-A")]
    public async Task Whoever_may_not_hears_what_and_which_role_gives_it(string message, params string[] arguments)
    {
        var estate = await shared.GetAsync();

        var refused = await estate.Exvirt.As(estate.Nobody).RunAsync(arguments);

        Assert.Equal(3, refused.ExitCode);
        Assert.Contains(message, refused.Error, StringComparison.Ordinal);
        Assert.Empty(refused.Output);
    }

    [Fact]
    public async Task What_the_message_advises_gives_the_right()
    {
        var estate = await shared.GetAsync();
        var user = estate.Plane.UserKubeconfig("olga");
        var refused = await estate.Exvirt.As(user).RunAsync("get", "exvm", "-n", "messaging");
        var advice = refused.Error[(refused.Error.IndexOf("kubectl create", StringComparison.Ordinal) + 8)..].Trim();

        (await estate.Kubectl.RunAsync(advice.Split(' '))).Succeeded();

        (await estate.Exvirt.As(user).RunAsync("get", "exvm", "-n", "messaging")).Succeeded();
    }

    [Fact]
    public async Task Of_several_kinds_those_that_may_be_seen_are_shown()
    {
        var estate = await shared.GetAsync();

        var got = await estate.Exvirt.As(estate.NamespaceViewer).RunAsync("get");

        Assert.Equal(3, got.ExitCode);
        Assert.Contains("exvm/ex01", got.Output, StringComparison.Ordinal);
        Assert.Contains("may not list hypervhosts.exchangevirt.io", got.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_out_of_reach_a_bad_token_and_a_missing_context_are_told_apart()
    {
        var estate = await shared.GetAsync();
        using var folder = new TemporaryFolder();
        var config = await File.ReadAllTextAsync(estate.Plane.AdminKubeconfig);
        await File.WriteAllTextAsync(
            folder.Combine("nowhere"),
            config.Replace(estate.Plane.Address.Authority, "127.0.0.1:1", StringComparison.Ordinal)
        );
        await File.WriteAllTextAsync(
            folder.Combine("stranger"),
            string.Join(
                '\n',
                config
                    .Split('\n')
                    .Where(static line => !line.Contains("client-key-data", StringComparison.Ordinal))
                    .Select(static line =>
                        line.Contains("client-certificate-data", StringComparison.Ordinal) ? "    token: wrong" : line
                    )
            )
        );
        await File.WriteAllTextAsync(folder.Combine("broken"), "this: is: no kubeconfig");

        var nowhere = await estate.Exvirt.RunAsync("status", "--kubeconfig", folder.Combine("nowhere"));
        var stranger = await estate.Exvirt.RunAsync("status", "--kubeconfig", folder.Combine("stranger"));
        var context = await estate.Exvirt.RunAsync("status", "--context", "other");
        var broken = await estate.Exvirt.RunAsync("status", "--kubeconfig", folder.Combine("broken"));
        var missing = await estate.Exvirt.RunAsync("status", "--kubeconfig", folder.Combine("not-there"));

        Assert.All([nowhere, stranger, context, broken, missing], each => Assert.True(each.ExitCode == 3, each.All));
        Assert.All(
            [nowhere, stranger, context, broken, missing],
            each => Assert.DoesNotContain("   at ", each.Error, StringComparison.Ordinal)
        );
        Assert.Contains(
            "The API server https://127.0.0.1:1 (context test) does not answer: Connection refused",
            nowhere.Error,
            StringComparison.Ordinal
        );
        Assert.Contains("does not accept these credentials", stranger.Error, StringComparison.Ordinal);
        Assert.Contains("other", context.Error, StringComparison.Ordinal);
        Assert.Contains("The kubeconfig cannot be used", broken.Error, StringComparison.Ordinal);
        Assert.Contains("not-there", missing.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_definitions_it_says_how_to_install_them()
    {
        await using var empty = await CustomResourceServer.StartAsync();
        var exvirt = Tool.Own(Programs.Exvirt, empty);

        var list = await exvirt.RunAsync("get", "exvm", "-A");
        var one = await exvirt.RunAsync("get", "exvm", "ex01", "-n", "messaging");

        foreach (var refused in (ToolResult[])[list, one])
        {
            Assert.Equal(3, refused.ExitCode);
            Assert.Contains(
                "does not serve exchangevirtualmachines of exchangevirt.io/v1alpha1: the custom resource definitions are not installed.",
                refused.Error,
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public async Task Deleting_is_left_to_kubectl_and_its_outcome_told()
    {
        var estate = await shared.GetAsync();

        var machine = await estate.Exvirt.As(estate.Viewer).RunAsync("delete", "exvm/ex01", "-n", "messaging");
        var group = await estate.Exvirt.RunAsync("delete", "exdag", "dag01", "-n", "messaging");

        Assert.Equal((64, 64), (machine.ExitCode, group.ExitCode));
        Assert.Contains("  kubectl delete exvm ex01 --namespace messaging", machine.Output, StringComparison.Ordinal);
        Assert.Contains("deletionPolicy is Retain", machine.Output, StringComparison.Ordinal);
        Assert.Contains("It would be refused", group.Output, StringComparison.Ordinal);
        Assert.Contains("availability-group-has-members", group.Output, StringComparison.Ordinal);
        (await estate.Kubectl.RunAsync("get", "exvm", "ex01", "-n", "messaging")).Succeeded();
    }

    [Fact]
    public async Task The_operators_version_is_what_its_Deployment_says()
    {
        var estate = await shared.GetAsync();
        var before = (await estate.Exvirt.RunAsync("version")).Succeeded();
        await estate.ApplyAsync(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: { name: exchangevirt-operator, namespace: exchangevirt-system, labels: { app.kubernetes.io/name: exchangevirt-operator } }
            spec:
              selector: { matchLabels: { app: it } }
              template:
                metadata: { labels: { app: it } }
                spec: { containers: [{ name: operator, image: "registry.example:5000/exchangevirt-operator:9.8.7" }] }
            """
        );

        var after = (await estate.Exvirt.RunAsync("version")).Succeeded();
        var unseen = (await estate.Exvirt.As(estate.Viewer).RunAsync("version")).Succeeded();
        var client = (await estate.Exvirt.RunAsync("version", "--client")).Succeeded();
        await estate.DeleteAsync("deployment", "exchangevirt-operator", "exchangevirt-system");

        Assert.Contains("operator not known: no Deployment", before, StringComparison.Ordinal);
        Assert.Contains("operator 9.8.7 (Deployment exchangevirt-operator)", after, StringComparison.Ordinal);
        Assert.Contains("You (vera) may not list deployments.apps", unseen, StringComparison.Ordinal);
        Assert.Single(client.Trim().Split('\n'));
    }
}
