using ExchangeVirt.Envtest.Assets;
using ExchangeVirt.Envtest.Definitions;
using ExchangeVirt.Envtest.Servers;

namespace ExchangeVirt.Envtest;

/// <summary>
/// The server of custom resources of Kubernetes 1.36: CEL rules, ratcheting, today's server-side apply. No role-based access,
/// no core kinds, no discovery at <c>/api</c> and <c>/apis</c>; objects may lie in namespaces that nobody made.
/// </summary>
public sealed class CustomResourceServer : TestCluster
{
    private CustomResourceServer(CustomResourceExecutables executables, IReadOnlyList<string> flags)
    {
        Etcd = new Etcd(executables.Etcd, Folder);
        Server = new ApiExtensionsServer(executables.Server, Folder, Authority, Etcd, [.. Audit.Flags, .. flags]);
    }

    /// <inheritdoc/>
    public override Etcd Etcd { get; }

    /// <summary>Gets the server's process.</summary>
    public ApiExtensionsServer Server { get; }

    /// <inheritdoc/>
    public override ServingServer Serving => Server;

    /// <summary>Starts one of the test's own; skips the test where this machine cannot have one. Leases are there.</summary>
    /// <param name="flags">Flags of the server, beside the usual ones.</param>
    public static async Task<CustomResourceServer> StartAsync(params IReadOnlyList<string> flags)
    {
        var server = new CustomResourceServer(await CustomResourceExecutables.RequireAsync(), flags);
        try
        {
            await server.Etcd.StartAsync();
            await server.Server.StartAsync();
            server.WriteAdminKubeconfig();
            await CustomResourceDefinitions.InstallAsync(server, LeaseDefinition.Manifest());
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        return server;
    }

    /// <summary>Makes up a namespace: this server takes any.</summary>
    public override Task<ScratchNamespace> NamespaceAsync(string prefix = "test") =>
        Task.FromResult(new ScratchNamespace(NewName(prefix), null));

    private protected override async ValueTask StopServersAsync()
    {
        await Server.DisposeAsync();
        await Etcd.DisposeAsync();
    }
}
