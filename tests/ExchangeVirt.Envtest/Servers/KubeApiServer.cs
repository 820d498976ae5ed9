using System.Security.Cryptography;
using ExchangeVirt.Envtest.Access;

namespace ExchangeVirt.Envtest.Servers;

/// <summary>kube-apiserver 1.20, whole: role-based access, admission webhooks, namespaces, leases, events.</summary>
public sealed class KubeApiServer : ServingServer
{
    private readonly Etcd _etcd;
    private readonly string _clientAuthority;
    private readonly IReadOnlyList<string> _flags;

    internal KubeApiServer(
        string executable,
        string doomed,
        CertificateAuthority authority,
        Etcd etcd,
        IReadOnlyList<string> flags
    )
        : base("kube-apiserver", executable, doomed, authority)
    {
        _etcd = etcd;
        _flags = flags;
        _clientAuthority = Path.Combine(Folder, "client-ca.crt");
        File.WriteAllText(_clientAuthority, authority.Certificate);
        ServiceAccountKey = Path.Combine(Folder, "service-accounts.key");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(ServiceAccountKey, key.ExportECPrivateKeyPem());
    }

    /// <summary>Gets the file of the key that signs service accounts' tokens.</summary>
    internal string ServiceAccountKey { get; }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Arguments() =>
        [
            $"--etcd-servers={_etcd.Address.GetLeftPart(UriPartial.Authority)}",
            .. ServingFlags,
            $"--cert-dir={Folder}",
            $"--client-ca-file={_clientAuthority}",
            "--authorization-mode=RBAC",
            "--allow-privileged",
            "--disable-admission-plugins=ServiceAccount",
            $"--service-account-key-file={ServiceAccountKey}",
            $"--service-account-signing-key-file={ServiceAccountKey}",
            "--service-account-issuer=https://kubernetes.default",
            "--service-cluster-ip-range=10.0.0.0/24",
            // There is no node that could reach it, and the loopback address may not stand in an endpoint.
            "--endpoint-reconciler-type=none",
            .. _flags,
        ];
}
