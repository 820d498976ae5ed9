using System.Text.Json;
using ExchangeVirt.Resources.Manifests;
using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Resources.Schema;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime.Manifests;
using ExchangeVirt.Runtime.Stores;
using k8s;
using k8s.Models;
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
                .. set
                    .Entities.Where(each => !bad.Contains(each.File))
                    .Select(static each => new ManifestObject(
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
                    Message(problem.Message, problem.Rule)
                )),
            ]
        );
    }

    /// <inheritdoc />
    public IReadOnlyList<StoreProblem> JudgeChange(ManifestObject declared, string before) =>
        [
            .. ResourceRules
                .Check(Entity(declared.Kind, declared.Json), Entity(declared.Kind, before))
                .Select(failure => new StoreProblem(
                    declared.File,
                    declared.Line,
                    failure.Path,
                    $"{Message(failure.Message, failure.Id)}. {declared.Kind} {declared.Key} stays as it was"
                )),
        ];

    /// <inheritdoc />
    public IReadOnlyList<StoreProblem> JudgeNew(
        IReadOnlyList<ManifestObject> fresh,
        IReadOnlyList<ManifestObject> others
    )
    {
        var declared = new DeclaredSet(Stored(fresh.Concat(others)));
        // What names something that is not there is taken, and says so in its conditions.
        return Refusals(
            fresh.SelectMany(each => Stored([each]).Select(entity => (each, LookupRules.Check(entity, null, declared))))
        );
    }

    /// <inheritdoc />
    public IReadOnlyList<StoreProblem> JudgeDeletion(ManifestObject target, IReadOnlyList<ManifestObject> stored) =>
        Refusals(
            Stored([target])
                .Select(entity => (target, LookupRules.CheckDeletion(entity, new DeclaredSet(Stored(stored)))))
        );

    private static IReadOnlyList<StoreProblem> Refusals(
        IEnumerable<(ManifestObject About, IReadOnlyList<LookupFinding> Findings)> judged
    ) =>
        [
            .. judged.SelectMany(static each =>
                each.Findings.Where(static finding => finding.Refuses(UnknownReferences.Warn))
                    .Select(finding => new StoreProblem(
                        each.About.File,
                        each.About.Line,
                        finding.Path,
                        Message(finding.Message, finding.Id)
                    ))
            ),
        ];

    private static string Message(string message, string? rule) => rule is null ? message : $"{message} ({rule})";

    // One that another version stored may fit its type no more; what can be read of it still counts.
    private static IEnumerable<IKubernetesObject<V1ObjectMeta>> Stored(IEnumerable<ManifestObject> objects)
    {
        foreach (var each in objects)
        {
            if (SchemaReader.Kinds.TryGetValue(each.Kind, out var kind))
            {
                using var json = JsonDocument.Parse(each.Json);
                yield return ObjectReader.Read(kind, json.RootElement);
            }
        }
    }

    private static IKubernetesObject<V1ObjectMeta> Entity(string kind, string json) =>
        (IKubernetesObject<V1ObjectMeta>)
            JsonSerializer.Deserialize(json, SchemaReader.Kinds[kind].Type, ResourceJson.Options)!;
}
