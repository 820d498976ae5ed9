using ExchangeVirt.Resources.Schema;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Resources.Rules;

/// <summary>Lists the cross-field rules of all kinds and judges entities by them.</summary>
public static partial class ResourceRules
{
    private const string DnsLabelPattern = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

    /// <summary>All rules, by id.</summary>
    public static IReadOnlyDictionary<string, ResourceRule> All { get; } =
        new[] { NameIsDnsLabel }
            .Concat(VirtualMachineRules())
            .Concat(DiskRules())
            .Concat(GroupPolicyAndMigrationRules())
            .ToDictionary(rule => rule.Id);

    private static ResourceRule NameIsDnsLabel =>
        Rule<IKubernetesObject<V1ObjectMeta>>(
            "name-is-dns-label",
            $"self.metadata.name.size() <= 63 && self.metadata.name.matches('{DnsLabelPattern}')",
            $"must be at most 63 {TextShapes.Allowed(TextShape.DnsLabel)}",
            "metadata.name",
            ["metadata.name"],
            self => self.Metadata.Name is { Length: <= 63 } name && TextShapes.Matches(TextShape.DnsLabel, name)
        );

    /// <summary>
    /// Judges an entity, and its change where the old version is given. What was broken before and is not touched by the
    /// change is not told then, so that an old object can always be changed elsewhere.
    /// </summary>
    /// <param name="entity">The entity; its schema holds.</param>
    /// <param name="old">The version before, or null where the entity is new or all that is broken is asked for.</param>
    public static IReadOnlyList<RuleFailure> Check(
        IKubernetesObject<V1ObjectMeta> entity,
        IKubernetesObject<V1ObjectMeta>? old = null
    ) => Check(entity, old, static (_, _) => true);

    /// <summary>Judges an entity by those rules whose fields are sound.</summary>
    /// <param name="entity">The entity; what is unsound may be missing from it.</param>
    /// <param name="old">The version before, or null.</param>
    /// <param name="applies">Tells whether a rule may be asked of the object at a path.</param>
    internal static IReadOnlyList<RuleFailure> Check(
        IKubernetesObject<V1ObjectMeta> entity,
        IKubernetesObject<V1ObjectMeta>? old,
        Func<ResourceRule, string, bool> applies
    ) => new RuleVisitor(applies).Visit(entity, old);

    /// <summary>Joins a path and a field below it.</summary>
    internal static string Join(string path, string field) =>
        path.Length == 0 ? field
        : field.Length == 0 ? path
        : $"{path}.{field}";

    private static ResourceRule Rule<T>(
        string id,
        string cel,
        string message,
        string field,
        IReadOnlyList<string> reads,
        Func<T, bool> holds
    ) => new(id, typeof(T), cel, message, field, reads, IsTransition: false, (self, _) => holds((T)self));

    private static ResourceRule Transition<T>(
        string id,
        string cel,
        string message,
        string field,
        IReadOnlyList<string> reads,
        Func<T, T, bool> holds
    ) => new(id, typeof(T), cel, message, field, reads, IsTransition: true, (self, old) => holds((T)self, (T)old!));
}
