using ExchangeVirt.Runtime.Directories;
using ExchangeVirt.Runtime.Stores;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ExchangeVirt.Runtime.Tests.Directories;

/// <summary>A manifest directory, a state directory, a clock, and a store over them that can be restarted.</summary>
public sealed class Estate : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("runtime-tests-");
    private DirectoryStore? _store;
    private int _uids;

    public Estate()
    {
        Options = new DirectoryStoreOptions(
            Path.Combine(_root.FullName, "manifests"),
            Path.Combine(_root.FullName, "state")
        );
        Directory.CreateDirectory(Manifests);
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public JsonManifestParser Parser { get; } = new();

    public DirectoryStoreOptions Options { get; set; }

    public string Root => _root.FullName;

    public string Manifests => Options.ManifestDirectory;

    public string State => Options.StateDirectory;

    public DirectoryStore Store => _store ??= Open();

    public DirectoryReader Reader => new(State);

    public static ResourceKey Key(string name) => new("test", name);

    public static string Json(string name, int size = 1, string annotations = "{}", string kind = "Widget") =>
        $$$"""{"apiVersion":"tests.example/v1","kind":"{{{kind}}}","metadata":{"name":"{{{name}}}","namespace":"test","annotations":{{{annotations}}}},"spec":{"size":{{{size}}}}}""";

    public DirectoryStore Open() =>
        DirectoryStore.Open(
            Options,
            Parser,
            Time,
            () => new Guid(++_uids, 0, 0, new byte[8]),
            new NoChangeHints(),
            NullLogger<DirectoryStore>.Instance
        );

    /// <summary>Ends the store as kill -9 does, as far as the disk can tell: nothing is written on the way out.</summary>
    public DirectoryStore Restart()
    {
        _store?.Dispose();
        _store = null;
        return Store;
    }

    public void Write(string path, string content)
    {
        var full = Path.Combine(Manifests, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, content);
    }

    public void Declare(params IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            Write($"{name}.json", Json(name));
        }
    }

    public void Remove(string path) => File.Delete(Path.Combine(Manifests, path));

    /// <summary>Looks, lets the files settle, and looks again.</summary>
    public void Settle()
    {
        Store.Scan();
        Time.Advance(Options.Settle);
        Store.Scan();
    }

    public async Task<Widget?> GetAsync(string name) => await Store.GetAsync<Widget>(Key(name), CancellationToken.None);

    public async Task<Widget> MustGetAsync(string name) =>
        await GetAsync(name) ?? throw new InvalidOperationException($"{name} does not exist.");

    public async Task<IReadOnlyList<string>> NamesAsync() =>
        [
            .. (await Store.ListAsync<Widget>(CancellationToken.None))
                .Items.Select(widget => widget.Metadata.Name)
                .Order(),
        ];

    public string ObjectFile(string name) => Path.Combine(State, "objects", "+widget", $"test_{name}.json");

    public void Dispose()
    {
        _store?.Dispose();
        _root.Delete(recursive: true);
    }
}
