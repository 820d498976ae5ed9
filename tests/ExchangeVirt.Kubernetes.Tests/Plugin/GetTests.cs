using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Clients;
using ExchangeVirt.Envtest.Definitions;

namespace ExchangeVirt.Kubernetes.Tests.Plugin;

[Collection(nameof(PluginTests))]
public sealed partial class GetTests(SharedEstate shared)
{
    [Theory]
    [InlineData("exvm", "-n", "messaging")]
    [InlineData("exvm", "-A")]
    [InlineData("exvm", "-n", "messaging", "-o", "wide")]
    [InlineData("exdag", "-n", "messaging")]
    [InlineData("hvhost")]
    [InlineData("hvhost", "-o", "wide")]
    [InlineData("virtpol")]
    [InlineData("exvm", "ex01", "-n", "messaging")]
    public async Task Its_tables_are_kubectls_save_that_nothing_is_a_word(params string[] arguments)
    {
        var estate = await shared.GetAsync();

        var ours = (await estate.Exvirt.RunAsync(["get", .. arguments])).Succeeded();
        var theirs = (await estate.Kubectl.RunAsync(["get", .. arguments])).Succeeded();

        Assert.Equal(Cells(theirs), Cells(ours));
    }

    [Fact]
    public async Task An_object_is_printed_whole_with_fields_that_this_version_does_not_know()
    {
        var estate = await shared.GetAsync();
        var definition = (JsonObject)
            CustomResourceDefinitions
                .Ours()
                .Single(static each => (string?)each["spec"]!["names"]!["plural"] == "exchangevirtualmachines")
                .DeepClone();
        var future = definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!;
        future["properties"]!["fromTheFuture"] = new JsonObject { ["type"] = "string", ["description"] = "A field." };
        await using var place = await estate.Plane.NamespaceAsync("future");
        try
        {
            await CustomResourceDefinitions.InstallAsync(estate.Plane, definition);
            await Until.TrueAsync(
                "the new field is kept",
                async () =>
                {
                    await estate.ApplyAsync(
                        PluginEstate.Machine("ex09", more: "fromTheFuture: now", inNamespace: place.Name)
                    );
                    return (await JsonAsync(estate.Kubectl, place.Name))["spec"]!["fromTheFuture"] is not null;
                }
            );

            var ours = await JsonAsync(estate.Exvirt, place.Name);
            var yaml = (await estate.Exvirt.RunAsync("get", "exvm/ex09", "-n", place.Name, "-o", "yaml")).Succeeded();
            var status = await estate.Exvirt.RunAsync("status", "-n", place.Name);

            Assert.True(JsonNode.DeepEquals(await JsonAsync(estate.Kubectl, place.Name), ours), ours.ToJsonString());
            Assert.Contains("fromTheFuture: now", yaml, StringComparison.Ordinal);
            Assert.Equal(1, status.ExitCode);
            Assert.Contains($"exvm/{place}/ex09", status.Output, StringComparison.Ordinal);
            Assert.Contains("does not fit this version", status.Output, StringComparison.Ordinal);
        }
        finally
        {
            // The tests after this one share the server.
            await CustomResourceDefinitions.InstallOursAsync(estate.Plane);
            await estate.Kubectl.RunAsync("delete", "exvm", "--all", "-n", place.Name);
        }
    }

    [Fact]
    public async Task The_namespace_is_that_of_the_context_where_none_is_named()
    {
        var estate = await shared.GetAsync();

        var inDefault = await estate.Exvirt.RunAsync("get", "exvm");
        var inMessaging = await estate.Exvirt.As(estate.NamespaceViewer).RunAsync("get", "exvm");

        Assert.Equal("No resources found in namespace default.", inDefault.Error.Trim());
        Assert.Matches("(?m)^ex01 +hv02 ", inMessaging.Succeeded());
    }

    [Fact]
    public async Task What_is_not_there_is_named_with_its_place()
    {
        var estate = await shared.GetAsync();

        var missing = await estate.Exvirt.RunAsync("get", "exvm", "ex77", "-n", "messaging");

        Assert.Equal(1, missing.ExitCode);
        Assert.Equal("exvirt: There is no ExchangeVirtualMachine ex77 in namespace messaging.", missing.Error.Trim());
    }

    [Fact]
    public async Task Events_about_our_objects_are_listed_whoever_reports_them()
    {
        var estate = await shared.GetAsync();
        await estate.ApplyAsync(
            """
            apiVersion: events.k8s.io/v1
            kind: Event
            metadata: { name: ex01.1, namespace: messaging }
            eventTime: "2026-01-01T00:00:00.000000Z"
            reportingController: exchangevirt-operator
            reportingInstance: replica-1
            action: Restarting
            reason: Restarting
            type: Normal
            note: "The restart begins."
            regarding: { apiVersion: exchangevirt.io/v1alpha1, kind: ExchangeVirtualMachine, name: ex01, namespace: messaging }
            series: { count: 4, lastObservedTime: "2026-01-01T01:00:00.000000Z" }
            ---
            apiVersion: events.k8s.io/v1
            kind: Event
            metadata: { name: other.1, namespace: messaging }
            eventTime: "2026-01-01T00:00:00.000000Z"
            reportingController: another
            reportingInstance: another-1
            action: Other
            reason: Other
            type: Normal
            note: "Of no concern."
            regarding: { apiVersion: v1, kind: ConfigMap, name: some, namespace: messaging }
            """
        );

        var table = (await estate.Exvirt.RunAsync("get", "events", "-n", "messaging")).Succeeded();
        var json = JsonNode.Parse(
            (await estate.Exvirt.RunAsync("get", "events", "ex01", "-n", "messaging", "-o", "json")).Succeeded()
        )!;

        Assert.Matches("(?m)^[0-9a-z]+ +Normal +Restarting +exvm/ex01 +4 +The restart begins.$", table);
        Assert.DoesNotContain("Of no concern", table, StringComparison.Ordinal);
        Assert.Equal("replica-1", (string?)json["items"]![0]!["reportingInstance"]);
    }

    private static async Task<JsonNode> JsonAsync(Tool tool, string inNamespace) =>
        JsonNode.Parse((await tool.RunAsync("get", "exvm", "ex09", "-n", inNamespace, "-o", "json")).Succeeded())!;

    // What has no value is blank in kubectl's tables, and <none> in ours, so that columns can be counted. Ages go on meanwhile.
    private static IEnumerable<string> Cells(string table) =>
        Ages()
            .Replace(table.Replace("<none>", "", StringComparison.Ordinal), "0s")
            .Split('\n')
            .Select(static line => string.Join('|', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    [GeneratedRegex(@"\b[0-9]+(s|m)([0-9]+s)?\b", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Ages();
}
