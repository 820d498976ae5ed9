using System.Text.Json.Nodes;
using ExchangeVirt.Resources.Schema;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Cli.Output;

/// <summary>Names resources as users do: <c>exvm</c>, <c>exvm ex01</c>, <c>exvm/ex01</c>.</summary>
/// <param name="Kind">The kind; null where all are meant.</param>
/// <param name="Name">The object's name; null where all are meant.</param>
internal sealed record ResourceName(ResourceKind? Kind, string? Name)
{
    /// <summary>Reads the two words of a command line.</summary>
    /// <exception cref="CommandException">The words name no kind, or a name twice.</exception>
    public static ResourceName Parse(string? kind, string? name)
    {
        if (kind is null or "all")
        {
            return new ResourceName(null, name);
        }

        var parts = kind.Split('/', 2);
        if (parts.Length == 2 && name is not null)
        {
            throw new CommandException($"'{kind}' names an object already; '{name}' is one too many.", ExitCode.Usage);
        }

        return new ResourceName(ResourceKind.Find(parts[0]), parts.ElementAtOrDefault(1) ?? name);
    }

    /// <summary>Makes the key of the one object that is meant.</summary>
    /// <param name="namespaceName">The namespace, for a kind that lives in one.</param>
    /// <exception cref="CommandException">No single object is meant.</exception>
    public ResourceKey Key(string namespaceName) =>
        (Kind, Name) is ({ } kind, { } name)
            ? new ResourceKey(kind.Resource.Scope is ResourceScope.Namespaced ? namespaceName : null, name)
            : throw new CommandException("Name one object, such as exvm/ex01.", ExitCode.Usage);

    /// <summary>Whether an object is meant.</summary>
    public bool Fits(JsonObject item) =>
        (Kind is null || (string?)item["kind"] == Kind.Type.Kind)
        && (Name is null || (string?)item["metadata"]?["name"] == Name);
}
