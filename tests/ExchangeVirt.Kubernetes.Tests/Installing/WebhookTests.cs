using System.Text.Json.Nodes;
using ExchangeVirt.Envtest.Clients;
using ExchangeVirt.Kubernetes.Tests.Estates;

namespace ExchangeVirt.Kubernetes.Tests.Installing;

/// <summary>The API server calls the running operator's webhook, by the configuration that is installed.</summary>
[Collection(nameof(SmallEstateTests))]
public sealed class WebhookTests(SharedInstalledEstate shared)
{
    private const string ClaimedTwice = "virtual-machine-claimed-twice";

    [Fact]
    public async Task The_deletion_of_a_group_with_members_is_refused_and_names_them()
    {
        var estate = await JudgedAsync();

        var refusal = await estate.Kubectl.RunAsync("delete", "exdag", "dag01", "-n", "messaging");

        AssertRefused(refusal, "availability-group-has-members", "ex01", "ex02");
        Assert.NotNull(await estate.GetAsync("databaseavailabilitygroups", InstalledEstate.Messaging, "dag01"));
    }

    [Fact]
    public async Task A_second_declaration_of_one_VM_is_refused_and_names_the_first_whether_it_is_a_dry_run_or_not()
    {
        var estate = await JudgedAsync();
        var twin = Twin("second");

        AssertRefused(await estate.Kubectl.FeedAsync(twin, "apply", "-f", "-"), ClaimedTwice, "EX01", "ex01");
        AssertRefused(
            await estate.Kubectl.FeedAsync(twin, "apply", "--dry-run=server", "-f", "-"),
            ClaimedTwice,
            "EX01",
            "ex01"
        );
        Assert.Null(await estate.GetAsync("exchangevirtualmachines", InstalledEstate.Messaging, "second"));
    }

    [Fact]
    public async Task A_dry_run_of_a_good_manifest_passes_and_stores_nothing()
    {
        var estate = await JudgedAsync();
        var machine = SmallEstate.Machine("ex09", SmallEstate.Member);

        (await estate.Kubectl.FeedAsync(machine, "apply", "--dry-run=server", "-f", "-")).Succeeded();

        Assert.Null(await estate.GetAsync("exchangevirtualmachines", InstalledEstate.Messaging, "ex09"));
    }

    [Fact]
    public async Task The_deletion_of_a_protected_object_is_refused_until_the_annotation_goes()
    {
        var estate = await JudgedAsync();
        const string annotation = "exchangevirt.io/deletion-protection";
        (
            await estate.Kubectl.RunAsync("annotate", "exvm", "ex02", "-n", "messaging", $"{annotation}=true")
        ).Succeeded();
        string[] delete = ["delete", "exvm", "ex02", "-n", "messaging", "--wait=false", "--dry-run=server"];

        AssertRefused(await estate.Kubectl.RunAsync(delete), "deletion-protected", annotation);

        (await estate.Kubectl.RunAsync("annotate", "exvm", "ex02", "-n", "messaging", $"{annotation}-")).Succeeded();
        (await estate.Kubectl.RunAsync(delete)).Succeeded();
    }

    [Fact]
    public async Task What_is_refused_as_a_spec_is_still_let_in_as_a_status_as_finalizers_and_in_deletion()
    {
        var estate = await JudgedAsync();
        // Stored while nobody judged; it may not be written so again.
        await estate.UseWebhookOfNobodyAsync();
        await estate.UntilSoAsync(
            "the twin is stored",
            async () => (await estate.Kubectl.FeedAsync(Twin("twin"), "apply", "-f", "-")).ExitCode == 0
        );
        await JudgedAsync();
        const string path = "/apis/exchangevirt.io/v1alpha1/namespaces/messaging/exchangevirtualmachines/twin";
        var spec = await estate.Plane.Raw.PatchAsync(path, Json("""{"spec":{"virtualMachineName":"EX02"}}"""));
        Assert.Contains(ClaimedTwice, spec.Text, StringComparison.Ordinal);

        // The operator says on the object itself what is wrong, and holds it by its finalizer.
        await estate.UntilSoAsync(
            "the twin's status says that its VM is another's",
            async () => await estate.ConditionAsync("twin", "Ready") is ("False", "OwnedByAnother", _)
        );
        var twin = (await estate.Plane.Raw.GetAsync(path)).Succeeded();
        Assert.Contains(
            "exchangevirt.io/virtual-machine",
            twin["metadata"]!["finalizers"]!.ToJsonString(),
            StringComparison.Ordinal
        );
        (
            await estate.Plane.Raw.PatchAsync(path, Json("""{"metadata":{"finalizers":["tests.example/held"]}}"""))
        ).Succeeded();
        (await estate.Plane.Raw.DeleteAsync(path)).Succeeded();
        (await estate.Plane.Raw.PatchAsync(path, Json("""{"metadata":{"finalizers":null}}"""))).Succeeded();
        await estate.UntilSoAsync(
            "the twin is gone",
            async () => await estate.GetAsync("exchangevirtualmachines", InstalledEstate.Messaging, "twin") is null
        );
    }

    private async Task<InstalledEstate> JudgedAsync()
    {
        var estate = await shared.GetReadyAsync();
        await estate.UseWebhookOfAsync(estate.Replicas[^1]);
        // Servers hear of a changed configuration after a moment.
        await estate.UntilSoAsync(
            "the webhook is asked",
            async () =>
                (await estate.Kubectl.FeedAsync(Twin("asked"), "apply", "--dry-run=server", "-f", "-")).Error.Contains(
                    ClaimedTwice,
                    StringComparison.Ordinal
                )
        );
        return estate;
    }

    private static string Twin(string name) =>
        SmallEstate
            .Machine(name, SmallEstate.Member)
            .Replace(
                $"virtualMachineName: {name.ToUpperInvariant()}",
                "virtualMachineName: EX01",
                StringComparison.Ordinal
            );

    private static JsonNode Json(string text) => JsonNode.Parse(text)!;

    private static void AssertRefused(ToolResult said, params IReadOnlyList<string> words)
    {
        Assert.True(said.ExitCode != 0, said.All);
        Assert.All(words, word => Assert.Contains(word, said.Error, StringComparison.Ordinal));
    }
}
