using System.Globalization;
using System.Text.Json.Nodes;
using ExchangeVirt.Envtest.Access;
using ExchangeVirt.Envtest.Servers;
using k8s;

namespace ExchangeVirt.Envtest;

/// <summary>An API server with its store, in a temporary folder; nothing remains of it afterwards.</summary>
public abstract class TestCluster : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new("envtest");
    private readonly List<IDisposable> _clients = [];
    private Kubernetes? _admin;
    private RawApi? _raw;
    private int _names;

    private protected TestCluster()
    {
        Authority = new CertificateAuthority("envtest");
        Audit = new AuditLog(Folder, async path => (await Raw.GetAsync(path)).Succeeded());
    }

    /// <summary>Gets the folder that everything of it lies in.</summary>
    public string Folder => _folder.Path;

    /// <summary>Gets the folder that command-line tools take for the user's home.</summary>
    internal string Home => _folder.Folder("home");

    /// <summary>Gets who issued its certificates and its users'.</summary>
    public CertificateAuthority Authority { get; }

    /// <summary>Gets where the API server answers.</summary>
    public Uri Address => Serving.Address;

    /// <summary>Gets the kubeconfig file of a user of <c>system:masters</c>.</summary>
    public string AdminKubeconfig => Path.Combine(Folder, "admin.kubeconfig");

    /// <summary>Gets a client of that user.</summary>
    public Kubernetes Admin => _admin ??= Client(AdminKubeconfig);

    /// <summary>Gets a client of that user for plain JSON.</summary>
    public RawApi Raw => _raw ??= RawFor(AdminKubeconfig);

    /// <summary>Gets what the server was asked, by whom.</summary>
    public AuditLog Audit { get; }

    /// <summary>Gets the store.</summary>
    public abstract Etcd Etcd { get; }

    /// <summary>Gets the API server's process.</summary>
    public abstract ServingServer Serving { get; }

    /// <summary>Makes a client of the user of a kubeconfig file; it goes with the cluster.</summary>
    public Kubernetes Client(string kubeconfig) => Keep(new Kubernetes(Configuration(kubeconfig)));

    /// <summary>Makes a client for plain JSON of the user of a kubeconfig file; it goes with the cluster.</summary>
    public RawApi RawFor(string kubeconfig) => Keep(RawApi.For(kubeconfig));

    /// <summary>Reads a kubeconfig file for a client that the test makes itself.</summary>
    public static KubernetesClientConfiguration Configuration(string kubeconfig) =>
        KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig);

    /// <summary>Writes the kubeconfig file of a user with a client certificate.</summary>
    /// <param name="user">The user's name.</param>
    /// <param name="groups">The user's groups. apiextensions-apiserver refuses who is not of <c>system:masters</c>.</param>
    /// <returns>The path.</returns>
    public string UserKubeconfig(string user, params IEnumerable<string> groups) =>
        Kubeconfig.Write(
            Path.Combine(Folder, $"{NewName("user")}.kubeconfig"),
            Address,
            Authority.Certificate,
            Authority.IssueClient(user, groups)
        );

    /// <summary>Makes a name that nothing else in this cluster has.</summary>
    public string NewName(string prefix) =>
        string.Create(CultureInfo.InvariantCulture, $"{prefix}-{Interlocked.Increment(ref _names)}");

    /// <summary>Makes a namespace for one test.</summary>
    public abstract Task<ScratchNamespace> NamespaceAsync(string prefix = "test");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        await StopServersAsync();
        Authority.Dispose();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends all processes.</summary>
    private protected abstract ValueTask StopServersAsync();

    /// <summary>Writes the administrator's file, once the address is known.</summary>
    private protected void WriteAdminKubeconfig() =>
        Kubeconfig.Write(
            AdminKubeconfig,
            Address,
            Authority.Certificate,
            Authority.IssueClient("admin", "system:masters")
        );

    private T Keep<T>(T client)
        where T : IDisposable
    {
        lock (_clients)
        {
            _clients.Add(client);
        }

        return client;
    }
}

/// <summary>A namespace of one test; deleted, without waiting, when the test is done with it.</summary>
public sealed class ScratchNamespace : IAsyncDisposable
{
    private readonly RawApi? _owner;

    internal ScratchNamespace(string name, RawApi? owner) => (Name, _owner) = (name, owner);

    /// <summary>Gets its name.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_owner is not null)
        {
            await _owner.DeleteAsync($"/api/v1/namespaces/{Name}");
        }
    }

    internal static JsonObject Manifest(string name) =>
        new()
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Namespace",
            ["metadata"] = new JsonObject { ["name"] = name },
        };
}
