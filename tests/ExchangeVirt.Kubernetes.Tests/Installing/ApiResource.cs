using System.Text.Json.Nodes;
using ExchangeVirt.Envtest;

namespace ExchangeVirt.Kubernetes.Tests.Installing;

/// <summary>One resource, or a part of one, that an API server serves.</summary>
/// <param name="Group">The API group; empty for the core group.</param>
/// <param name="Version">A version of it in which the resource is served.</param>
/// <param name="Name">The plural.</param>
/// <param name="Subresource">Such as <c>status</c>; empty for the resource itself.</param>
/// <param name="IsNamespaced">Whether it lives in namespaces.</param>
internal sealed record ApiResource(string Group, string Version, string Name, string Subresource, bool IsNamespaced)
{
    /// <summary>Reads all that a server serves; rights know no versions, so one of each is enough.</summary>
    public static async Task<IReadOnlyList<ApiResource>> DiscoverAsync(TestCluster cluster)
    {
        var groups = (await cluster.Raw.GetAsync("/apis")).Succeeded()["groups"]!.AsArray();
        var versions = groups
            .SelectMany(static group => group!["versions"]!.AsArray())
            .Select(static version => (string)version!["groupVersion"]!)
            .Prepend("v1")
            .ToList();
        List<ApiResource> all = [];
        foreach (var version in versions)
        {
            var path = version is "v1" ? "/api/v1" : $"/apis/{version}";
            var list = (await cluster.Raw.GetAsync(path)).Succeeded();
            all.AddRange(list["resources"]!.AsArray().Select(each => Read(version, each!)));
        }

        return [.. all.DistinctBy(static each => (each.Group, each.Name, each.Subresource))];
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Name}{(Subresource.Length == 0 ? "" : "/")}{Subresource}{(Group.Length == 0 ? "" : ".")}{Group}";

    private static ApiResource Read(string version, JsonNode resource)
    {
        var name = ((string)resource["name"]!).Split('/', 2);
        var parts = version.Split('/');
        return new ApiResource(
            parts.Length == 2 ? parts[0] : "",
            parts[^1],
            name[0],
            name.Length == 2 ? name[1] : "",
            (bool)resource["namespaced"]!
        );
    }
}
