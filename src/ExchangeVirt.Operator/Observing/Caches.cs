using ExchangeVirt.Domain.Model;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Resources.Mapping;
using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime.Informers;
using ExchangeVirt.Runtime.Stores;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Operator.Observing;

/// <summary>The declared objects as last heard, with the indexes that the controllers read by.</summary>
public sealed class Caches
{
    private const string IdIndex = "id";
    private const string NameIndex = "name";
    private const string GroupIndex = "group";
    private const string PolicyIndex = "policy";
    private const string HostlessIndex = "hostless";
    private const string Hostless = "";

    /// <summary>Takes the informers' caches and adds the indexes.</summary>
    public Caches(
        ResourceCache<ExchangeVirtualMachine> virtualMachines,
        ResourceCache<HyperVHost> hosts,
        ResourceCache<DatabaseAvailabilityGroup> groups,
        ResourceCache<VirtualizationPolicy> policies
    )
    {
        VirtualMachines = virtualMachines;
        Hosts = hosts;
        Groups = groups;
        Policies = policies;
        virtualMachines.AddIndex(
            IdIndex,
            static entity => entity.Status?.VirtualMachineId is { } id ? [id.ToUpperInvariant()] : []
        );
        virtualMachines.AddIndex(NameIndex, static entity => [Desired.VirtualMachineNameOf(entity).ToUpperInvariant()]);
        virtualMachines.AddIndex(
            GroupIndex,
            static entity =>
                Desired.GroupNameOf(entity) is { } group ? [$"{entity.Metadata.NamespaceProperty}/{group}"] : []
        );
        virtualMachines.AddIndex(HostlessIndex, static entity => entity.Status?.Placement is null ? [Hostless] : []);
        virtualMachines.AddIndex(PolicyIndex, static entity => [Desired.PolicyNameOf(entity)]);
    }

    /// <summary>
    /// Gets or sets what lists the VMs that exist and cannot be read; none where nobody sets it. What is cached of such a VM is
    /// its last good state, or nothing.
    /// </summary>
    public Func<IReadOnlyList<UnreadableVirtualMachine>> UnreadableVirtualMachines { get; set; } = static () => [];

    /// <summary>Gets or sets what tells which hosts, DAGs and policies exist and cannot be read; none where nobody sets it.</summary>
    public UnreadableDeclarations Unreadable { get; set; } = new();

    /// <summary>Gets the VMs.</summary>
    public ResourceCache<ExchangeVirtualMachine> VirtualMachines { get; }

    /// <summary>Gets the hosts.</summary>
    public ResourceCache<HyperVHost> Hosts { get; }

    /// <summary>Gets the DAGs.</summary>
    public ResourceCache<DatabaseAvailabilityGroup> Groups { get; }

    /// <summary>Gets the policies.</summary>
    public ResourceCache<VirtualizationPolicy> Policies { get; }

    /// <summary>Takes what informers hold, and what they cannot read.</summary>
    public static Caches Of(
        Informer<ExchangeVirtualMachine> virtualMachines,
        Informer<HyperVHost> hosts,
        Informer<DatabaseAvailabilityGroup> groups,
        Informer<VirtualizationPolicy> policies
    ) =>
        new(virtualMachines.Cache, hosts.Cache, groups.Cache, policies.Cache)
        {
            UnreadableVirtualMachines = () => [.. virtualMachines.Unreadable.Select(UnreadableVirtualMachine.From)],
            Unreadable = new UnreadableDeclarations
            {
                Hosts = () => hosts.Unreadable,
                Group = groups.FindUnreadable,
                Policy = policies.FindUnreadable,
            },
        };

    /// <summary>Lists the declared objects that a VM on a host may be: by its mark, its GUID or its name.</summary>
    public IReadOnlyList<ResourceKey> ObjectsOf(ObservedVirtualMachine machine) =>
        [
            .. VirtualMachines
                .ByIndex(IdIndex, machine.Id.ToString("D").ToUpperInvariant())
                .Concat(VirtualMachines.ByIndex(NameIndex, machine.Name.ToUpperInvariant()))
                .Select(static entity => new ResourceKey(entity.Metadata.NamespaceProperty, entity.Metadata.Name))
                .Concat(machine.Owner is { Object: var key } ? [new ResourceKey(key.Namespace, key.Name)] : [])
                .Distinct(),
        ];

    /// <summary>Lists the VMs that name a DAG of their namespace.</summary>
    public IReadOnlyList<ExchangeVirtualMachine> MembersOf(string? inNamespace, string group) =>
        VirtualMachines.ByIndex(GroupIndex, $"{inNamespace}/{group}");

    /// <summary>Lists the VMs that bear a name in Hyper-V, in whatever case of letters.</summary>
    public IReadOnlyList<ExchangeVirtualMachine> NamedInHyperV(string name) =>
        VirtualMachines.ByIndex(NameIndex, name.ToUpperInvariant());

    /// <summary>Finds the DAG that a VM names.</summary>
    /// <returns>Null where it names none, or one that does not exist.</returns>
    public DatabaseAvailabilityGroup? GroupOf(ExchangeVirtualMachine entity) =>
        Desired.GroupNameOf(entity) is { } name
            ? Groups.Get(new ResourceKey(entity.Metadata.NamespaceProperty, name))
            : null;

    /// <summary>Finds the policy that a VM follows.</summary>
    /// <returns>Null where it does not exist.</returns>
    public VirtualizationPolicy? PolicyOf(ExchangeVirtualMachine entity) =>
        Policies.Get(new ResourceKey(null, Desired.PolicyNameOf(entity)));

    /// <summary>Finds the policy that a host follows.</summary>
    /// <returns>Null where it does not exist.</returns>
    public VirtualizationPolicy? PolicyOf(HyperVHost entity) =>
        Policies.Get(new ResourceKey(null, Desired.PolicyNameOf(entity)));

    /// <summary>Tells why the DAG that a VM names cannot be reckoned with: it cannot be read as it is now, or is not sound.</summary>
    /// <returns>Null where it can be, and where it does not exist.</returns>
    public string? WhatIsWrongWithGroupOf(ExchangeVirtualMachine entity) =>
        Desired.GroupNameOf(entity) is { } name
            ? UnreadableDeclarations.Describe(
                Unreadable.Group(new ResourceKey(entity.Metadata.NamespaceProperty, name))
            ) ?? WhatIsUnsound(GroupOf(entity))
            : null;

    /// <summary>Tells why a policy cannot be followed: it cannot be read as it is now, or is not sound.</summary>
    /// <returns>Null where it can be, and where it does not exist.</returns>
    public string? WhatIsWrongWithPolicy(string name)
    {
        var key = new ResourceKey(null, name);
        return UnreadableDeclarations.Describe(Unreadable.Policy(key)) ?? WhatIsUnsound(Policies.Get(key));
    }

    /// <summary>Tells why a host's object cannot be read.</summary>
    /// <returns>Null where it can be, or does not exist.</returns>
    public string? WhyHostIsUnread(string host) =>
        UnreadableDeclarations.Describe(Unreadable.Hosts().FirstOrDefault(each => each.Key.Name == host));

    /// <summary>Tells whether a host is declared, be it in words that this version does not understand.</summary>
    public bool IsHostDeclared(string host) =>
        Hosts.Get(new ResourceKey(null, host)) is not null || WhyHostIsUnread(host) is not null;

    /// <summary>Lists the names of all declared hosts in their order, those among them that cannot be read.</summary>
    public IReadOnlyList<string> DeclaredHosts() =>
        [
            .. Hosts
                .Keys()
                .Concat(Unreadable.Hosts().Select(static each => each.Key))
                .Select(static key => key.Name)
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>Takes a host for out of reach whose object cannot be read: where its agent is, and what it may hold, is not known.</summary>
    public HostView InSight(HostView view) =>
        WhyHostIsUnread(view.Name) is { } why
            ? view with
            {
                Reachable = false,
                Reason = Reasons.NotUnderstood,
                Message = $"The HyperVHost cannot be relied on: {why}",
            }
            : view;

    /// <summary>Maps a host under the policy that it follows. Where that does not exist or is not sound, nothing is placed on it.</summary>
    public HostDefinition DefinitionOf(HyperVHost entity)
    {
        var policy = PolicyOf(entity);
        var definition = Desired.From(entity, Desired.From(policy));
        var name = Desired.PolicyNameOf(entity);
        return definition.Problem is not null ? definition
            : WhyHostIsUnread(entity.Metadata.Name) is { } why ? definition with { Problem = why }
            : WhatIsWrongWithPolicy(name) is not null
                ? definition with
                {
                    Problem = $"its policy {name} cannot be followed",
                }
            : policy is null && name != Desired.DefaultPolicy
                ? definition with
                {
                    Problem = $"its policy {name} does not exist",
                }
            : definition;
    }

    /// <summary>Lists the VMs that are bound to no host.</summary>
    public IReadOnlyList<ExchangeVirtualMachine> WithoutHost() => VirtualMachines.ByIndex(HostlessIndex, Hostless);

    /// <summary>Lists the VMs that name a policy.</summary>
    public IReadOnlyList<ExchangeVirtualMachine> UnderPolicy(string policy) =>
        VirtualMachines.ByIndex(PolicyIndex, policy);

    private static string? WhatIsUnsound(IKubernetesObject<V1ObjectMeta>? cached) =>
        cached is null ? null : Soundness.Describe(Soundness.CheckUnchanging(cached));
}
