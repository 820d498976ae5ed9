using System.Net;
using System.Text.Json.Nodes;
using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Access;
using ExchangeVirt.Envtest.Definitions;

namespace ExchangeVirt.Kubernetes.Tests.Faults;

/// <summary>The definitions of the next version are installed while this version of the operator still runs.</summary>
[Collection(FaultEstateGroup.Name)]
public sealed class UpgradedDefinitionTests(SharedFaultEstate shared)
{
    private const string Machines = "/apis/exchangevirt.io/v1alpha1/namespaces/messaging/exchangevirtualmachines";

    [Fact]
    public async Task A_newer_definition_is_lived_with_and_what_is_not_understood_is_said_on_that_object_alone()
    {
        var estate = await shared.GetAsync();
        await using var replica = await Supervised.StartAsync(
            estate,
            server: null,
            environment: null,
            Supervised.Patient
        );
        await estate.DeclareNewAsync("kept");
        await estate.ConvergedAsync(replica, "kept");
        await estate.DeclareNewAsync("midway");

        try
        {
            await CustomResourceDefinitions.InstallAsync(estate.Plane, NextVersion());
            await DeclareNewerAsync(estate, "odd-word", spec => spec["powerState"] = "Hibernated");
            await DeclareNewerAsync(estate, "odd-field", spec => spec["burst"] = new JsonObject { ["credits"] = 7 });
            await estate.DeclareNewAsync("plain");
            await estate.ConvergedAsync(replica, "midway", "plain");
            await estate.DriftIsCorrectedAsync(replica, "kept");

            await NotUnderstoodAsync(estate, replica, "odd-word", "Hibernated");
            await NotUnderstoodAsync(estate, replica, "odd-field", "burst");
            await estate.AssertNothingWasDoneTwiceAsync("midway", "plain");

            // Once they say what this version knows, they are as any other.
            await CorrectAsync(estate, "odd-word", new JsonObject { ["powerState"] = "Running" });
            await CorrectAsync(estate, "odd-field", new JsonObject { ["burst"] = null });
            await estate.ConvergedAsync(replica, "odd-word", "odd-field");
            Assert.Empty(replica.Ends);
            await estate.AssertNothingWasDoneTwiceAsync("odd-word", "odd-field");
            await estate.AssertOnlyDeclaredOnesWereTouchedAsync();
        }
        finally
        {
            // The tests after this one share the server.
            await CustomResourceDefinitions.InstallOursAsync(estate.Plane);
        }
    }

    // One more optional field in spec and in status, one more word, and one more version that is served.
    private static JsonObject NextVersion()
    {
        var definition = CustomResourceDefinitions
            .Ours()
            .Single(static each => (string?)each["spec"]!["names"]!["kind"] == "ExchangeVirtualMachine")
            .DeepClone()
            .AsObject();
        var versions = definition["spec"]!["versions"]!.AsArray();
        var properties = versions[0]!["schema"]!["openAPIV3Schema"]!["properties"]!;
        var spec = properties["spec"]!["properties"]!;
        spec["powerState"]!["maxLength"] = 16;
        spec["powerState"]!["enum"]!.AsArray().Add("Hibernated");
        spec["burst"] = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject { ["credits"] = new JsonObject { ["type"] = "integer" } },
        };
        properties["status"]!["properties"]!["forecast"] = new JsonObject { ["type"] = "string" };
        var next = versions[0]!.DeepClone();
        next["name"] = "v1alpha2";
        next["storage"] = false;
        versions.Add(next);
        return definition;
    }

    private static async Task DeclareNewerAsync(FaultEstate estate, string name, Action<JsonObject> change)
    {
        var manifest = YamlFiles.Parse(FaultEstate.New(name)).Single();
        change(manifest["spec"]!.AsObject());
        // The new schema is served a moment after it is stored; until then the word is refused.
        await Until.TrueAsync(
            $"{name} is taken",
            async () =>
            {
                var answer = await estate.Plane.Raw.PatchAsync(
                    $"{Machines}/{name}?fieldManager=git&force=true",
                    manifest,
                    RawApi.Apply
                );
                return answer.Code is HttpStatusCode.UnprocessableEntity ? false : answer.Succeeded() is not null;
            }
        );
    }

    private static async Task CorrectAsync(FaultEstate estate, string name, JsonObject spec) =>
        (await estate.Plane.Raw.PatchAsync($"{Machines}/{name}", new JsonObject { ["spec"] = spec })).Succeeded();

    private static async Task NotUnderstoodAsync(FaultEstate estate, Supervised replica, string name, string what)
    {
        await replica.UntilAsync(
            $"{name} says that it is not understood",
            async () =>
                Condition(await estate.MachineAsync(name), "Stalled") is { } stalled
                && (string?)stalled["status"] == "True"
        );
        var ready = Condition(await estate.MachineAsync(name), "Ready")!;
        Assert.Equal(("False", "NotUnderstood"), ((string?)ready["status"], (string?)ready["reason"]));
        Assert.Contains(what, (string?)ready["message"], StringComparison.Ordinal);
        Assert.Null((await estate.MachineAsync(name))["status"]?["virtualMachineId"]);
    }

    private static JsonNode? Condition(JsonNode machine, string type) =>
        machine["status"]?["conditions"]?.AsArray().FirstOrDefault(each => (string?)each!["type"] == type);
}
