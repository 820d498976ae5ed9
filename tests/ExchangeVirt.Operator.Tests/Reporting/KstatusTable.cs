using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Domain.Gating;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Tests.Planning;
using ExchangeVirt.Operator.Controllers;
using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Operator.Observing;
using ExchangeVirt.Operator.Previewing;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Operator.Tests.Support;
using ExchangeVirt.Resources.V1Alpha1;
using k8s.Models;
using Microsoft.Extensions.Time.Testing;

namespace ExchangeVirt.Operator.Tests.Reporting;

/// <summary>What Helm and its like make of every row of the table of conditions, and of the other kinds.</summary>
public sealed class KstatusTable
{
    private const long Generation = 4;

    private static readonly Dictionary<string, (Func<ResourceStatus> Make, string Expected)> s_others = new()
    {
        ["a host that answers"] = (() => Host(Situations.Host), Kstatus.Current),
        ["a host that does not answer"] = (() => Host(Situations.Silent), Kstatus.InProgress),
        ["a host that was not heard yet"] = (() => Host(HostView.Unknown("hv01", Some.Now)), Kstatus.InProgress),
        ["a host that is declared wrongly"] = (
            () => Host(Situations.Silent, new HostProblem(Reasons.Invalid, "spec.agent.endpoint")),
            Kstatus.Failed
        ),
        ["a host that answers, under a policy that does not exist"] = (
            () => Host(Situations.Host, new HostProblem(Reasons.UnknownPolicy, "gold")),
            Kstatus.Failed
        ),
        ["a DAG that can lose a member"] = (() => Group(Situations.Group()), Kstatus.Current),
        ["a DAG without members"] = (() => Group(Situations.Group() with { Members = [] }), Kstatus.Current),
        ["a DAG without quorum"] = (
            () =>
                Group(
                    Situations.Group() with
                    {
                        Members = [.. Situations.Group().Members.Select(static m => m with { Known = false })],
                    }
                ),
            Kstatus.InProgress
        ),
        ["a DAG that breaks a rule"] = (
            () => AvailabilityGroupReport.Refused(GroupEntity(), "spec.witness", Some.Now),
            Kstatus.Failed
        ),
        ["a policy in force"] = (() => Policy(new VirtualizationPolicySpec()), Kstatus.Current),
        ["a policy whose time zone is not known"] = (() => Policy(WithZone("Mars/Olympus_Mons")), Kstatus.Failed),
        ["a policy that breaks a rule"] = (
            () =>
                Policy(new VirtualizationPolicySpec { Processor = new ProcessorPolicySpec { MaxRatioPercent = 300 } }),
            Kstatus.Failed
        ),
        ["a migration"] = (Migration, Kstatus.Failed),
    };

    public static TheoryData<string> Rows => ConditionTable.Rows;

    public static TheoryData<string> Others => [.. s_others.Keys];

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_row_of_the_table_is_waited_for_done_or_given_up_as_the_table_says(string row)
    {
        var decision = ConditionRows.Decide(row);
        decision.Situation.Entity.Metadata.Generation = Generation;
        var status = VirtualMachineReport.For(decision, OperationStep.For(decision, static () => Guid.Empty));

        Assert.Equal(ConditionRows.Verdicts[row], Kstatus.Compute(Generation, deleted: false, status));
        AssertWellFormed(status);
    }

    [Fact]
    public void Every_row_has_its_word() =>
        Assert.Equal(ConditionRows.All.Keys.Order(), ConditionRows.Verdicts.Keys.Order());

    [Theory]
    [MemberData(nameof(Others))]
    public void The_other_kinds_are_waited_for_done_or_given_up_by_the_same_rules(string situation)
    {
        var (make, expected) = s_others[situation];
        var status = make();

        Assert.Equal(expected, Kstatus.Compute(Generation, deleted: false, status));
        AssertWellFormed(status);
    }

    [Fact]
    public void What_was_said_of_an_older_generation_is_waited_for() =>
        Assert.Equal(Kstatus.InProgress, Kstatus.Compute(Generation + 1, deleted: false, Host(Situations.Host)));

    [Fact]
    public void An_object_that_nobody_has_looked_at_yet_is_waited_for() =>
        Assert.Equal(
            Kstatus.InProgress,
            Kstatus.Compute(Generation, deleted: false, new ExchangeVirtualMachineStatus())
        );

    private static void AssertWellFormed(ResourceStatus status)
    {
        Assert.Equal(Generation, status.ObservedGeneration);
        var conditions = status.Conditions!;
        Assert.Equal(conditions.Select(static one => one.Type).Distinct(), conditions.Select(static one => one.Type));
        Assert.All(
            conditions,
            static one =>
            {
                Assert.Equal(Generation, one.ObservedGeneration);
                Assert.Matches("^[A-Z][A-Za-z0-9]+$", one.Reason);
                Assert.NotEmpty(one.Message);
                Assert.Contains(one.Status, new[] { "True", "False", "Unknown" });
                Assert.Equal(0, one.LastTransitionTime.Ticks % TimeSpan.TicksPerSecond);
            }
        );
        Assert.Contains(conditions, static one => one.Type == "Ready" && one.Status is "True" or "False");
        // Absent where they do not hold, and never both.
        Assert.All(
            conditions.Where(static one => one.Type is "Reconciling" or "Stalled"),
            static one => Assert.Equal("True", one.Status)
        );
        Assert.True(conditions.Count(static one => one.Type is "Reconciling" or "Stalled") <= 1);
        Assert.DoesNotContain(
            conditions,
            one => one.Type == "Ready" && one.Status == "True" && conditions.Any(static c => c.Type == "Stalled")
        );
    }

    private static HyperVHostStatus Host(HostView view, HostProblem? problem = null) =>
        HostReport.For(
            new HyperVHost
            {
                Metadata = new V1ObjectMeta { Name = "hv01", Generation = Generation },
                Spec = new HyperVHostSpec { Agent = new AgentSpec { Endpoint = "https://hv01:7443" } },
            },
            view,
            new HostDefinition { Name = "hv01", Policy = Some.Policy },
            problem,
            figuresMayMove: true,
            Some.Now
        );

    private static DatabaseAvailabilityGroupStatus Group(AvailabilityGroupFacts facts) =>
        AvailabilityGroupReport.For(GroupEntity(), facts, [], new InstallationEpoch("i", 1), Some.Now);

    private static DatabaseAvailabilityGroup GroupEntity() =>
        new()
        {
            Metadata = new V1ObjectMeta
            {
                Name = "dag01",
                NamespaceProperty = "messaging",
                Generation = Generation,
            },
        };

    private static VirtualizationPolicySpec WithZone(string zone) =>
        new()
        {
            MaintenanceWindows =
            [
                new MaintenanceWindowSpec
                {
                    Name = "sat",
                    Schedule = "0 22 * * SAT",
                    TimeZone = zone,
                    DurationMinutes = 60,
                },
            ],
        };

    private static VirtualizationPolicyStatus Policy(VirtualizationPolicySpec spec)
    {
        var entity = new VirtualizationPolicy
        {
            Metadata = new V1ObjectMeta { Name = "default", Generation = Generation },
            Spec = spec,
        };
        var controller = new PolicyController(new PreviewStore([entity]), new FakeTimeProvider(Some.Now));
        return controller.ReconcileAsync(entity, default).Result.Entity.Status!;
    }

    private static VirtualMachineMigrationStatus Migration()
    {
        var entity = new VirtualMachineMigration
        {
            Metadata = new V1ObjectMeta
            {
                Name = "move",
                NamespaceProperty = "messaging",
                Generation = Generation,
            },
            Spec = new VirtualMachineMigrationSpec
            {
                VirtualMachineRef = new VirtualMachineReference { Name = "ex01" },
            },
        };
        var controller = new MigrationController(new PreviewStore([entity]), new FakeTimeProvider(Some.Now));
        return controller.ReconcileAsync(entity, default).Result.Entity.Status!;
    }
}
