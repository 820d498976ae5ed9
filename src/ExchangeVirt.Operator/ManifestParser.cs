using System.Text.Json;
using ExchangeVirt.Resources.Manifests;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime.Manifests;
using ExchangeVirt.Runtime.Stores;
using ReadFile = ExchangeVirt.Resources.Manifests.ManifestFile;
using StoreFile = ExchangeVirt.Runtime.Manifests.ManifestFile;
using StoreProblem = ExchangeVirt.Runtime.Manifests.ManifestProblem;
using StoreSet = ExchangeVirt.Runtime.Manifests.ManifestSet;

namespace ExchangeVirt.Operator;

/// <summary>Gives the directory store the schema's reader of manifests.</summary>
public sealed class ManifestParser : IManifestParser
{
    /// <inheritdoc />
    public StoreSet Parse(IReadOnlyList<StoreFile> files)
    {
        var set = ManifestReader.Read(files.Select(static file => new ReadFile(file.Path, file.Content)));
        // Half of a file is not what somebody wrote: what a bad file declared before stays as it was.
        var bad = set.Problems.Select(static problem => problem.File).ToHashSet(StringComparer.Ordinal);
        return new StoreSet(
            [
                .. set.Entities.Where(each => !bad.Contains(each.File)).Select(static each => new ManifestObject(
                    each.Entity.Kind,
                    new ResourceKey(each.Entity.Metadata.NamespaceProperty, each.Entity.Metadata.Name),
                    JsonSerializer.Serialize(each.Entity, each.Entity.GetType(), ResourceJson.Options),
                    each.File,
                    each.Line
                )),
            ],
            [
                .. set.Problems.Select(static problem => new StoreProblem(
                    problem.File,
                    problem.Line,
                    problem.Path,
                    problem.Message
                )),
            ]
        );
    }
}
