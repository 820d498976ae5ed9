using System.CommandLine;
using System.CommandLine.Completions;
using System.Text.Json.Nodes;
using ExchangeVirt.Cli.Commands;
using ExchangeVirt.Cli.Estates;
using ExchangeVirt.Cli.Output;
using ExchangeVirt.Runtime.Kubernetes;

namespace ExchangeVirt.Cli.Completion;

/// <summary>An argument that names an object of the estate.</summary>
/// <param name="name">How usage calls it.</param>
/// <param name="kind">The argument before it, which names the kind.</param>
/// <param name="source">The options that say which estate.</param>
internal sealed class LiveNameArgument(string name, Argument<string?> kind, SourceOptions source)
    : Argument<string?>(name)
{
    /// <summary>The argument that names the kind.</summary>
    public Argument<string?> Kind => kind;

    /// <summary>The options that say which estate.</summary>
    public SourceOptions Source => source;
}

/// <summary>An argument that names a kind, or a kind and an object of it.</summary>
/// <param name="name">How usage calls it.</param>
/// <param name="source">The options that say which estate.</param>
internal sealed class KindArgument(string name, SourceOptions source) : Argument<string?>(name)
{
    /// <summary>The options that say which estate.</summary>
    public SourceOptions Source => source;
}

/// <summary>Looks up what may be typed of what an estate holds.</summary>
/// <param name="context">The world.</param>
internal sealed class LiveNames(CommandContext context)
{
    /// <summary>Lists the kinds by their short names.</summary>
    public static IEnumerable<CompletionItem> Kinds(params IEnumerable<string> more) =>
        ResourceKind
            .All.Select(static kind => new CompletionItem(kind.Resource.ShortName, documentation: kind.Type.Kind))
            .Concat(more.Select(static word => new CompletionItem(word)));

    /// <summary>Lists the objects of a kind, each with how it stands.</summary>
    /// <exception cref="CommandException">There is no such kind, or nothing can be read.</exception>
    public async Task<IReadOnlyList<Candidate>> ObjectsAsync(
        ParseResult parsed,
        SourceOptions source,
        string kind,
        CancellationToken cancellationToken
    )
    {
        using var estate = source.Open(parsed, context);
        var items = await estate.ListAsync(ResourceKind.Find(kind), everywhere: false, cancellationToken);
        return [.. items.Select(static item => new Candidate((string)item["metadata"]!["name"]!, Standing(item)))];
    }

    /// <summary>Lists the namespaces of the estate: a cluster's own, a directory's as far as objects are in them.</summary>
    /// <exception cref="CommandException">Nothing can be read.</exception>
    public async Task<IReadOnlyList<Candidate>> NamespacesAsync(
        ParseResult parsed,
        SourceOptions source,
        CancellationToken cancellationToken
    )
    {
        using var estate = source.Open(parsed, context, allNamespaces: true);
        if (estate is ClusterSource cluster)
        {
            return
            [
                .. (await cluster.ListNamespacesAsync(cancellationToken)).Select(static name => new Candidate(name)),
            ];
        }

        var objects = await EstateObjects.ReadAsync(estate, everywhere: true, cancellationToken);
        return
        [
            .. objects
                .All.Select(static each => each.Metadata.NamespaceProperty)
                .OfType<string>()
                .Distinct(StringComparer.Ordinal)
                .Select(static name => new Candidate(name)),
        ];
    }

    /// <summary>Lists the contexts of the kubeconfig.</summary>
    /// <exception cref="CommandException">It cannot be read.</exception>
    public static IReadOnlyList<Candidate> Contexts(ParseResult parsed, SourceOptions source) =>
        [
            .. ClusterQuestions
                .Read(() => ApiConnection.ContextsOf(parsed.GetValue(source.Kubeconfig)))
                .Select(static name => new Candidate(name)),
        ];

    private static string? Standing(JsonObject item)
    {
        var ready = (item["status"]?["conditions"] as JsonArray)?.FirstOrDefault(static condition =>
            (string?)condition?["type"] == "Ready"
        );
        return (string?)ready?["status"] == "True" ? "Ready" : (string?)ready?["reason"];
    }
}
