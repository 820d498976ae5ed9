using System.Security.Cryptography.X509Certificates;
using System.Text;
using ExchangeVirt.Agent.Contract.Security;
using ExchangeVirt.Cli.Tests.Support;
using YamlDotNet.Serialization;

namespace ExchangeVirt.Cli.Tests.Commands;

public sealed class CertsCommandTests
{
    [Fact]
    public async Task Secrets_go_through_the_pipe_and_advice_beside_it()
    {
        using var folder = new TemporaryFolder();
        var pki = Path.Combine(folder.Path, "pki");

        var run = await Exvirt.RunAsync("certs", "--output", pki, "--webhook", "--kubernetes-secrets");

        Assert.True(run.ExitCode == 0, run.All);
        Assert.Contains("Move ca.key to a safe place", run.Error, StringComparison.Ordinal);
        var documents = run.Output.Split("---\n").Select(Parse).ToList();
        Assert.Equal(
            ["exchangevirt-agent-client", "exchangevirt-webhook"],
            documents.Select(static each => (string)Map(each["metadata"])["name"])
        );
        Assert.All(
            documents,
            each =>
                Assert.Equal(("v1", "Secret", "kubernetes.io/tls"), (each["apiVersion"], each["kind"], each["type"]))
        );
        Assert.All(
            documents,
            each => Assert.Equal(File.ReadAllText(Path.Combine(pki, "ca.crt")), Decoded(Map(each["data"])["ca.crt"]))
        );
        using var client = Certificate(documents[0]);
        Assert.Equal([Roles.Operator], Roles.UrisOf(client));
        using var webhook = Certificate(documents[1]);
        Assert.True(webhook.MatchesHostname("exchangevirt-webhook.exchangevirt-system.svc"));
        Assert.True(webhook.MatchesHostname("exchangevirt-operator-webhook.exchangevirt-system.svc"));
        // The authority's key goes nowhere.
        Assert.DoesNotContain(
            Convert.ToBase64String(File.ReadAllBytes(Path.Combine(pki, "ca.key"))),
            run.Output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_authority_is_told_as_a_webhook_takes_it()
    {
        using var folder = new TemporaryFolder();

        var run = await Exvirt.RunAsync("certs", "--output", folder.Path, "--webhook", "--kubernetes-secrets");

        var bundle = run.Output.Split('\n').First(static line => line.StartsWith("# LS0t", StringComparison.Ordinal))[
            2..
        ];
        Assert.Equal(File.ReadAllText(Path.Combine(folder.Path, "ca.crt")), Decoded(bundle));
        Assert.Contains($"caBundle    {bundle}", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_of_an_installation_of_ones_own_are_taken()
    {
        using var folder = new TemporaryFolder();

        var run = await Exvirt.RunAsync(
            "certs",
            "--output",
            folder.Path,
            "--webhook",
            "--webhook-service",
            "hook",
            "--operator-namespace",
            "exchange",
            "--kubernetes-secrets"
        );

        using var webhook = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(folder.Path, "webhook.crt"));
        Assert.True(webhook.MatchesHostname("hook.exchange.svc"));
        Assert.False(webhook.MatchesHostname("exchangevirt-webhook.exchangevirt-system.svc"));
        Assert.Contains("namespace: exchange\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_readers_certificate_entitles_to_reading_alone()
    {
        using var folder = new TemporaryFolder();

        var run = await Exvirt.RunAsync("certs", "--output", folder.Path, "--reader");

        Assert.True(run.ExitCode == 0, run.All);
        using var reader = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(folder.Path, "reader.crt"));
        Assert.Equal([Roles.Reader], Roles.UrisOf(reader));
    }

    [Fact]
    public async Task What_is_there_is_kept_until_it_is_to_be_renewed()
    {
        using var folder = new TemporaryFolder();
        string Operator() => File.ReadAllText(Path.Combine(folder.Path, "operator.crt"));
        await Exvirt.RunAsync("certs", "--output", folder.Path, "--webhook");
        var first = Operator();

        var kept = await Exvirt.RunAsync("certs", "--output", folder.Path, "--reuse-ca", "--kubernetes-secrets");
        var keptCertificate = Operator();
        await Exvirt.RunAsync("certs", "--output", folder.Path, "--reuse-ca", "--renew");

        Assert.Equal(first, keptCertificate);
        // The webhook's is there from before, and its Secret is written too.
        Assert.Contains("name: exchangevirt-webhook", kept.Output, StringComparison.Ordinal);
        Assert.NotEqual(first, Operator());
    }

    [Theory]
    [InlineData("Secret exchangevirt-agent-client.", "--kubernetes-secrets")]
    [InlineData(
        "Secret exchangevirt-agent-client and Secret exchangevirt-webhook.",
        "--kubernetes-secrets",
        "--webhook"
    )]
    [InlineData("deploy/kustomize/overlays/exvirt-certs takes them", "--webhook")]
    [InlineData("exvirt run --certificates ")]
    public async Task Only_Secrets_that_were_written_are_named(string told, params string[] wanted)
    {
        using var folder = new TemporaryFolder();

        var run = await Exvirt.RunAsync(["certs", "--output", folder.Path, .. wanted]);

        Assert.True(run.ExitCode == 0, run.All);
        Assert.Contains(told, run.Output + run.Error, StringComparison.Ordinal);
        var last = (run.Output + run.Error)
            .Split('\n')
            .Single(static line => line.StartsWith("  3. ", StringComparison.Ordinal));
        Assert.Equal(
            wanted.Contains("--kubernetes-secrets"),
            last.Contains("Secret exchangevirt-", StringComparison.Ordinal)
        );
    }

    private static X509Certificate2 Certificate(Dictionary<object, object> secret) =>
        X509Certificate2.CreateFromPem(
            Decoded(Map(secret["data"])["tls.crt"]),
            Decoded(Map(secret["data"])["tls.key"])
        );

    private static Dictionary<object, object> Parse(string yaml) =>
        new DeserializerBuilder().Build().Deserialize<Dictionary<object, object>>(yaml);

    private static Dictionary<object, object> Map(object value) => (Dictionary<object, object>)value;

    private static string Decoded(object value) => Encoding.UTF8.GetString(Convert.FromBase64String((string)value));
}
