using ExchangeVirt.Envtest.Access;

namespace ExchangeVirt.Envtest.Servers;

/// <summary>apiextensions-apiserver 1.36: custom resources alone, at today's level.</summary>
public sealed class ApiExtensionsServer : ServingServer
{
    private readonly Etcd _etcd;
    private readonly string _clientAuthority;
    private readonly string _nowhere;
    private readonly IReadOnlyList<string> _flags;

    internal ApiExtensionsServer(
        string executable,
        string doomed,
        CertificateAuthority authority,
        Etcd etcd,
        IReadOnlyList<string> flags
    )
        : base("apiextensions-apiserver", executable, doomed, authority)
    {
        _etcd = etcd;
        _flags = flags;
        _clientAuthority = Path.Combine(Folder, "client-ca.crt");
        File.WriteAllText(_clientAuthority, authority.Certificate);
        // It wants to ask a whole API server who may do what. There is none; administrators pass without being asked about.
        _nowhere = Kubeconfig.WriteNowhere(Path.Combine(Folder, "nowhere.kubeconfig"), authority.Certificate);
    }

    // It never counts as ready: it also wants to have seen the webhooks that a whole API server would know of.
    /// <inheritdoc/>
    protected override string ReadyPath => "/healthz";

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Arguments() =>
        [
            $"--etcd-servers={_etcd.Address.GetLeftPart(UriPartial.Authority)}",
            .. ServingFlags,
            $"--cert-dir={Folder}",
            $"--client-ca-file={_clientAuthority}",
            "--authentication-skip-lookup",
            $"--authentication-kubeconfig={_nowhere}",
            $"--authorization-kubeconfig={_nowhere}",
            $"--kubeconfig={_nowhere}",
            "--disable-admission-plugins=NamespaceLifecycle,MutatingAdmissionWebhook,ValidatingAdmissionWebhook,"
                + "ValidatingAdmissionPolicy,MutatingAdmissionPolicy",
            .. _flags,
        ];
}
