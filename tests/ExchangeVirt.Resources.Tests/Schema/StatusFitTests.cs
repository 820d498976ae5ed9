using ExchangeVirt.Domain.Planning;
using ExchangeVirt.Resources.Schema;
using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Resources.Tests.Schema;

public class StatusFitTests
{
    private static readonly ExchangeVirtualMachineStatus s_sound = new()
    {
        ObservedGeneration = 4,
        VirtualMachineId = "0C6A0000-0000-0000-0000-000000000001",
        Placement = new PlacementStatus { Host = "hv01", DecidedAt = DateTimeOffset.UnixEpoch },
        Settings = [new SettingStatus { Name = "Memory", Desired = "128Gi" }],
        Operation = new OperationStatus
        {
            Name = "Restart",
            StartedAt = new DateTimeOffset(2026, 1, 1, 1, 2, 3, 456, TimeSpan.Zero),
        },
    };

    [Fact]
    public void What_fits_stays_the_very_same() => Assert.Same(s_sound, StatusFit.Of(s_sound));

    [Fact]
    public void A_text_that_is_too_long_is_cut_and_nothing_else_changes()
    {
        var fit = StatusFit.Of(
            s_sound with
            {
                Operation = s_sound.Operation! with { Reason = new string('x', 2000) },
                Pending = new PendingStatus
                {
                    Actions =
                    [
                        new PendingActionStatus { Name = "A", Message = string.Concat(Enumerable.Repeat("😀", 1025)) },
                    ],
                },
            }
        );

        Assert.Equal(1024, fit.Operation!.Reason!.Length);
        Assert.EndsWith("x…", fit.Operation.Reason, StringComparison.Ordinal);
        var message = Assert.Single(fit.Pending!.Actions!).Message!;
        Assert.Equal(1024, TextShapes.Length(message));
        Assert.EndsWith("😀…", message, StringComparison.Ordinal);
        Assert.Equal(s_sound.VirtualMachineId, fit.VirtualMachineId);
        Assert.Equal(s_sound.Placement, fit.Placement);
        Assert.Equal(s_sound.Operation!.StartedAt, fit.Operation.StartedAt);
        Assert.Equal(s_sound.Settings, fit.Settings);
        Assert.Same(fit, StatusFit.Of(fit));
    }

    [Fact]
    public void A_row_that_is_told_twice_is_told_once_and_a_list_that_is_too_long_is_cut()
    {
        var fit = StatusFit.Of(
            s_sound with
            {
                Violations =
                [
                    Violation("ckpt-user", "first"),
                    Violation("ckpt-user", "second"),
                    .. Enumerable.Range(0, 300).Select(static i => Violation($"rule-{i}", "")),
                ],
            }
        );

        Assert.Equal(256, fit.Violations!.Count);
        Assert.Equal("first", fit.Violations.Single(static one => one.Rule == "ckpt-user").Message);
    }

    [Fact]
    public void An_ordered_list_may_repeat_itself()
    {
        var actions = Enumerable.Repeat(new PendingActionStatus { Name = "AttachDisk" }, 130).ToList();

        Assert.Equal(
            128,
            StatusFit.Of(s_sound with { Pending = new PendingStatus { Actions = actions } }).Pending!.Actions!.Count
        );
    }

    [Fact]
    public void The_adapter_with_the_longest_name_that_a_manifest_takes_has_a_row_of_its_own()
    {
        var status = s_sound with
        {
            Settings = [new SettingStatus { Name = SettingNames.NetworkAdapter(new string('a', 63)) }],
        };

        Assert.Same(status, StatusFit.Of(status));
    }

    private static ViolationStatus Violation(string rule, string message) => new() { Rule = rule, Message = message };
}
