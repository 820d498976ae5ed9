using System.Security.Cryptography.X509Certificates;
using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Agent.Contract.Security;
using ExchangeVirt.Agent.Operations;
using Grpc.Core;

namespace ExchangeVirt.Agent.Service;

/// <summary>Tells what the caller's certificate entitles it to. The handshake has already tied it to the authority.</summary>
/// <param name="identity">The agent's own certificate.</param>
/// <param name="time">The clock.</param>
public sealed class CallerCheck(TlsIdentitySource identity, TimeProvider time)
{
    // Reading is granted by name; whatever is added to the contract later needs the operator's role.
    private static readonly HashSet<string> s_forReaders = new(StringComparer.Ordinal) { "Observe", "Watch" };

    /// <summary>Refuses a call that the caller is not entitled to.</summary>
    /// <exception cref="AgentFaultException">No certificate, an expired one on either side, or another role.</exception>
    public void Check(ServerCallContext context)
    {
        var certificate = CertificateOf(context);
        RefuseExpired(certificate, AgentFaultReasons.CertificateExpired, "The caller's");
        RefuseExpired(identity.Current.Certificate, AgentFaultReasons.AgentCertificateExpired, "The agent's own");
        var roles = Roles.UrisOf(certificate);
        var method = context.Method[(context.Method.LastIndexOf('/') + 1)..];
        if (
            !roles.Contains(Roles.Operator)
            && !(
                roles.Contains(Roles.Reader)
                && s_forReaders.Contains(method)
                && context.Method.Contains("v1.HostAgent/", StringComparison.Ordinal)
            )
        )
        {
            throw Faults.Refuse(
                AgentFaultKind.Unauthorized,
                AgentFaultReasons.RoleMissing,
                $"The certificate {certificate.Subject} does not entitle to {method}: that takes the name {Roles.Operator} among its "
                    + "subject alternative names. Issue one with «exvirt certs»."
            );
        }
    }

    /// <summary>Tells whether the caller has the operator's role.</summary>
    public bool IsOperator(ServerCallContext context) => Roles.UrisOf(CertificateOf(context)).Contains(Roles.Operator);

    private static X509Certificate2 CertificateOf(ServerCallContext context) =>
        context.GetHttpContext().Connection.ClientCertificate
        ?? throw Faults.Refuse(
            AgentFaultKind.Unauthorized,
            AgentFaultReasons.CertificateMissing,
            "The caller presented no certificate."
        );

    private void RefuseExpired(X509Certificate2 certificate, string reason, string whose)
    {
        var until = new DateTimeOffset(certificate.NotAfter.ToUniversalTime());
        if (time.GetUtcNow() > until)
        {
            throw Faults.Refuse(
                AgentFaultKind.Unauthorized,
                reason,
                $"{whose} certificate ({certificate.Subject}) expired at {until:u}. Nothing is read or changed until it is renewed."
            );
        }
    }
}
