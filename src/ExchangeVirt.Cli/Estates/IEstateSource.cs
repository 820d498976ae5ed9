using System.Text.Json.Nodes;
using ExchangeVirt.Cli.Output;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Cli.Estates;

/// <summary>Reads the objects of an estate. Commands do not know whether they lie in a state directory or in a cluster.</summary>
internal interface IEstateSource : IDisposable
{
    /// <summary>Where it is, for messages: the directory, or the API server's address.</summary>
    string Place { get; }

    /// <summary>What a command line says to mean it, with a leading blank, for advice; empty for a cluster.</summary>
    string CommandOptions { get; }

    /// <summary>Whether it is a cluster.</summary>
    bool IsCluster { get; }

    /// <summary>The time there: by the server's clock, as it was in its last answer, where that differs from this machine's.</summary>
    DateTimeOffset Now { get; }

    /// <summary>The namespace that is looked at; null where it is all of them.</summary>
    string? Namespace { get; }

    /// <summary>The namespace of manifests that name none.</summary>
    string ManifestNamespace { get; }

    /// <summary>The small values that the operator keeps: who it is, and whether it is paused.</summary>
    IControlState Control { get; }

    /// <summary>Lists the objects of a kind as they are stored, ordered by namespace and name.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="everywhere">Whether those of all namespaces are meant, whatever <see cref="Namespace"/> is.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="AccessDeniedException">The user may not.</exception>
    /// <exception cref="CommandException">They cannot be read.</exception>
    Task<IReadOnlyList<JsonObject>> ListAsync(ResourceKind kind, bool everywhere, CancellationToken cancellationToken);

    /// <summary>Lists the objects of a kind of all namespaces; where the user may not, of some.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="namespaces">The namespaces whose objects are listed where not all may be.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="AccessDeniedException">The user may not list those either.</exception>
    /// <exception cref="CommandException">They cannot be read.</exception>
    Task<ReadableObjects> ListReadableAsync(
        ResourceKind kind,
        IReadOnlyList<string> namespaces,
        CancellationToken cancellationToken
    );

    /// <summary>Finds the objects of a kind and name: more than one only where all namespaces are looked at.</summary>
    /// <exception cref="AccessDeniedException">The user may not.</exception>
    /// <exception cref="CommandException">They cannot be read.</exception>
    Task<IReadOnlyList<JsonObject>> FindAsync(ResourceKind kind, string name, CancellationToken cancellationToken);

    /// <summary>Lists the events about the objects, the latest last.</summary>
    /// <exception cref="AccessDeniedException">The user may not.</exception>
    /// <exception cref="CommandException">They cannot be read.</exception>
    Task<IReadOnlyList<SeenEvent>> ListEventsAsync(CancellationToken cancellationToken);

    /// <summary>Looks at the operator itself. What the user may not see is told, and no failure.</summary>
    /// <exception cref="CommandException">Nothing can be read.</exception>
    Task<OperatorSight> SeeOperatorAsync(CancellationToken cancellationToken);

    /// <summary>Says what of the estate is damaged or was not taken.</summary>
    IReadOnlyList<string> ListRemarks();
}

/// <summary>The objects of a kind that may be read.</summary>
/// <param name="Items">The objects, as they are stored.</param>
/// <param name="Narrowed">Why they are those of some namespaces; null where they are all.</param>
internal sealed record ReadableObjects(IReadOnlyList<JsonObject> Items, string? Narrowed);

/// <summary>An event, and the object that it is stored as.</summary>
/// <param name="Record">What happened.</param>
/// <param name="Whole">The whole event.</param>
internal sealed record SeenEvent(EventRecord Record, JsonNode Whole);

/// <summary>What can be seen of the operator itself.</summary>
internal sealed record OperatorSight
{
    /// <summary>Who works, or did last; null where nobody ever did or that cannot be seen.</summary>
    public string? Holder { get; init; }

    /// <summary>Since when.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>When the holder last said that it works, by its own clock; null where it does not say so again and again.</summary>
    public DateTimeOffset? RenewedAt { get; init; }

    /// <summary>For how long that holds.</summary>
    public TimeSpan? Validity { get; init; }

    /// <summary>Whether the holder's process runs, where nobody renews anything; null where that cannot be told.</summary>
    public bool? IsRunning { get; init; }

    /// <summary>Whether who works could be looked up at all.</summary>
    public bool IsHolderKnown { get; init; }

    /// <summary>The installation's id; null where there is none yet or it cannot be seen: then <see cref="InstallationGap"/> says which.</summary>
    public string? Installation { get; init; }

    /// <summary>Why the installation's id is not known; null where it is.</summary>
    public string? InstallationGap { get; init; }

    /// <summary>
    /// The switch that stops everything, as the operator takes it. Null where it was never thrown, and where it is not known:
    /// then <see cref="PauseUnread"/> says why.
    /// </summary>
    public PauseState? Pause { get; init; }

    /// <summary>Why it is not known whether everything is paused; null where it is known.</summary>
    public string? PauseUnread { get; init; }

    /// <summary>What a plan says that is reckoned without the switch's own word; null where it was read.</summary>
    public string? PauseDoubt =>
        PauseUnread is { } why
            ? $"Whether everything is paused is not known, and this is reckoned as if it were not. {why}"
        : Pause is { IsAssumed: true } supposed ? supposed.Reason
        : null;

    /// <summary>What could not be looked up, and why.</summary>
    public IReadOnlyList<string> NotSeen { get; init; } = [];
}
