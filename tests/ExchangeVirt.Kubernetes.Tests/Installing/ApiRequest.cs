using System.Net;
using System.Text.Json.Nodes;
using ExchangeVirt.Envtest.Access;

namespace ExchangeVirt.Kubernetes.Tests.Installing;

/// <summary>One verb on one resource.</summary>
/// <param name="Resource">The resource.</param>
/// <param name="Verb">The verb.</param>
/// <param name="Namespace">Where; empty: cluster-wide.</param>
/// <param name="Name">The object; empty: none in particular.</param>
internal sealed record ApiRequest(ApiResource Resource, string Verb, string Namespace, string Name)
{
    // No object has this name.
    private const string Nobody = "nobody";

    /// <summary>
    /// Makes every request there is: each verb on each resource, in each of the namespaces and cluster-wide; and where a right is
    /// only for objects of some names, for each of those too.
    /// </summary>
    public static IReadOnlyList<ApiRequest> All(
        IReadOnlyList<ApiResource> resources,
        IReadOnlyList<string> namespaces,
        IReadOnlyList<Right> rights
    ) =>
        [
            .. from resource in resources
            from place in resource.IsNamespaced ? namespaces.Append("") : [""]
            from verb in Right.AllVerbs
            from name in rights
                .Where(right =>
                    right.Group == resource.Group
                    && right.Resources.Split(' ').Contains(resource.Name, StringComparer.Ordinal)
                )
                .SelectMany(static right => right.Names.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Distinct(StringComparer.Ordinal)
                .Append("")
            select new ApiRequest(resource, verb, place, name),
        ];

    /// <summary>Asks whether it would be allowed, in the way that <c>kubectl auth can-i</c> asks.</summary>
    public async Task<bool> IsAllowedAsync(RawApi user)
    {
        var answer = await user.PostAsync(
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            new JsonObject
            {
                ["apiVersion"] = "authorization.k8s.io/v1",
                ["kind"] = "SelfSubjectAccessReview",
                ["spec"] = new JsonObject
                {
                    ["resourceAttributes"] = new JsonObject
                    {
                        ["group"] = Resource.Group,
                        ["version"] = Resource.Version,
                        ["resource"] = Resource.Name,
                        ["subresource"] = Resource.Subresource,
                        ["verb"] = Verb,
                        ["namespace"] = Namespace,
                        ["name"] = Name,
                    },
                },
            }
        );
        return (bool)answer.Succeeded()["status"]!["allowed"]!;
    }

    /// <summary>Sends it, as a dry run where it writes.</summary>
    /// <returns>Whether the server refused it for want of a right; null where no request has this verb, such as a list of one's status.</returns>
    public async Task<bool?> IsRefusedAsync(RawApi user)
    {
        if (Request() is not var (method, path))
        {
            return null;
        }

        // Rights are looked at before the body is: one that is no object is refused for that only where the right is there.
        var answer = await user.SendAsync(
            method,
            path,
            method == HttpMethod.Get ? null : new JsonObject(),
            Verb is "patch" ? RawApi.Merge : "application/json"
        );
        return answer.Code is HttpStatusCode.Forbidden
            && answer.Text.Contains($"cannot {Verb} resource", StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Verb} {Resource} {(Namespace.Length == 0 ? "cluster-wide" : $"in {Namespace}")} {Name}".TrimEnd();

    private (HttpMethod Method, string Path)? Request()
    {
        var isOfMany = Verb is "list" or "watch" or "deletecollection" or "create";
        if (Resource.Subresource.Length > 0 ? Verb is "list" or "watch" or "deletecollection" : IsNameless())
        {
            return null;
        }

        var path =
            (Resource.Group.Length == 0 ? "/api" : $"/apis/{Resource.Group}")
            + $"/{Resource.Version}"
            + (Namespace.Length == 0 ? "" : $"/namespaces/{Namespace}")
            + $"/{Resource.Name}"
            + (isOfMany && Resource.Subresource.Length == 0 ? "" : $"/{(Name.Length == 0 ? Nobody : Name)}")
            + (Resource.Subresource.Length == 0 ? "" : $"/{Resource.Subresource}");
        var only = Name.Length == 0 ? "" : $"&fieldSelector=metadata.name%3D{Name}";
        return Verb switch
        {
            "get" => (HttpMethod.Get, path),
            "list" => (HttpMethod.Get, $"{path}?limit=1{only}"),
            "watch" => (HttpMethod.Get, $"{path}?watch=true&timeoutSeconds=1{only}"),
            "create" => (HttpMethod.Post, $"{path}?dryRun=All"),
            "update" => (HttpMethod.Put, $"{path}?dryRun=All"),
            "patch" => (HttpMethod.Patch, $"{path}?dryRun=All"),
            _ => (HttpMethod.Delete, $"{path}?dryRun=All"),
        };
    }

    // An object's name is in the body of its creation, and no server looks at a selector of what is to be deleted for rights.
    private bool IsNameless() => Name.Length > 0 && (Verb is "create" or "deletecollection");
}
