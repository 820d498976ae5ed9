using System.Text.Json.Nodes;
using ExchangeVirt.Cli.Estates;
using ExchangeVirt.Cli.Output;
using ExchangeVirt.Resources.Manifests;
using ExchangeVirt.Resources.Schema;

namespace ExchangeVirt.Cli.Linting;

/// <summary>Reads what of a cluster manifests are judged against: all of it, or as much as the user may see.</summary>
internal static class LiveObjects
{
    /// <summary>Reads. Whoever may not read all namespaces is judged against those that the manifests are in.</summary>
    /// <exception cref="AccessDeniedException">The user may read nothing of it.</exception>
    /// <exception cref="CommandException">The cluster cannot be read.</exception>
    public static async Task<EstateObjects> ReadAsync(
        ClusterSource cluster,
        ManifestSet manifests,
        CancellationToken cancellationToken
    )
    {
        List<string> narrowed = [];
        var objects = await EstateObjects.ReadAsync(async kind =>
        {
            try
            {
                return await cluster.ReadAsync(kind, ofNamespace: null, cancellationToken);
            }
            catch (AccessDeniedException refused) when (kind.Resource.Scope is ResourceScope.Namespaced)
            {
                var found = await ReadAsync(cluster, kind, NamespacesOf(manifests, cluster), cancellationToken);
                narrowed.Add(refused.Message);
                return found;
            }
        });
        return objects with { NotShown = [.. objects.NotShown, .. narrowed] };
    }

    private static async Task<IReadOnlyList<JsonObject>> ReadAsync(
        ClusterSource cluster,
        ResourceKind kind,
        IEnumerable<string> namespaces,
        CancellationToken cancellationToken
    )
    {
        List<JsonObject> found = [];
        foreach (var each in namespaces)
        {
            found.AddRange(await cluster.ReadAsync(kind, each, cancellationToken));
        }

        return found;
    }

    private static IEnumerable<string> NamespacesOf(ManifestSet manifests, ClusterSource cluster) =>
        manifests
            .Entities.Select(static each => each.Entity.Metadata.NamespaceProperty)
            .OfType<string>()
            .Append(cluster.ManifestNamespace)
            .Distinct(StringComparer.Ordinal);
}
