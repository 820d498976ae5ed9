using ExchangeVirt.Agent.Contract.Security;

namespace ExchangeVirt.Operator.Hosting;

/// <summary>Finds the certificate by which agents know the operator, whoever has put it into a folder.</summary>
internal static class AgentCertificate
{
    /// <summary>
    /// Finds the files: <c>tls.crt</c>, <c>tls.key</c> and <c>ca.crt</c> as cert-manager and Secrets name them, else
    /// <c>operator.crt</c>, <c>operator.key</c> and <c>ca.crt</c> as <c>exvirt certs</c> does.
    /// </summary>
    public static TlsFiles In(string folder)
    {
        var name = File.Exists(Path.Combine(folder, "tls.crt")) ? "tls" : "operator";
        return new TlsFiles(
            Path.Combine(folder, name + ".crt"),
            Path.Combine(folder, name + ".key"),
            Path.Combine(folder, "ca.crt")
        );
    }
}
