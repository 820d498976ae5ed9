using ExchangeVirt.Resources.Manifests;
using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Resources.Tests.Manifests;
using ExchangeVirt.Resources.V1Alpha1;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Resources.Tests.Rules;

public class LookupRulesTests
{
    private static readonly DateTime s_deleted = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void An_object_that_is_being_deleted_is_refused_nothing()
    {
        var machine = Deleting(Protected(Machine("ex01")));
        var group = Deleting(Read<DatabaseAvailabilityGroup>(Samples.Group));
        var none = new DeclaredSet([Machine("other", "ex01")]);

        Assert.Empty(LookupRules.Check(machine, old: null, none));
        Assert.Empty(LookupRules.Check(Machine("ex01"), machine, none));
        Assert.Empty(LookupRules.CheckDeletion(machine, none));
        Assert.Empty(LookupRules.CheckDeletion(group, new DeclaredSet([Machine("ex01")])));
    }

    [Theory]
    [InlineData(false, DeletionPolicy.Retain, true)]
    [InlineData(true, DeletionPolicy.Retain, false)]
    [InlineData(true, DeletionPolicy.Delete, true)]
    public void A_member_holds_its_group_until_it_needs_no_slot_any_more(
        bool isBeingDeleted,
        DeletionPolicy policy,
        bool isHeld
    )
    {
        var member = Machine("ex01");
        member.Spec = member.Spec with { DeletionPolicy = policy };
        member = isBeingDeleted ? Deleting(member) : member;

        var findings = LookupRules.CheckDeletion(
            Read<DatabaseAvailabilityGroup>(Samples.Group),
            new DeclaredSet([member])
        );

        Assert.Equal(isHeld, findings.Count == 1);
        Assert.All(findings, static finding => Assert.True(finding.Refuses(UnknownReferences.Warn)));
    }

    [Fact]
    public void Of_many_the_first_three_are_named()
    {
        var members = Enumerable.Range(1, 5).Select(static number => Machine($"ex0{number}"));

        var finding = Assert.Single(
            LookupRules.CheckDeletion(Read<DatabaseAvailabilityGroup>(Samples.Group), new DeclaredSet(members))
        );

        Assert.Contains(
            "ExchangeVirtualMachine messaging/ex01, ExchangeVirtualMachine messaging/ex02, ExchangeVirtualMachine"
                + " messaging/ex03 and 2 more",
            finding.Message
        );
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("True", true)]
    [InlineData("false", false)]
    [InlineData("", false)]
    public void Protection_is_a_word(string value, bool isProtected)
    {
        var machine = Machine("ex01");
        machine.Metadata.Annotations = new Dictionary<string, string> { [LookupRules.DeletionProtection] = value };

        Assert.Equal(isProtected, LookupRules.CheckDeletion(machine, new DeclaredSet([machine])).Count == 1);
    }

    [Fact]
    public void The_policy_that_always_exists_is_missed_by_nobody()
    {
        var host = Read<HyperVHost>(Samples.Host);
        var policy = Read<VirtualizationPolicy>(Samples.Policy);

        Assert.Empty(LookupRules.Check(host, old: null, new DeclaredSet([])));
        var finding = Assert.Single(LookupRules.CheckDeletion(policy, new DeclaredSet([host, Machine("ex01")])));

        Assert.Equal(("policy-in-use", LookupWeight.Warning), (finding.Id, finding.Weight));
        Assert.Contains("the built-in values hold", finding.Message);
        Assert.False(finding.Refuses(UnknownReferences.Refuse));
    }

    [Fact]
    public void A_machine_is_no_rival_of_itself_and_one_that_is_being_deleted_still_is_one()
    {
        var machine = Machine("ex01");
        var other = Deleting(Machine("ex02", "EX01"));

        Assert.Empty(Claims(machine, machine));
        Assert.Contains("messaging/ex02 (being deleted)", Assert.Single(Claims(machine, machine, other)).Message);
    }

    [Fact]
    public void An_unknown_reference_is_refused_only_where_that_is_chosen()
    {
        var finding = Assert.Single(LookupRules.Check(Machine("ex01"), old: null, new DeclaredSet([])));

        Assert.Equal("unknown-availability-group", finding.Id);
        Assert.False(finding.Refuses(UnknownReferences.Warn));
        Assert.True(finding.Refuses(UnknownReferences.Refuse));
    }

    private static IEnumerable<LookupFinding> Claims(
        ExchangeVirtualMachine machine,
        params IEnumerable<ExchangeVirtualMachine> others
    ) =>
        LookupRules
            .Check(machine, old: null, new DeclaredSet(others))
            .Where(static finding => finding.Id == "virtual-machine-claimed-twice");

    private static ExchangeVirtualMachine Machine(string resource, string? name = null)
    {
        var machine = Read<ExchangeVirtualMachine>(Samples.VirtualMachine);
        machine.Metadata.Name = resource;
        machine.Spec = machine.Spec with { VirtualMachineName = name };
        return machine;
    }

    private static T Protected<T>(T entity)
        where T : IKubernetesObject<V1ObjectMeta>
    {
        entity.Metadata.Annotations = new Dictionary<string, string> { [LookupRules.DeletionProtection] = "true" };
        return entity;
    }

    private static T Deleting<T>(T entity)
        where T : IKubernetesObject<V1ObjectMeta>
    {
        entity.Metadata.DeletionTimestamp = s_deleted;
        return entity;
    }

    private static T Read<T>(string text)
    {
        var read = ManifestReader.ReadText("m.yaml", text);
        Assert.Empty(read.Problems);
        return (T)Assert.Single(read.Entities).Entity;
    }
}
