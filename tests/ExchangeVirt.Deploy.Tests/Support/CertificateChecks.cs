using System.Globalization;
using System.Text.Json.Nodes;

namespace ExchangeVirt.Deploy.Tests.Support;

/// <summary>What must hold of certificates that cert-manager makes.</summary>
internal static class CertificateChecks
{
    private const string Role = "exvirt://operator";

    public static void Check(Manifests manifests)
    {
        var certificates = manifests.Of("Certificate");
        var secrets = certificates.ToDictionary(static one => (string)one["spec"]!["secretName"]!);
        Assert.All(certificates, one => manifests.One("Issuer", (string)one["spec"]!["issuerRef"]!["name"]!));
        Assert.All(Mounted(manifests), secret => Assert.Contains(secret, secrets.Keys));
        Assert.All(
            certificates.Where(static one => (bool?)one["spec"]!["isCA"] is not true),
            static one =>
            {
                // An alert at 30 days must mean that a renewal failed.
                Assert.True(Hours(one, "renewBefore") > 30 * 24);
                Assert.True(Hours(one, "duration") > Hours(one, "renewBefore"));
                Assert.Equal("Always", (string?)one["spec"]!["privateKey"]!["rotationPolicy"]);
            }
        );

        var client = Assert.Single(certificates, static one => one["spec"]!["uris"] is not null);
        Assert.Equal([Role], Manifests.Texts(client["spec"]!["uris"]));
        Assert.Contains("client auth", Manifests.Texts(client["spec"]!["usages"]));

        var configuration = manifests.One("ValidatingWebhookConfiguration");
        var service = configuration["webhooks"]![0]!["clientConfig"]!["service"]!;
        var injected = Manifests.Map(configuration["metadata"]!["annotations"])["cert-manager.io/inject-ca-from"];
        var serving = manifests.One("Certificate", injected.Split('/')[1]);
        Assert.Equal((string?)serving["metadata"]!["namespace"], injected.Split('/')[0]);
        Assert.Contains(
            $"{(string?)service["name"]}.{(string?)service["namespace"]}.svc",
            Manifests.Texts(serving["spec"]!["dnsNames"])
        );
        Assert.Contains("server auth", Manifests.Texts(serving["spec"]!["usages"]));
    }

    private static IEnumerable<string> Mounted(Manifests manifests) =>
        ((JsonArray)manifests.One("Deployment")["spec"]!["template"]!["spec"]!["volumes"]!)
            .Select(static volume => (string?)volume!["secret"]?["secretName"])
            .OfType<string>();

    private static int Hours(JsonObject certificate, string field) =>
        int.Parse(((string)certificate["spec"]![field]!).TrimEnd('h'), CultureInfo.InvariantCulture);
}
