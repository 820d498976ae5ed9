using System.Text.Json;
using System.Text.Json.Nodes;
using ExchangeVirt.Cli.Output;
using ExchangeVirt.Resources.Schema;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime;
using ExchangeVirt.Runtime.Directories;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Cli.Estates;

/// <summary>Reads the state directory of an operator, beside it or after its end.</summary>
internal sealed class DirectorySource : IEstateSource
{
    private readonly DirectoryReader _reader;
    private readonly TimeProvider _clock;

    private DirectorySource(string directory, DirectoryReader reader, string? ofNamespace, TimeProvider clock)
    {
        Place = directory;
        Namespace = ofNamespace;
        Control = new DirectoryControlState(directory, clock);
        _reader = reader;
        _clock = clock;
    }

    /// <inheritdoc />
    public string Place { get; }

    /// <inheritdoc />
    public string CommandOptions => $" --state {CommandWord.Of(Place)}";

    /// <inheritdoc />
    public bool IsCluster => false;

    /// <inheritdoc />
    public DateTimeOffset Now => _clock.GetUtcNow();

    /// <inheritdoc />
    public string? Namespace { get; }

    /// <inheritdoc />
    public string ManifestNamespace => "default";

    /// <inheritdoc />
    public IControlState Control { get; }

    /// <summary>Opens a directory.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="ofNamespace">The namespace that is looked at. Null: all.</param>
    /// <param name="clock">The clock.</param>
    /// <exception cref="CommandException">It holds no operator's state.</exception>
    public static DirectorySource Open(string directory, string? ofNamespace, TimeProvider clock)
    {
        var reader = new DirectoryReader(directory);
        return reader.Exists
            ? new DirectorySource(directory, reader, ofNamespace, clock)
            : throw new CommandException(
                $"{Path.GetFullPath(directory)} holds no operator's state. Name the directory that 'exvirt run --state' was given."
            );
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<JsonObject>> ListAsync(
        ResourceKind kind,
        bool everywhere,
        CancellationToken cancellationToken
    ) => Task.FromResult(Items(kind, everywhere));

    /// <inheritdoc />
    public Task<ReadableObjects> ListReadableAsync(
        ResourceKind kind,
        IReadOnlyList<string> namespaces,
        CancellationToken cancellationToken
    ) => Task.FromResult(new ReadableObjects(Items(kind, everywhere: true), Narrowed: null));

    /// <inheritdoc />
    public Task<IReadOnlyList<JsonObject>> FindAsync(
        ResourceKind kind,
        string name,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult<IReadOnlyList<JsonObject>>([
            .. Items(kind, everywhere: false).Where(item => (string?)item["metadata"]?["name"] == name),
        ]);

    /// <inheritdoc />
    public Task<IReadOnlyList<SeenEvent>> ListEventsAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<SeenEvent>>([
            .. _reader
                .ListEvents()
                .Where(record => Namespace is null || record.Regarding.Key.Namespace == Namespace)
                .Select(static record => new SeenEvent(
                    record,
                    JsonSerializer.SerializeToNode(record, ResourceJson.Options)!
                )),
        ]);

    /// <inheritdoc />
    public async Task<OperatorSight> SeeOperatorAsync(CancellationToken cancellationToken)
    {
        var holder = _reader.Holder;
        var (installation, gap) = await SeeInstallationAsync(cancellationToken);
        var (pause, unread) = await SeePauseAsync(cancellationToken);
        return new OperatorSight
        {
            Holder = holder is null ? null : $"process {holder.ProcessId} on {holder.Machine}",
            Since = holder?.Since,
            IsHolderKnown = true,
            IsRunning = _reader.IsHolderRunning,
            Installation = installation,
            InstallationGap = installation is null
                ? gap ?? $"No operator ever began on the state directory {Place}."
                : null,
            Pause = pause,
            PauseUnread = unread,
            NotSeen = [.. new[] { gap, unread }.OfType<string>()],
        };
    }

    /// <inheritdoc />
    public IReadOnlyList<string> ListRemarks() =>
        [.. _reader.ListDamage(), .. _reader.ListProblems().Select(static problem => problem.ToString())];

    /// <inheritdoc />
    public void Dispose()
    {
        // Every look opens and closes its files.
    }

    private async Task<(string? Id, string? Gap)> SeeInstallationAsync(CancellationToken cancellationToken)
    {
        try
        {
            return ((await Control.GetControlAsync("installation", cancellationToken))?.Value, null);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return (null, refused.Message);
        }
    }

    // What this user may not read tells nothing of what the operator reads; what is damaged is damaged for both.
    private async Task<(PauseState? State, string? Unread)> SeePauseAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (
                new PauseSwitch(Control).Understand(await Control.GetControlAsync(PauseSwitch.Name, cancellationToken)),
                null
            );
        }
        catch (Exception damaged) when (damaged is StateDamagedException or StateVersionException)
        {
            return (PauseSwitch.Suppose(damaged), null);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return (null, refused.Message);
        }
    }

    private IReadOnlyList<JsonObject> Items(ResourceKind kind, bool everywhere)
    {
        try
        {
            return
            [
                .. _reader
                    .ListJson()
                    .Where(item => (string?)item["kind"] == kind.Type.Kind)
                    // Hosts and policies are in no namespace, and looked at with every one.
                    .Where(item =>
                        everywhere
                        || Namespace is null
                        || kind.Resource.Scope is ResourceScope.Cluster
                        || (string?)item["metadata"]?["namespace"] == Namespace
                    ),
            ];
        }
        catch (Exception refused) when (refused is StateVersionException or StateDamagedException)
        {
            throw new CommandException(refused.Message, ExitCode.Failure, refused);
        }
    }
}
