using System.Text.Json.Nodes;
using ExchangeVirt.Operator.Hosting;

namespace ExchangeVirt.Deploy.Tests.Support;

/// <summary>What must hold of the operator's objects, whatever tool rendered them.</summary>
internal static class ManifestChecks
{
    private static readonly string[] s_labels =
    [
        "app.kubernetes.io/name",
        "app.kubernetes.io/instance",
        "app.kubernetes.io/component",
        "app.kubernetes.io/part-of",
        "app.kubernetes.io/managed-by",
    ];

    public static readonly string[] Plurals =
    [
        "databaseavailabilitygroups",
        "exchangevirtualmachines",
        "hypervhosts",
        "virtualizationpolicies",
        "virtualmachinemigrations",
    ];

    public static void Check(Manifests manifests)
    {
        CheckContainers(manifests);
        CheckRights(manifests);
        CheckLabels(manifests);
        CheckAccounts(manifests);
        CheckSelectors(manifests);
        CheckVolumes(manifests);
        CheckWebhook(manifests);
        Assert.Equal(manifests.Names.Distinct(StringComparer.Ordinal), manifests.Names);
    }

    private static JsonNode Pod(Manifests manifests) => manifests.One("Deployment")["spec"]!["template"]!;

    private static void CheckContainers(Manifests manifests)
    {
        var pod = Pod(manifests)["spec"]!;
        Assert.True((bool?)pod["securityContext"]!["runAsNonRoot"]);
        Assert.Equal("RuntimeDefault", (string?)pod["securityContext"]!["seccompProfile"]!["type"]);
        Assert.NotEmpty((JsonArray)pod["topologySpreadConstraints"]!);
        // Work has ended, or the lease has, before the pod is killed.
        Assert.True((long)pod["terminationGracePeriodSeconds"]! > 15);
        Assert.Null(pod["hostNetwork"]);
        Assert.Null(pod["initContainers"]);
        var container = Assert.Single((JsonArray)pod["containers"]!)!;
        foreach (var amount in (string[])["cpu", "memory"])
        {
            Assert.NotNull(container["resources"]!["limits"]![amount]);
            Assert.NotNull(container["resources"]!["requests"]![amount]);
        }

        var confinement = container["securityContext"]!;
        Assert.False((bool?)confinement["allowPrivilegeEscalation"]);
        Assert.True((bool?)confinement["readOnlyRootFilesystem"]);
        Assert.Equal(["ALL"], Manifests.Texts(confinement["capabilities"]!["drop"]));
        Assert.Null(confinement["capabilities"]!["add"]);
        Assert.Matches("^[^:@]+(:(?!latest$)[\\w.-]+|@sha256:[0-9a-f]{64})$", (string?)container["image"]);
        var ports = ((JsonArray)container["ports"]!).Select(static port => (string?)port!["name"]).ToList();
        Assert.All(
            (string[])["startupProbe", "livenessProbe", "readinessProbe"],
            probe => Assert.Contains((string?)container[probe]!["httpGet"]!["port"], ports)
        );
        Assert.Contains(
            (JsonArray)container["env"]!,
            static one =>
                (string?)one!["name"] == "POD_NAME"
                && (string?)one["valueFrom"]?["fieldRef"]?["fieldPath"] == "metadata.name"
        );
        // As the executable itself reads them.
        var command = new OperatorCommand().Build(static (_, _) => Task.FromResult(0), static () => Guid.Empty);
        Assert.Empty(command.Parse([.. Manifests.Texts(container["args"])]).Errors);
    }

    private static void CheckRights(Manifests manifests) =>
        Assert.All(
            manifests
                .Of("Role")
                .Concat(manifests.Of("ClusterRole"))
                .SelectMany(static role => (JsonArray)role["rules"]!),
            static rule =>
                Assert.All(
                    (string[])["apiGroups", "resources", "verbs"],
                    part =>
                    {
                        Assert.NotEmpty(Manifests.Texts(rule![part]));
                        Assert.DoesNotContain(
                            Manifests.Texts(rule[part]),
                            static word => word.Contains('*', StringComparison.Ordinal)
                        );
                    }
                )
        );

    private static void CheckLabels(Manifests manifests) =>
        Assert.All(
            // A definition that was generated from the types is applied as it is, unless a chart owns it.
            manifests
                .All.Where(static one => Manifests.KindOf(one) != "CustomResourceDefinition")
                .Append(Pod(manifests)),
            static one =>
            {
                var labels = Manifests.Map(one["metadata"]!["labels"]);
                Assert.All(
                    s_labels,
                    label => Assert.True(labels.ContainsKey(label), $"{Manifests.NameOf(one)}: {label}")
                );
                Assert.Equal("exchangevirt-operator", labels["app.kubernetes.io/name"]);
                Assert.Equal("exchangevirt", labels["app.kubernetes.io/part-of"]);
            }
        );

    private static void CheckAccounts(Manifests manifests)
    {
        var account = manifests.One("ServiceAccount");
        var name = (string?)account["metadata"]!["name"];
        var place = (string?)account["metadata"]!["namespace"];
        Assert.False((bool?)account["automountServiceAccountToken"]);
        Assert.Equal(name, (string?)Pod(manifests)["spec"]!["serviceAccountName"]);
        Assert.True((bool?)Pod(manifests)["spec"]!["automountServiceAccountToken"]);
        foreach (var binding in manifests.Of("RoleBinding").Concat(manifests.Of("ClusterRoleBinding")))
        {
            var role = binding["roleRef"]!;
            manifests.One((string)role["kind"]!, (string)role["name"]!);
            var subject = Assert.Single((JsonArray)binding["subjects"]!)!;
            Assert.Equal(name, (string?)subject["name"]);
            Assert.Equal(place, (string?)subject["namespace"]);
        }

        Assert.All(
            manifests.All,
            one =>
            {
                if (one["metadata"]!["namespace"] is { } its)
                {
                    Assert.Equal(place, (string?)its);
                }
            }
        );
    }

    private static void CheckSelectors(Manifests manifests)
    {
        var pod = Manifests.Map(Pod(manifests)["metadata"]!["labels"]);
        IEnumerable<JsonNode?> selectors =
        [
            manifests.One("Deployment")["spec"]!["selector"]!["matchLabels"],
            manifests.One("PodDisruptionBudget")["spec"]!["selector"]!["matchLabels"],
            .. manifests.Of("NetworkPolicy").Select(static policy => policy["spec"]!["podSelector"]!["matchLabels"]),
            .. manifests.Of("Service").Select(static service => service["spec"]!["selector"]),
            .. ((JsonArray)Pod(manifests)["spec"]!["topologySpreadConstraints"]!).Select(static one =>
                one!["labelSelector"]!["matchLabels"]
            ),
        ];
        Assert.All(
            selectors,
            selector =>
            {
                Assert.NotEmpty(Manifests.Map(selector));
                Assert.Subset(pod.ToHashSet(), Manifests.Map(selector).ToHashSet());
                // A selector can never be changed, and these can.
                Assert.DoesNotContain("app.kubernetes.io/version", Manifests.Map(selector).Keys);
                Assert.DoesNotContain("app.kubernetes.io/managed-by", Manifests.Map(selector).Keys);
            }
        );
        var ports = ((JsonArray)Pod(manifests)["spec"]!["containers"]![0]!["ports"]!)
            .Select(static port => (string?)port!["name"])
            .ToList();
        Assert.All(
            manifests.Of("Service").SelectMany(static service => (JsonArray)service["spec"]!["ports"]!),
            port => Assert.Contains((string?)port!["targetPort"], ports)
        );
        foreach (var monitor in manifests.Of("ServiceMonitor"))
        {
            var metrics = Assert.Single(
                manifests.Of("Service"),
                service =>
                    Manifests
                        .Map(monitor["spec"]!["selector"]!["matchLabels"])
                        .All(Manifests.Map(service["metadata"]!["labels"]).Contains)
                    && ((JsonArray)service["spec"]!["ports"]!).Any(static port => (string?)port!["name"] == "metrics")
            );
            Assert.Equal("None", (string?)metrics["spec"]!["clusterIP"]);
            // The alerts go by the job, and by the VM's namespace rather than the pod's.
            Assert.Equal("app.kubernetes.io/name", (string?)monitor["spec"]!["jobLabel"]);
            Assert.True((bool?)Assert.Single((JsonArray)monitor["spec"]!["endpoints"]!)!["honorLabels"]);
        }
    }

    private static void CheckVolumes(Manifests manifests)
    {
        var volumes = ((JsonArray)Pod(manifests)["spec"]!["volumes"]!).ToDictionary(static one =>
            (string)one!["name"]!
        );
        var mounts = (JsonArray)Pod(manifests)["spec"]!["containers"]![0]!["volumeMounts"]!;
        Assert.Equal(volumes.Keys, mounts.Select(static mount => (string)mount!["name"]!));
        // What is mounted by subPath is never renewed.
        Assert.All(mounts, static mount => Assert.Null(mount!["subPath"]));
        Assert.All(
            volumes.Values.Where(static volume => volume!["secret"] is not null),
            static volume => Assert.Equal(288, (long?)volume!["secret"]!["defaultMode"])
        );
    }

    private static void CheckWebhook(Manifests manifests)
    {
        foreach (var configuration in manifests.Of("ValidatingWebhookConfiguration"))
        {
            var webhook = Assert.Single((JsonArray)configuration["webhooks"]!)!;
            Assert.Equal("None", (string?)webhook["sideEffects"]);
            Assert.True((long)webhook["timeoutSeconds"]! <= 5);
            Assert.Equal(["v1"], Manifests.Texts(webhook["admissionReviewVersions"]));
            var rules = (JsonArray)webhook["rules"]!;
            Assert.Equal(
                Plurals,
                rules.SelectMany(static rule => Manifests.Texts(rule!["resources"])).Order(StringComparer.Ordinal)
            );
            Assert.All(
                rules,
                static rule =>
                {
                    Assert.Equal(["exchangevirt.io"], Manifests.Texts(rule!["apiGroups"]));
                    Assert.Equal(["CREATE", "UPDATE", "DELETE"], Manifests.Texts(rule["operations"]));
                }
            );
            if (webhook["clientConfig"]!["service"] is { } called)
            {
                Assert.Equal("/validate", (string?)called["path"]);
                var service = manifests.One("Service", (string)called["name"]!);
                Assert.Equal((string?)service["metadata"]!["namespace"], (string?)called["namespace"]);
                Assert.Contains(
                    (JsonArray)service["spec"]!["ports"]!,
                    port => (long?)port!["port"] == (long?)called["port"]
                );
            }
        }
    }
}
