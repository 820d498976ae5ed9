using ExchangeVirt.Envtest.Access;

namespace ExchangeVirt.Envtest.Servers;

/// <summary>kube-controller-manager 1.20: empties deleted namespaces, collects garbage, makes service accounts, brings aggregated roles together.</summary>
public sealed class KubeControllerManager : ServingServer
{
    private readonly string _kubeconfig;
    private readonly string _serviceAccountKey;

    internal KubeControllerManager(
        string executable,
        string doomed,
        CertificateAuthority authority,
        string kubeconfig,
        string serviceAccountKey
    )
        : base("kube-controller-manager", executable, doomed, authority)
    {
        _kubeconfig = kubeconfig;
        _serviceAccountKey = serviceAccountKey;
    }

    /// <inheritdoc/>
    protected override string ReadyPath => "/healthz";

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Arguments() =>
        [
            $"--kubeconfig={_kubeconfig}",
            .. ServingFlags,
            $"--cert-dir={Folder}",
            "--port=0",
            $"--service-account-private-key-file={_serviceAccountKey}",
            "--leader-elect=false",
            "--controllers=namespace,garbagecollector,serviceaccount,serviceaccount-token,clusterrole-aggregation",
        ];
}
