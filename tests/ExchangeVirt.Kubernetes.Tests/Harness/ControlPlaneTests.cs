using System.Net;
using System.Text.Json.Nodes;
using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Definitions;
using k8s;

namespace ExchangeVirt.Kubernetes.Tests.Harness;

public sealed class ControlPlaneTests(SharedControlPlane shared)
{
    [Fact]
    public async Task It_is_ready_and_serves_our_kinds()
    {
        var plane = await shared.GetAsync();

        var version = (await plane.Raw.GetAsync("/version")).Body;
        Assert.Equal("v1.20.2", (string?)version["gitVersion"]);
        Assert.Equal(("1", "20"), ((string?)version["major"], (string?)version["minor"]));
        await ServedDefinitions.AssertServesOursAsync(plane);
    }

    [Fact]
    public async Task A_service_account_without_roles_is_refused_and_with_one_is_not()
    {
        var plane = await shared.GetAsync();
        await using var place = await plane.NamespaceAsync();
        await plane.CreateServiceAccountAsync(place.Name, "reader");
        var reader = plane.RawFor(await plane.ServiceAccountKubeconfigAsync(place.Name, "reader"));
        var widgets = WidgetDefinition.Path(place.Name);

        var refused = await reader.GetAsync(widgets);

        Assert.Equal(HttpStatusCode.Forbidden, refused.Code);
        Assert.Contains(
            $"system:serviceaccount:{place}:reader",
            (string?)refused.Body["message"],
            StringComparison.Ordinal
        );

        await AllowAsync(plane, place.Name, "reader", "get", "list");
        await Until.TrueAsync("the role is known", async () => (await reader.GetAsync(widgets)).IsSuccess);
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.PostAsync(widgets, WidgetDefinition.Widget("w", 1))).Code);
    }

    [Fact]
    public async Task A_user_with_a_certificate_is_known_by_name_and_groups()
    {
        var plane = await shared.GetAsync();
        using var anna = new k8s.Kubernetes(
            TestCluster.Configuration(plane.UserKubeconfig("anna", "mail-administrators"))
        );

        var refused = await Assert.ThrowsAsync<k8s.Autorest.HttpOperationException>(() => anna.CoreV1.ListNodeAsync());

        Assert.Equal(HttpStatusCode.Forbidden, refused.Response.StatusCode);
        Assert.Contains("anna", refused.Response.Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_namespace_is_emptied_and_goes()
    {
        var plane = await shared.GetAsync();
        var place = await plane.NamespaceAsync("doomed");
        (await plane.Raw.PostAsync(WidgetDefinition.Path(place.Name), WidgetDefinition.Widget("w", 1))).Succeeded();

        await place.DisposeAsync();

        await Until.TrueAsync(
            "the namespace is gone",
            async () => (await plane.Raw.GetAsync($"/api/v1/namespaces/{place}")).Code is HttpStatusCode.NotFound
        );
        Assert.Empty((await plane.Raw.GetAsync(WidgetDefinition.Path(place.Name))).Succeeded()["items"]!.AsArray());
    }

    [Fact]
    public async Task The_audit_log_tells_who_wrote_what()
    {
        var plane = await shared.GetAsync();
        await using var place = await plane.NamespaceAsync();
        var writer = plane.RawFor(plane.UserKubeconfig($"writer-of-{place}", "system:masters"));
        var path = WidgetDefinition.Path(place.Name, "w");
        (await writer.PostAsync(WidgetDefinition.Path(place.Name), WidgetDefinition.Widget("w", 1))).Succeeded();
        (
            await writer.PatchAsync(
                $"{path}/status",
                new JsonObject { ["status"] = new JsonObject { ["phase"] = "New" } }
            )
        ).Succeeded();
        await writer.GetAsync(path);
        await writer.DeleteAsync(WidgetDefinition.Path(place.Name, "absent"));
        (await writer.DeleteAsync(path)).Succeeded();

        var writes = await plane.Audit.WritesAsync($"writer-of-{place}");

        Assert.Equal(
            ["create widgets w 201", "patch widgets/status w 200", "delete widgets absent 404", "delete widgets w 200"],
            writes.Select(static write =>
                $"{write.Verb} {write.Resource}{(write.Subresource.Length > 0 ? "/" : "")}{write.Subresource} {write.Name} {write.Code}"
            )
        );
        Assert.All(writes, write => Assert.Equal((place.Name, "tests.example"), (write.Namespace, write.Group)));
    }

    [Fact]
    public async Task The_audit_log_tells_of_a_watch_once_when_it_has_ended()
    {
        var plane = await shared.GetAsync();
        await using var place = await plane.NamespaceAsync();
        var user = $"watcher-of-{place}";
        var watcher = plane.RawFor(plane.UserKubeconfig(user, "system:masters"));

        await watcher.GetAsync($"{WidgetDefinition.Path(place.Name)}?watch=true&timeoutSeconds=1");

        var watch = Assert.Single(await plane.Audit.ReadAsync(), entry => entry.User == user);
        Assert.Equal(("watch", "widgets", 200), (watch.Verb, watch.Resource, watch.Code));
    }

    private static async Task AllowAsync(ControlPlane plane, string inNamespace, string account, params string[] verbs)
    {
        var role = $$"""
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: { name: widgets }
            rules: [{ apiGroups: [tests.example], resources: [widgets], verbs: [{{string.Join(", ", verbs)}}] }]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: { name: widgets }
            roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: widgets }
            subjects: [{ kind: ServiceAccount, name: {{account}}, namespace: {{inNamespace}} }]
            """;
        var api = $"/apis/rbac.authorization.k8s.io/v1/namespaces/{inNamespace}";
        var manifests = YamlFiles.Parse(role);
        (await plane.Raw.PostAsync($"{api}/roles", manifests[0])).Succeeded();
        (await plane.Raw.PostAsync($"{api}/rolebindings", manifests[1])).Succeeded();
    }
}
