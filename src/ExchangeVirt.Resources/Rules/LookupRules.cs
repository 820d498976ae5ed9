using ExchangeVirt.Resources.Mapping;
using ExchangeVirt.Resources.Schema;
using ExchangeVirt.Resources.V1Alpha1;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Resources.Rules;

/// <summary>
/// Judges what takes a look at other objects. Pure: the others are handed in. A change is judged only by what it touches, so
/// that an old object can always be changed elsewhere, and an object that is being deleted by nothing at all.
/// </summary>
public static class LookupRules
{
    /// <summary>The annotation that protects an object of any kind from being deleted, where its value is <c>true</c>.</summary>
    public const string DeletionProtection = "exchangevirt.io/deletion-protection";

    /// <summary>The policy that always exists: where none of the name is declared, the built-in values hold.</summary>
    public const string DefaultPolicy = "default";

    private const string UnknownGroup = "unknown-availability-group";
    private const string UnknownPolicy = "unknown-policy";
    private const string ClaimedTwice = "virtual-machine-claimed-twice";
    private const string HasMembers = "availability-group-has-members";
    private const string PolicyInUse = "policy-in-use";
    private const string DeletionProtected = "deletion-protected";

    /// <summary>Gets the ids of all rules.</summary>
    public static IReadOnlyList<string> Ids { get; } =
    [HasMembers, DeletionProtected, PolicyInUse, UnknownGroup, UnknownPolicy, ClaimedTwice];

    /// <summary>Judges a new object, or a change of one.</summary>
    /// <param name="entity">The object; what is unsound may be missing from its spec.</param>
    /// <param name="old">The version before, or null where the object is new.</param>
    /// <param name="declared">The other objects; the object itself may be among them.</param>
    public static IReadOnlyList<LookupFinding> Check(
        IKubernetesObject<V1ObjectMeta> entity,
        IKubernetesObject<V1ObjectMeta>? old,
        IDeclaredObjects declared
    )
    {
        if (IsBeingDeleted(entity) || (old is not null && IsBeingDeleted(old)))
        {
            return [];
        }

        return entity switch
        {
            ExchangeVirtualMachine { Spec: not null } machine => OfMachine(
                machine,
                old is ExchangeVirtualMachine { Spec: not null } before ? before : null,
                declared
            ),
            HyperVHost { Spec: { } spec } => OfPolicy(
                spec.PolicyName,
                (old as HyperVHost)?.Spec?.PolicyName,
                "the built-in values hold for this host",
                declared
            ),
            _ => [],
        };
    }

    /// <summary>Judges the deletion of an object.</summary>
    /// <param name="entity">The object as it is.</param>
    /// <param name="declared">The other objects; the object itself may be among them.</param>
    public static IReadOnlyList<LookupFinding> CheckDeletion(
        IKubernetesObject<V1ObjectMeta> entity,
        IDeclaredObjects declared
    )
    {
        if (IsBeingDeleted(entity))
        {
            return [];
        }

        List<LookupFinding> findings = [];
        if (IsProtected(entity))
        {
            findings.Add(Protected(entity));
        }

        var name = entity.Metadata.Name;
        if (entity is DatabaseAvailabilityGroup)
        {
            var members = declared.MembersOf(entity.Metadata.NamespaceProperty, name).Where(NeedsItsGroup).ToList();
            if (members.Count > 0)
            {
                findings.Add(
                    new LookupFinding(
                        HasMembers,
                        "metadata.name",
                        $"is still named by {Names(members)}, which could not be taken down safely without it;"
                            + " delete them first, or take spec.exchange.databaseAvailabilityGroup out of them",
                        LookupWeight.Refusal
                    )
                );
            }
        }
        else if (entity is VirtualizationPolicy && declared.Under(name) is { Count: > 0 } followers)
        {
            var consequence =
                name == DefaultPolicy
                    ? "the built-in values hold for them from now on, which change nothing anywhere (Observe)"
                    : "nothing is done to those virtual machines until a policy of this name exists again";
            findings.Add(
                new LookupFinding(
                    PolicyInUse,
                    "metadata.name",
                    $"is still named by {Names(followers)}: {consequence}",
                    LookupWeight.Warning
                )
            );
        }

        return findings;
    }

    private static List<LookupFinding> OfMachine(
        ExchangeVirtualMachine machine,
        ExchangeVirtualMachine? old,
        IDeclaredObjects declared
    )
    {
        const string Closed = "nothing is done to this virtual machine";
        List<LookupFinding> findings = [];
        var inNamespace = machine.Metadata.NamespaceProperty;
        if (
            machine.Spec.Exchange?.DatabaseAvailabilityGroup is { } group
            && group != old?.Spec.Exchange?.DatabaseAvailabilityGroup
            && !declared.HasGroup(inNamespace, group)
        )
        {
            findings.Add(
                new LookupFinding(
                    UnknownGroup,
                    "spec.exchange.databaseAvailabilityGroup",
                    $"names the DatabaseAvailabilityGroup {group}, and none of that name is declared in the namespace"
                        + $" {inNamespace}; until one is, {Closed}",
                    LookupWeight.UnknownReference
                )
            );
        }

        findings.AddRange(OfPolicy(machine.Spec.PolicyName, old?.Spec.PolicyName, Closed, declared));
        var name = Desired.VirtualMachineNameOf(machine);
        if (old is null || !IsSame(name, Desired.VirtualMachineNameOf(old)))
        {
            var others = declared.NamedInHyperV(name).Where(other => IsRival(other, machine, declared.Hosts)).ToList();
            if (others.Count > 0)
            {
                findings.Add(
                    new LookupFinding(
                        ClaimedTwice,
                        machine.Spec.VirtualMachineName is null ? "metadata.name" : "spec.virtualMachineName",
                        $"claims the virtual machine {name} in Hyper-V, as {Names(others)} does; give one of them another"
                            + " virtualMachineName, delete one, or keep their namespaces on different hosts by allowedNamespaces"
                            + " of the HyperVHosts",
                        LookupWeight.Refusal
                    )
                );
            }
        }

        return findings;
    }

    private static IReadOnlyList<LookupFinding> OfPolicy(
        string name,
        string? old,
        string consequence,
        IDeclaredObjects declared
    ) =>
        name == DefaultPolicy || name == old || declared.HasPolicy(name)
            ? []
            :
            [
                new LookupFinding(
                    UnknownPolicy,
                    "spec.policyName",
                    $"names the VirtualizationPolicy {name}, and none of that name is declared; until one is, {consequence}",
                    LookupWeight.UnknownReference
                ),
            ];

    private static LookupFinding Protected(IKubernetesObject<V1ObjectMeta> entity)
    {
        var kind = SchemaReader.Kinds[entity.Kind].Resource;
        var inNamespace =
            kind.Scope is ResourceScope.Namespaced ? $" --namespace {entity.Metadata.NamespaceProperty}" : "";
        return new LookupFinding(
            DeletionProtected,
            $"metadata.annotations[{DeletionProtection}]",
            $"is \"true\", which protects the object from being deleted; remove the annotation first: kubectl annotate"
                + $" {kind.ShortName} {entity.Metadata.Name}{inNamespace} {DeletionProtection}-, or in a directory, take it out"
                + " of the manifest",
            LookupWeight.Refusal
        );
    }

    private static bool IsProtected(IKubernetesObject<V1ObjectMeta> entity) =>
        entity.Metadata.Annotations?.TryGetValue(DeletionProtection, out var value) == true && IsSame(value, "true");

    // A member that is let go of without being touched needs its DAG no more; one that is shut down first needs its slot.
    private static bool NeedsItsGroup(ExchangeVirtualMachine member) =>
        !IsBeingDeleted(member) || member.Spec.DeletionPolicy is DeletionPolicy.Delete;

    // A pin to a host is no wall: a machine is looked for on every host that may hold those of its namespace.
    private static bool IsRival(
        ExchangeVirtualMachine other,
        ExchangeVirtualMachine machine,
        IReadOnlyList<HyperVHost> hosts
    )
    {
        var (left, right) = (other.Metadata.NamespaceProperty, machine.Metadata.NamespaceProperty);
        return left == right
            ? other.Metadata.Name != machine.Metadata.Name
            : hosts.Count == 0 || hosts.Any(host => MayHold(host, left) && MayHold(host, right));
    }

    private static bool MayHold(HyperVHost host, string inNamespace) =>
        host.Spec.AllowedNamespaces?.Contains(inNamespace, StringComparer.Ordinal) != false;

    private static string Names(IReadOnlyList<IKubernetesObject<V1ObjectMeta>> objects)
    {
        const int Named = 3;
        var names = objects
            .OrderBy(static each => each.Kind, StringComparer.Ordinal)
            .ThenBy(static each => each.Metadata.NamespaceProperty, StringComparer.Ordinal)
            .ThenBy(static each => each.Metadata.Name, StringComparer.Ordinal)
            .Take(Named)
            .Select(static each =>
                $"{each.Kind} {(each.Metadata.NamespaceProperty is { } inNamespace ? $"{inNamespace}/" : "")}"
                + each.Metadata.Name
                + (IsBeingDeleted(each) ? " (being deleted)" : "")
            );
        var more = objects.Count > Named ? $" and {objects.Count - Named} more" : "";
        return string.Join(", ", names) + more;
    }

    private static bool IsBeingDeleted(IKubernetesObject<V1ObjectMeta> entity) =>
        entity.Metadata.DeletionTimestamp is not null;

    private static bool IsSame(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);
}
