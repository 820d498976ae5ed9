using k8s;
using k8s.Models;

namespace ExchangeVirt.Resources.Rules;

public static partial class ResourceRules
{
    /// <summary>Judges an entity by those rules alone whose fields fit the schema: the others would judge what is not there.</summary>
    /// <param name="entity">The entity; what does not fit may be missing from it.</param>
    /// <param name="misfits">The paths of what does not fit.</param>
    internal static IReadOnlyList<RuleFailure> CheckSoundFields(
        IKubernetesObject<V1ObjectMeta> entity,
        IReadOnlyCollection<string> misfits
    ) => Check(entity, old: null, (rule, path) => ReadsSoundFields(rule, path, misfits));

    /// <summary>Tells whether all that a rule reads of the object at a path fits the schema.</summary>
    internal static bool ReadsSoundFields(ResourceRule rule, string path, IEnumerable<string> misfits)
    {
        IReadOnlyList<string> reads = rule.Reads.Count == 0 ? [""] : rule.Reads;
        return !reads
            .Select(read => Join(path, read))
            .Any(read => misfits.Any(misfit => IsWithin(misfit, read) || IsWithin(read, misfit)));
    }

    private static bool IsWithin(string path, string outer) =>
        path.StartsWith(outer, StringComparison.Ordinal)
        && (path.Length == outer.Length || outer.Length == 0 || path[outer.Length] is '.' or '[');
}
