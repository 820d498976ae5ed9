using ExchangeVirt.Domain.Planning;
using ExchangeVirt.Domain.Tests.Planning;
using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Operator.Tests.Support;

namespace ExchangeVirt.Operator.Tests.Reporting;

/// <summary>The table of conditions, row by row.</summary>
public sealed class ConditionTable
{
    public static TheoryData<string> Rows => [.. ConditionRows.All.Keys];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Every_situation_has_its_row(string situation)
    {
        var (make, conditions, reason) = ConditionRows.All[situation];
        var decision = make();
        var operation = OperationStep.For(decision, static () => Guid.Empty);

        var found = VirtualMachineConditions.For(decision, operation);

        Assert.Equal(
            conditions,
            string.Join(
                ' ',
                new[] { "Ready", "Reconciling", "Stalled", "Synced", "RestartPending" }.Select(type =>
                    found.SingleOrDefault(finding => finding.Type == type)?.Status?.ToString() ?? "-"
                )
            )
        );
        Assert.Equal(reason, found.Single(static finding => finding.Type == "Ready").Reason);
        Assert.All(found, static finding => Assert.False(string.IsNullOrWhiteSpace(finding.Message)));
    }

    [Fact]
    public void A_failure_whose_setting_was_put_right_by_somebody_is_over()
    {
        var decision = Situations
            .InOrder()
            .Decide(null, Situations.Failure("DisableCheckpoints", SettingNames.Checkpoints, Some.Now.AddHours(-1)));

        Assert.Empty(decision.Failures);
        Assert.True(OverallState.Of(decision, null) is { Ready: true, Synced: true });
    }
}
