using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using ExchangeVirt.Deploy.Tests.Support;
using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Clients;
using ExchangeVirt.Envtest.Definitions;

namespace ExchangeVirt.Deploy.Tests;

public sealed class KustomizeTests
{
    /// <summary>An overlay as a user writes one, with the component for Prometheus' operator.</summary>
    private const string OwnOverlay = """
        apiVersion: kustomize.config.k8s.io/v1beta1
        kind: Kustomization
        resources: [../cert-manager]
        components: [../../components/monitoring]
        images: [{ name: exchangevirt-operator, newName: registry.example/exchangevirt-operator, newTag: 1.2.3 }]
        """;

    public static TheoryData<string> Overlays => ["cert-manager", "exvirt-certs", "old-servers", "own"];

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task An_overlay_installs_an_operator_that_is_confined_and_whole(string overlay)
    {
        using var files = new Overlays();
        files.Write("own", OwnOverlay);

        var manifests = await files.BuildAsync(Kubectl.OnPath(files.Folder), overlay);

        ManifestChecks.Check(manifests);
        Assert.Equal(ManifestChecks.Plurals, Definitions(manifests));
        manifests.One("Namespace", "exchangevirt-system");
    }

    [Fact]
    public async Task An_overlay_of_a_user_names_his_image_and_adds_monitoring()
    {
        using var files = new Overlays();
        files.Write("own", OwnOverlay);

        var manifests = await files.BuildAsync(Kubectl.OnPath(files.Folder), "own");

        Assert.Equal(
            "registry.example/exchangevirt-operator:1.2.3",
            (string?)manifests.One("Deployment")["spec"]!["template"]!["spec"]!["containers"]![0]!["image"]
        );
        manifests.One("ServiceMonitor");
        manifests.One("PrometheusRule");
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task A_newer_kubectl_builds_the_same(string overlay)
    {
        using var files = new Overlays();
        files.Write("own", OwnOverlay);
        var newer = await files.BuildAsync(await Kubectl.Version135Async(files.Folder), overlay);

        AssertSameObjects(await files.BuildAsync(Kubectl.OnPath(files.Folder), overlay), newer);
    }

    [Fact]
    public async Task The_overlay_for_old_servers_is_built_by_the_kubectl_of_its_time()
    {
        using var files = new Overlays();
        var old = await files.BuildAsync(await Kubectl.Version120Async(files.Folder), "old-servers");

        ManifestChecks.Check(old);
        AssertSameObjects(await files.BuildAsync(Kubectl.OnPath(files.Folder), "old-servers"), old);
    }

    [Fact]
    public async Task Old_servers_get_no_kind_that_they_do_not_know()
    {
        using var files = new Overlays();

        var manifests = await files.BuildAsync(Kubectl.OnPath(files.Folder), "old-servers");

        Assert.Equal("policy/v1beta1", (string?)manifests.One("PodDisruptionBudget")["apiVersion"]);
        Assert.Empty(
            manifests
                .All.Select(static one => (string)one["apiVersion"]!)
                .Distinct(StringComparer.Ordinal)
                .Except(
                    [
                        "v1",
                        "apps/v1",
                        "policy/v1beta1",
                        "networking.k8s.io/v1",
                        "rbac.authorization.k8s.io/v1",
                        "admissionregistration.k8s.io/v1",
                        "apiextensions.k8s.io/v1",
                    ],
                    StringComparer.Ordinal
                )
        );
    }

    [Fact]
    public async Task The_operator_has_exactly_the_rights_that_it_uses()
    {
        using var files = new Overlays();

        var manifests = await files.BuildAsync(Kubectl.OnPath(files.Folder), "cert-manager");

        Assert.Equal(
            [
                "apiextensions.k8s.io customresourcedefinitions get [exchangevirtualmachines.exchangevirt.io]",
                "events.k8s.io events create get patch",
                "exchangevirt.io databaseavailabilitygroups get list watch",
                "exchangevirt.io databaseavailabilitygroups/status patch",
                "exchangevirt.io exchangevirtualmachines get list watch",
                "exchangevirt.io exchangevirtualmachines patch",
                "exchangevirt.io exchangevirtualmachines/status patch",
                "exchangevirt.io hypervhosts get list watch",
                "exchangevirt.io hypervhosts/status patch",
                "exchangevirt.io virtualizationpolicies get list watch",
                "exchangevirt.io virtualizationpolicies/status patch",
                "exchangevirt.io virtualmachinemigrations get list watch",
                "exchangevirt.io virtualmachinemigrations/status patch",
                "namespaces get",
            ],
            Rights(manifests.One("ClusterRole", "exchangevirt-operator"))
        );
        Assert.Equal(
            [
                "configmaps create",
                "configmaps list watch patch [exchangevirt-epoch exchangevirt-installation exchangevirt-pause]",
                "coordination.k8s.io leases create",
                "coordination.k8s.io leases get patch [exchangevirt-operator]",
            ],
            Rights(manifests.One("Role", "exchangevirt-operator"))
        );
    }

    [Fact]
    public async Task Users_get_their_rights_through_the_roles_of_the_cluster()
    {
        using var files = new Overlays();

        var manifests = await files.BuildAsync(Kubectl.OnPath(files.Folder), "cert-manager");

        foreach (var role in (string[])["view", "edit", "admin"])
        {
            var labels = manifests.One("ClusterRole", $"exchangevirt-{role}")["metadata"]!["labels"];
            Assert.Equal("true", Manifests.Map(labels)[$"rbac.authorization.k8s.io/aggregate-to-{role}"]);
        }

        Assert.Equal(
            [
                "configmaps get list watch [exchangevirt-installation exchangevirt-pause]",
                "coordination.k8s.io leases get [exchangevirt-operator]",
            ],
            Rights(manifests.One("ClusterRole", "exchangevirt-view"))
                .Where(static right => right.Contains('[', StringComparison.Ordinal))
        );

        // A namespace's editor governs neither hosts nor policies, and nobody but the operator writes status.
        Assert.DoesNotContain(
            Rights(manifests.One("ClusterRole", "exchangevirt-edit")),
            static right => right.Contains("hypervhosts", StringComparison.Ordinal)
        );
        Assert.DoesNotContain(
            Rights(manifests.One("ClusterRole", "exchangevirt-admin")),
            static right => right.Contains("/status", StringComparison.Ordinal)
        );
        Assert.Equal(
            [
                "configmaps create",
                "configmaps get list watch patch [exchangevirt-pause]",
                "configmaps list [exchangevirt-installation]",
            ],
            Rights(manifests.One("Role", "exchangevirt-pause"))
        );
    }

    [Fact]
    public async Task The_API_server_knows_the_webhook_by_the_authority_that_exvirt_made()
    {
        using var files = new Overlays();

        var manifests = await files.BuildAsync(Kubectl.OnPath(files.Folder), "exvirt-certs");

        var webhook = manifests.One("ValidatingWebhookConfiguration")["webhooks"]![0]!;
        using var authority = X509Certificate2.CreateFromPem(Decoded(webhook["clientConfig"]!["caBundle"]));
        using var served = X509Certificate2.CreateFromPem(
            Decoded(manifests.One("Secret", "exchangevirt-webhook")["data"]!["tls.crt"])
        );
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        Assert.True(chain.Build(served));
        Assert.True(served.MatchesHostname("exchangevirt-webhook.exchangevirt-system.svc"));
        Assert.Equal(
            ["ca.crt", "operator.crt", "operator.key"],
            Manifests
                .Map(manifests.One("Secret", "exchangevirt-agent-client")["data"])
                .Keys.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task With_cert_manager_everything_that_is_mounted_is_made_and_renewed_in_time()
    {
        using var files = new Overlays();

        var manifests = await files.BuildAsync(Kubectl.OnPath(files.Folder), "cert-manager");

        CertificateChecks.Check(manifests);
    }

    [Fact]
    public async Task Removing_the_base_removes_neither_a_definition_nor_what_the_namespace_keeps()
    {
        using var files = new Overlays();
        var kubectl = Kubectl.OnPath(files.Folder);

        var manifests = Manifests.Parse(
            (await kubectl.RunAsync("kustomize", files.Folder.Combine("deploy", "kustomize", "base"))).Succeeded()
        );

        Assert.Empty(
            manifests
                .All.Select(Manifests.KindOf)
                .Intersect(["Namespace", "CustomResourceDefinition", "Secret", "ConfigMap", "Certificate"])
        );
    }

    [Fact]
    public async Task The_sample_estate_is_the_same_by_folder_and_by_kustomization()
    {
        using var folder = new TemporaryFolder();
        var sample = Manifests.Path("samples", "contoso");
        // As kubectl apply -f takes a folder: by name, and without what lies deeper.
        var files = Directory.EnumerateFiles(sample, "*.yaml").Order(StringComparer.Ordinal).ToList();

        var built = Manifests.Parse((await Kubectl.OnPath(folder).RunAsync("kustomize", sample)).Succeeded());

        AssertSameObjects(new Manifests([.. files.SelectMany(YamlFiles.Load)]), built);
        Assert.Equal("Namespace", Manifests.KindOf(YamlFiles.Load(files[0])[0]));
        Assert.DoesNotContain(
            Directory.EnumerateFiles(sample),
            static file => Path.GetFileName(file) is "kustomization.yaml" or "kustomization.yml"
        );
    }

    private static string Decoded(JsonNode? text) =>
        // kustomize breaks lines in it.
        Encoding.UTF8.GetString(Convert.FromBase64String((string)text!));

    private static IEnumerable<string> Definitions(Manifests manifests) =>
        manifests
            .Of("CustomResourceDefinition")
            .Select(static one => (string)one["spec"]!["names"]!["plural"]!)
            .Order(StringComparer.Ordinal);

    private static IEnumerable<string> Rights(JsonObject role) =>
        ((JsonArray)role["rules"]!)
            .SelectMany(static rule =>
                Manifests
                    .Texts(rule!["resources"])
                    .Select(resource =>
                    {
                        var group = Manifests.Texts(rule["apiGroups"]).Single();
                        var names = Manifests.Texts(rule["resourceNames"]).ToList();
                        return $"{group} {resource} {string.Join(' ', Manifests.Texts(rule["verbs"]))}".TrimStart()
                            + (names.Count == 0 ? "" : $" [{string.Join(' ', names)}]");
                    })
            )
            .Order(StringComparer.Ordinal);

    private static void AssertSameObjects(Manifests expected, Manifests actual)
    {
        Assert.Equal(expected.Names.Order(StringComparer.Ordinal), actual.Names.Order(StringComparer.Ordinal));
        Assert.All(
            expected.All,
            one =>
                Manifests.AssertSame(
                    Unbroken(one),
                    Unbroken(actual.All.Single(other => Manifests.NameOf(other) == Manifests.NameOf(one)))
                )
        );
    }

    // Newer kustomize breaks the lines of what a Secret holds.
    private static JsonObject Unbroken(JsonObject one)
    {
        var copy = (JsonObject)one.DeepClone();
        if (Manifests.KindOf(copy) == "Secret")
        {
            copy["data"] = new JsonObject(
                Manifests
                    .Map(copy["data"])
                    .Select(static pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value.ReplaceLineEndings("")))
            );
        }

        return copy;
    }
}
