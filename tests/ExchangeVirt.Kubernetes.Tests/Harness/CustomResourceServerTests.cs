using System.Net;
using System.Text.Json.Nodes;
using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Access;
using ExchangeVirt.Envtest.Definitions;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Kubernetes.Tests.Harness;

public sealed class CustomResourceServerTests(SharedCustomResourceServer shared)
{
    [Fact]
    public async Task It_is_ready_and_serves_our_kinds()
    {
        var server = await shared.GetAsync();

        Assert.Equal("36", (string?)(await server.Raw.GetAsync("/version")).Body["minor"]);
        await ServedDefinitions.AssertServesOursAsync(server);
    }

    [Fact]
    public async Task Leases_are_there_for_a_typed_client()
    {
        var server = await shared.GetAsync();
        var place = await server.NamespaceAsync();
        var lease = new V1Lease
        {
            // A custom resource has to say what it is; the built-in kind need not.
            ApiVersion = "coordination.k8s.io/v1",
            Kind = "Lease",
            Metadata = new V1ObjectMeta { Name = "leader" },
            Spec = new V1LeaseSpec
            {
                HolderIdentity = "me",
                LeaseDurationSeconds = 15,
                RenewTime = Until.Clock.GetUtcNow().UtcDateTime,
            },
        };

        await server.Admin.CoordinationV1.CreateNamespacedLeaseAsync(lease, place.Name);

        var read = await server.Admin.CoordinationV1.ReadNamespacedLeaseAsync("leader", place.Name);
        Assert.Equal("me", read.Spec.HolderIdentity);
    }

    [Fact]
    public async Task Rules_in_CEL_are_enforced()
    {
        var server = await shared.GetAsync();
        var definition = YamlFiles.Parse(WidgetDefinition.Manifest().ToJsonString())[0];
        definition["metadata"]!["name"] = "gadgets.cel.example";
        definition["spec"]!["group"] = "cel.example";
        definition["spec"]!["names"] = new JsonObject { ["kind"] = "Gadget", ["plural"] = "gadgets" };
        definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["x-kubernetes-validations"] = new JsonArray(
            new JsonObject { ["rule"] = "self.spec.size < 10", ["message"] = "too large" }
        );
        await CustomResourceDefinitions.InstallAsync(server, definition);
        var gadget = WidgetDefinition.Widget("g", 10);
        (gadget["apiVersion"], gadget["kind"]) = ("cel.example/v1", "Gadget");

        var refused = await server.Raw.PostAsync("/apis/cel.example/v1/namespaces/any/gadgets", gadget);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Code);
        Assert.Contains("too large", refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_manager_that_applies_owns_what_it_applied()
    {
        var server = await shared.GetAsync();
        var path = WidgetDefinition.Path((await server.NamespaceAsync()).Name, "w") + "?fieldManager=first";

        (await server.Raw.PatchAsync(path, WidgetDefinition.Widget("w", 1), RawApi.Apply)).Succeeded();
        // What the definition gives a status by default is stored with the first change after the making.
        var first = (await server.Raw.PatchAsync(path, WidgetDefinition.Widget("w", 1), RawApi.Apply)).Succeeded();
        var again = (await server.Raw.PatchAsync(path, WidgetDefinition.Widget("w", 1), RawApi.Apply)).Succeeded();

        Assert.Equal("first", (string?)again["metadata"]!["managedFields"]![0]!["manager"]);
        Assert.Equal((string?)first["metadata"]!["resourceVersion"], (string?)again["metadata"]!["resourceVersion"]);
    }
}
