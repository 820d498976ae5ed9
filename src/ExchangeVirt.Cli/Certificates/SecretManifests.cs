using System.Text;
using System.Text.Json.Nodes;
using ExchangeVirt.Agent.Contract.Security;
using ExchangeVirt.Cli.Output;
using ExchangeVirt.Operator.Hosting;

namespace ExchangeVirt.Cli.Certificates;

/// <summary>Writes certificates as the Secrets that the operator's Deployment mounts.</summary>
internal static class SecretManifests
{
    /// <summary>The Secret of the certificate by which agents know the operator.</summary>
    public const string AgentClient = "exchangevirt-agent-client";

    /// <summary>The Secret of the certificate by which the API server knows the webhook.</summary>
    public const string Webhook = "exchangevirt-webhook";

    /// <summary>Writes a Secret of type kubernetes.io/tls with the keys that cert-manager gives one too.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="ofNamespace">Its namespace.</param>
    /// <param name="files">The certificate, its key, and the authority.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static string Write(string name, string ofNamespace, TlsFiles files) =>
        YamlText.Of(
            new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Secret",
                ["metadata"] = new JsonObject
                {
                    ["name"] = name,
                    ["namespace"] = ofNamespace,
                    ["labels"] = new JsonObject
                    {
                        ["app.kubernetes.io/name"] = ClusterOperator.Name,
                        ["app.kubernetes.io/part-of"] = "exchangevirt",
                        ["app.kubernetes.io/managed-by"] = "exvirt",
                    },
                },
                ["type"] = "kubernetes.io/tls",
                ["data"] = new JsonObject
                {
                    ["ca.crt"] = Base64(files.AuthorityPath),
                    ["tls.crt"] = Base64(files.CertificatePath),
                    ["tls.key"] = Base64(files.KeyPath),
                },
            }
        );

    /// <summary>Writes an authority as a webhook's <c>caBundle</c> takes it.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static string BundleOf(TlsFiles files) => Base64(files.AuthorityPath);

    private static string Base64(string path) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes(File.ReadAllText(path).ReplaceLineEndings("\n")));
}
