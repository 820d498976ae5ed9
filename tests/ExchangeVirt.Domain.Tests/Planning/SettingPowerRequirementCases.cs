using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;

namespace ExchangeVirt.Domain.Tests.Planning;

public sealed class SettingPowerRequirementCases
{
    /// <summary>The states in which each row of the change matrix says a plain yes: O off, R running, S saved, P paused.</summary>
    private static readonly Dictionary<string, (SettingPowerRequirement Row, string AllowedIn)> s_cases = new()
    {
        ["processors"] = (SettingPowerRequirement.ProcessorCount, "O"),
        ["memory type"] = (SettingPowerRequirement.MemoryType, "O"),
        ["memory size"] = (SettingPowerRequirement.FixedMemorySize, "O"),
        ["checkpoints"] = (SettingPowerRequirement.Checkpoints, "OR"),
        ["merge"] = (SettingPowerRequirement.MergeCheckpoint, "OR"),
        ["stop action"] = (SettingPowerRequirement.AutomaticStopAction, "O"),
        ["start action"] = (SettingPowerRequirement.AutomaticStartAction, "OR"),
        ["recovery action"] = (SettingPowerRequirement.AutomaticRecoveryAction, "O"),
        ["disk on SCSI"] = (SettingPowerRequirement.ScsiDisk, "OR"),
        ["network adapter"] = (SettingPowerRequirement.NetworkAdapter, "O"),
        ["notes"] = (SettingPowerRequirement.Notes, "ORSP"),
    };

    public static TheoryData<string> Cases => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_change_is_allowed_where_the_matrix_says_yes_and_nowhere_else(string name)
    {
        var (row, allowedIn) = s_cases[name];
        var expected = allowedIn.Select(letter =>
            letter switch
            {
                'O' => PowerState.Off,
                'R' => PowerState.Running,
                'S' => PowerState.Saved,
                _ => PowerState.Paused,
            }
        );

        Assert.Equal(expected.Order(), Enum.GetValues<PowerState>().Where(row.AllowedWhile).Order());
        Assert.Equal(!allowedIn.Contains('R', StringComparison.Ordinal), row.NeedsOff);
    }

    [Fact]
    public void The_matrix_holds_every_row_once() =>
        Assert.Equal(
            s_cases.Values.Select(c => c.Row.Property).Order(StringComparer.Ordinal),
            SettingPowerRequirement.Matrix.Select(row => row.Property).Order(StringComparer.Ordinal)
        );

    /// <summary>A running VM of which everything is wrong that a plan corrects by a setting's name.</summary>
    private static readonly ObservedVirtualMachine s_wrong = Some.Observed with
    {
        ProcessorCount = 4,
        Memory = new ObservedMemory(ByteSize.FromGibibytes(96), Dynamic: true),
        CheckpointType = CheckpointType.Production,
        AutomaticCheckpoints = true,
        AutomaticStopAction = AutomaticStopAction.Save,
        AutomaticStartAction = AutomaticStartAction.Nothing,
        AutomaticRecoveryAction = AutomaticRecoveryAction.Revert,
        Checkpoints = [new ObservedCheckpoint("c1", "before the update", CheckpointKind.User, Some.Now)],
        Disks = [],
        NetworkAdapters = [],
    };

    [Fact]
    public void The_row_that_a_settings_name_finds_is_the_one_that_it_is_planned_by()
    {
        var planned = Planner
            .Plan(Some.Input with { Observed = s_wrong, Policy = Some.Policy with { HostBackupVerified = true } })
            .Actions.Where(static action => action.Setting is not null)
            .ToList();

        Assert.Equal(10, planned.Count);
        Assert.All(
            planned,
            static action => Assert.Equal(action.NeedsOff, SettingPowerRequirement.Of(action.Setting!)!.NeedsOff)
        );
    }

    [Theory]
    [InlineData(SettingNames.PowerState)]
    [InlineData(SettingNames.SavedState)]
    [InlineData("NoSuchSetting")]
    public void What_is_no_setting_of_Hyper_V_has_no_row(string name) => Assert.Null(SettingPowerRequirement.Of(name));
}
