using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Domain.Gating;
using ExchangeVirt.Domain.Rules;
using ExchangeVirt.Domain.Tests.Planning;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Operator.Tests.Support;
using ExchangeVirt.Resources.Schema;
using ExchangeVirt.Resources.V1Alpha1;
using k8s.Models;

namespace ExchangeVirt.Operator.Tests.Reporting;

/// <summary>An API server refuses a status that is larger than its schema, and then nothing is done about the object.</summary>
public sealed class StatusLimits
{
    [Fact]
    public void A_DAG_that_more_VMs_name_than_there_are_rows_for_is_still_told()
    {
        var facts = Situations.Group() with
        {
            Members = [.. Enumerable.Range(1, 40).Select(static i => Situations.Member($"ex{i:00}"))],
        };
        var entity = new DatabaseAvailabilityGroup
        {
            Metadata = new V1ObjectMeta { Name = "dag01", NamespaceProperty = "messaging" },
        };

        var status = AvailabilityGroupReport.For(entity, facts, [], new InstallationEpoch("i", 1), Some.Now);

        Assert.Equal((40, 32), (status.Members, status.MemberStates!.Count));
        Assert.Same(status, StatusFit.Of(status));
    }

    [Fact]
    public void A_person_who_has_much_to_say_about_a_pause_keeps_nothing_from_being_stored()
    {
        var decision = (
            Situations.With(Some.Policy, Situations.Drifted()) with
            {
                Pauses = [new Pause(PauseScope.Everywhere, "ada", new string('x', 5000))],
            }
        ).Decide();

        var status = VirtualMachineReport.For(decision, operation: null);

        Assert.Equal(1024, Assert.Single(status.Pending!.Actions!).Message!.Length);
        Assert.Same(status, StatusFit.Of(status));
    }

    [Fact]
    public void A_rule_that_is_broken_twice_on_one_subject_is_told_once()
    {
        var verdict = SupportRules
            .EvaluateVirtualMachine(
                new Estate(
                    new EstateFacts
                    {
                        TakenAt = Some.Now,
                        VirtualMachines =
                        [
                            EstateBuilder.Declared(Some.Desired, Some.Policy) with
                            {
                                AutomaticStopAction = Domain.Model.AutomaticStopAction.Save,
                            },
                        ],
                    }
                ),
                Some.Desired.Key.ToString(),
                Some.Now
            )
            .First(static one => one.Verdict is Verdict.Violated);
        var decision = Situations.InOrder().Decide() with { Verdicts = [verdict, verdict] };

        Assert.Equal(verdict.Rule, Assert.Single(VirtualMachineReport.For(decision, operation: null).Violations!).Rule);
    }
}
