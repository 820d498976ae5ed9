using System.Text.Json.Nodes;
using ExchangeVirt.Envtest.Access;
using ExchangeVirt.Envtest.Assets;
using ExchangeVirt.Envtest.Servers;

namespace ExchangeVirt.Envtest;

/// <summary>How a control plane is to be started.</summary>
public sealed record ControlPlaneOptions
{
    /// <summary>Gets flags of the API server, beside the usual ones.</summary>
    public IReadOnlyList<string> ApiServerFlags { get; init; } = [];

    /// <summary>Gets whether the controller manager runs: without it deleted namespaces stay, and nobody collects garbage.</summary>
    public bool ControllerManager { get; init; } = true;
}

/// <summary>
/// A whole Kubernetes 1.20 control plane without nodes: nothing that asks for a pod ever gets one, everything else works.
/// </summary>
public sealed class ControlPlane : TestCluster
{
    private readonly KubeControllerManager? _controllerManager;

    private ControlPlane(ControlPlaneExecutables executables, ControlPlaneOptions options)
    {
        Etcd = new Etcd(executables.Etcd, Folder);
        ApiServer = new KubeApiServer(
            executables.ApiServer,
            Folder,
            Authority,
            Etcd,
            [.. Audit.Flags, .. options.ApiServerFlags]
        );
        if (options.ControllerManager)
        {
            _controllerManager = new KubeControllerManager(
                executables.ControllerManager,
                Folder,
                Authority,
                AdminKubeconfig,
                ApiServer.ServiceAccountKey
            );
        }
    }

    /// <inheritdoc/>
    public override Etcd Etcd { get; }

    /// <summary>Gets the API server's process.</summary>
    public KubeApiServer ApiServer { get; }

    /// <inheritdoc/>
    public override ServingServer Serving => ApiServer;

    /// <summary>Gets the controller manager's process.</summary>
    /// <exception cref="InvalidOperationException">The test wanted none.</exception>
    public KubeControllerManager ControllerManager =>
        _controllerManager ?? throw new InvalidOperationException("This control plane has no controller manager.");

    /// <summary>Starts one of the test's own; skips the test where this machine cannot have one.</summary>
    public static async Task<ControlPlane> StartAsync(ControlPlaneOptions? options = null)
    {
        var executables = await ControlPlaneExecutables.RequireAsync();
        var plane = new ControlPlane(executables, options ?? new ControlPlaneOptions());
        try
        {
            await plane.Etcd.StartAsync();
            await plane.ApiServer.StartAsync();
            plane.WriteAdminKubeconfig();
            if (plane._controllerManager is not null)
            {
                await plane._controllerManager.StartAsync();
            }
        }
        catch
        {
            await plane.DisposeAsync();
            throw;
        }

        return plane;
    }

    /// <inheritdoc/>
    public override async Task<ScratchNamespace> NamespaceAsync(string prefix = "test")
    {
        var name = NewName(prefix);
        (await Raw.PostAsync("/api/v1/namespaces", ScratchNamespace.Manifest(name))).Succeeded();
        return new ScratchNamespace(name, Raw);
    }

    /// <summary>Makes a service account, unless there is one of that name.</summary>
    public async Task CreateServiceAccountAsync(string inNamespace, string name)
    {
        var answer = await Raw.PostAsync(
            $"/api/v1/namespaces/{inNamespace}/serviceaccounts",
            new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "ServiceAccount",
                ["metadata"] = new JsonObject { ["name"] = name },
            }
        );
        if (answer.Code is not System.Net.HttpStatusCode.Conflict)
        {
            answer.Succeeded();
        }
    }

    /// <summary>Asks for a token of a service account, valid for an hour where nothing else is said.</summary>
    /// <exception cref="HttpRequestException">There is no such service account.</exception>
    public async Task<string> ServiceAccountTokenAsync(string inNamespace, string name, TimeSpan? validity = null)
    {
        var answer = await Raw.PostAsync(
            $"/api/v1/namespaces/{inNamespace}/serviceaccounts/{name}/token",
            new JsonObject
            {
                ["apiVersion"] = "authentication.k8s.io/v1",
                ["kind"] = "TokenRequest",
                ["spec"] = new JsonObject
                {
                    ["audiences"] = new JsonArray(),
                    ["expirationSeconds"] = (long)(validity ?? TimeSpan.FromHours(1)).TotalSeconds,
                },
            }
        );
        return (string)answer.Succeeded()["status"]!["token"]!;
    }

    /// <summary>Writes the kubeconfig file of a service account, with a token from the server.</summary>
    /// <returns>The path.</returns>
    /// <exception cref="HttpRequestException">There is no such service account.</exception>
    public async Task<string> ServiceAccountKubeconfigAsync(string inNamespace, string name) =>
        Kubeconfig.Write(
            Path.Combine(Folder, $"{NewName(name)}.kubeconfig"),
            Address,
            Authority.Certificate,
            await ServiceAccountTokenAsync(inNamespace, name),
            inNamespace
        );

    private protected override async ValueTask StopServersAsync()
    {
        if (_controllerManager is not null)
        {
            await _controllerManager.DisposeAsync();
        }

        await ApiServer.DisposeAsync();
        await Etcd.DisposeAsync();
    }
}
