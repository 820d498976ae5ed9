namespace ExchangeVirt.Kubernetes.Tests.Installing;

/// <summary>A right as a test's table writes it down.</summary>
/// <param name="Namespace">Where it holds; null: everywhere.</param>
/// <param name="Group">The API group.</param>
/// <param name="Resources">Plurals, with a subresource after a slash, between spaces.</param>
/// <param name="Verbs">The verbs, between spaces.</param>
/// <param name="Names">The only objects that it holds for, between spaces; empty: all.</param>
internal sealed record Right(string? Namespace, string Group, string Resources, string Verbs, string Names = "")
{
    /// <summary>The five kinds.</summary>
    public const string Kinds =
        "databaseavailabilitygroups exchangevirtualmachines hypervhosts virtualizationpolicies virtualmachinemigrations";

    /// <summary>All verbs of requests to resources.</summary>
    public static readonly IReadOnlyList<string> AllVerbs =
    [
        "get",
        "list",
        "watch",
        "create",
        "update",
        "patch",
        "delete",
        "deletecollection",
    ];

    /// <summary>What every server lets everybody do whom it knows: ask about their own rights.</summary>
    public static readonly Right OfEverybody = new(
        null,
        "authorization.k8s.io",
        "selfsubjectaccessreviews selfsubjectrulesreviews",
        "create"
    );

    /// <summary>What the operator may do: the table of docs/security.md.</summary>
    public static readonly IReadOnlyList<Right> OfTheOperator =
    [
        new(null, "exchangevirt.io", Kinds, "get list watch"),
        new(null, "exchangevirt.io", "exchangevirtualmachines", "patch"),
        new(null, "exchangevirt.io", Kinds.Replace(" ", "/status ", StringComparison.Ordinal) + "/status", "patch"),
        new(null, "events.k8s.io", "events", "create get patch"),
        new(null, "", "namespaces", "get"),
        new(
            null,
            "apiextensions.k8s.io",
            "customresourcedefinitions",
            "get",
            "exchangevirtualmachines.exchangevirt.io"
        ),
        new("exchangevirt-system", "coordination.k8s.io", "leases", "create"),
        new("exchangevirt-system", "coordination.k8s.io", "leases", "get patch", "exchangevirt-operator"),
        new("exchangevirt-system", "", "configmaps", "create"),
        new(
            "exchangevirt-system",
            "",
            "configmaps",
            "list watch patch",
            "exchangevirt-epoch exchangevirt-installation exchangevirt-pause"
        ),
    ];

    /// <summary>Tells whether a request is within the right.</summary>
    public bool Allows(ApiRequest request) =>
        (Namespace is null || Namespace == request.Namespace)
        && Group == request.Resource.Group
        && Has(
            Resources,
            request.Resource.Subresource.Length == 0
                ? request.Resource.Name
                : $"{request.Resource.Name}/{request.Resource.Subresource}"
        )
        && Has(Verbs, request.Verb)
        && (Names.Length == 0 || Has(Names, request.Name));

    /// <summary>Gets what it consists of, one verb on one resource each.</summary>
    public IEnumerable<(string Group, string Resource, string Verb)> Parts() =>
        from resource in Resources.Split(' ')
        from verb in Verbs.Split(' ')
        select (Group, resource, verb);

    private static bool Has(string list, string word) => list.Split(' ').Contains(word, StringComparer.Ordinal);
}
