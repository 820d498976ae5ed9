using System.Text.Json.Nodes;
using ExchangeVirt.Operator;
using ExchangeVirt.Runtime.Directories;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ExchangeVirt.Cli.Tests.Support;

/// <summary>A state directory as an operator leaves it that took manifests and ended before it looked at any host.</summary>
internal sealed class OperatorDirectory : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public OperatorDirectory(params IReadOnlyList<IKubernetesObject<V1ObjectMeta>> objects)
    {
        var manifests = Directory.CreateDirectory(System.IO.Path.Combine(_folder.Path, "manifests")).FullName;
        foreach (var (index, entity) in objects.Index())
        {
            var json = Some.Json(entity);
            json.Remove("status");
            foreach (var field in (string[])["uid", "generation", "resourceVersion", "creationTimestamp"])
            {
                ((JsonObject)json["metadata"]!).Remove(field);
            }

            File.WriteAllText(System.IO.Path.Combine(manifests, $"{index}.json"), json.ToJsonString());
        }

        var time = new FakeTimeProvider(Some.Now);
        var uids = 0;
        using var store = DirectoryStore.Open(
            new DirectoryStoreOptions(manifests, Path),
            new ManifestParser(),
            time,
            () => new Guid(++uids, 0, 0, new byte[8]),
            new NoChangeHints(),
            NullLogger<DirectoryStore>.Instance
        );
        // Manifests are taken once they have been left alone for a while.
        store.Scan();
        time.Advance(TimeSpan.FromSeconds(3));
        store.Scan();
        Assert.Empty(store.Problems);
    }

    public string Path => System.IO.Path.Combine(_folder.Path, "state");

    public void Dispose() => _folder.Dispose();
}
