using CsCheck;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Reading;

namespace ExchangeVirt.HyperV.Tests;

public sealed class PureReadingTests
{
    private static readonly Gen<string> s_word = Gen.Char["abcxyz019-."]
        .Array[1, 12]
        .Select(static letters => new string(letters));

    [Theory]
    [InlineData(2, PowerState.Running)]
    [InlineData(3, PowerState.Off)]
    [InlineData(4, PowerState.Stopping)]
    [InlineData(6, PowerState.Saved)]
    [InlineData(9, PowerState.Paused)]
    [InlineData(10, PowerState.Starting)]
    [InlineData(11, PowerState.Reset)]
    [InlineData(32773, PowerState.Saving)]
    [InlineData(32776, PowerState.Pausing)]
    [InlineData(32777, PowerState.Resuming)]
    [InlineData(32779, PowerState.FastSaved)]
    [InlineData(32780, PowerState.FastSaving)]
    public void States_are_read_as_v2_really_reports_them(long number, PowerState state) =>
        Assert.Equal(state, PowerStates.From(number));

    [Fact]
    public void Numbers_of_the_first_model_and_critical_states_are_unknown_and_never_off()
    {
        foreach (var number in new long[] { 0, 1, 5, 7, 8, 12, 32768, 32769, 32770, 32771, 32774 })
        {
            Assert.Equal(PowerState.Unknown, PowerStates.From(number));
        }

        Gen.Long[32781, 70000].Sample(number => Assert.Equal(PowerState.Unknown, PowerStates.From(number)));
        Assert.Equal(PowerState.Unknown, PowerStates.From(null));
    }

    [Theory]
    [InlineData("Microsoft:Hyper-V:System:Realized", null)]
    [InlineData("Microsoft:Hyper-V:System:Planned", null)]
    [InlineData("Microsoft:Hyper-V:Snapshot:Realized", CheckpointKind.User)]
    [InlineData("Microsoft:Hyper-V:Snapshot:Recovery", CheckpointKind.Recovery)]
    [InlineData("Microsoft:Hyper-V:Snapshot:Planned", CheckpointKind.Planned)]
    [InlineData("Microsoft:Hyper-V:Snapshot:Missing", CheckpointKind.Missing)]
    [InlineData("Microsoft:Hyper-V:Snapshot:Replica:Standard", CheckpointKind.Replica)]
    [InlineData("Microsoft:Hyper-V:Snapshot:Replica:ApplicationConsistent", CheckpointKind.Replica)]
    [InlineData("Microsoft:Hyper-V:Snapshot:Replica:PlannedFailover", CheckpointKind.Replica)]
    [InlineData("Microsoft:Hyper-V:Snapshot:SomethingNew", CheckpointKind.Recovery)]
    public void A_kind_of_checkpoint_that_is_not_known_is_never_taken_for_a_users(string type, CheckpointKind? kind) =>
        Assert.Equal(kind, PowerStates.CheckpointOf(type));

    [Theory]
    [InlineData("Microsoft:4F0C8E3A-0000-0000-0000-000000000001", "4f0c8e3a-0000-0000-0000-000000000001")]
    [InlineData(@"Microsoft:4F0C8E3A-0000-0000-0000-000000000001\dev\0\1\D", "4f0c8e3a-0000-0000-0000-000000000001")]
    [InlineData(@"Microsoft:Definition\4F0C8E3A-0000-0000-0000-000000000001\Default", null)]
    [InlineData("Microsoft:host", null)]
    [InlineData("job", null)]
    [InlineData(null, null)]
    public void A_setting_belongs_to_the_configuration_that_its_InstanceID_names(
        string? instanceId,
        string? expected
    ) => Assert.Equal(expected is null ? null : Guid.Parse(expected), WmiIdentity.ConfigurationOf(instanceId));

    [Fact]
    public void A_key_is_read_out_of_any_path_that_is_written() =>
        Gen.Char[@"ab\""=.,:1"]
            .Array[0, 20]
            .Select(static letters => new string(letters))
            .Sample(value =>
                Assert.Equal(
                    value,
                    WmiIdentity.KeyOf(
                        CimPath.Of(@"root\virtualization\v2", "Msvm_X", ("InstanceID", value)).ToString(),
                        "InstanceID"
                    )
                )
            );

    [Fact]
    public void A_keys_name_that_ends_anothers_is_told_apart() =>
        Assert.Equal(
            "C14",
            WmiIdentity.KeyOf(
                @"\\HV01\root\virtualization\v2:Msvm_VirtualEthernetSwitch.CreationClassName=""Msvm_VirtualEthernetSwitch"",Name=""C14""",
                "Name"
            )
        );

    [Theory]
    [InlineData("no path at all")]
    [InlineData("InstanceID=\"never closed")]
    [InlineData("")]
    [InlineData(null)]
    public void A_text_that_is_no_path_has_no_key(string? text) => Assert.Null(WmiIdentity.KeyOf(text, "InstanceID"));

    [Fact]
    public void A_mark_is_read_back_and_every_other_line_is_kept() =>
        Gen.Select(s_word, s_word, s_word, s_word.List[0, 4], Gen.Bool)
            .Sample(
                (installation, space, name, others, creating) =>
                {
                    OwnerMark owner = new(installation, new ObjectKey(space, name));
                    var notes = OwnerNotes.Write([string.Join("\r\n", others)], owner, creating);

                    Assert.Equal(owner, OwnerNotes.Read(notes));
                    Assert.Equal(creating, OwnerNotes.IsBeingCreated(notes));
                    Assert.Equal(others, notes.Single().Split('\n').SkipLast(creating ? 2 : 1));

                    OwnerMark next = new("other", new ObjectKey("ns", "vm"));
                    var again = OwnerNotes.Write(notes, next, creating: false);
                    Assert.Equal(next, OwnerNotes.Read(again));
                    Assert.False(OwnerNotes.IsBeingCreated(again));
                    Assert.Equal(others, again.Single().Split('\n').SkipLast(1));
                }
            );

    [Theory]
    [InlineData("exchangevirt.io/owner: one mail/ex01\nexchangevirt.io/owner: two mail/ex01")]
    [InlineData("exchangevirt.io/owner: one")]
    [InlineData("exchangevirt.io/owner: one mail/ex01/more")]
    [InlineData("exchangevirt.io/owner: one mail/")]
    [InlineData("see exchangevirt.io/owner: one mail/ex01")]
    [InlineData("")]
    public void Notes_without_one_clear_mark_bind_to_nothing(string notes) => Assert.Null(OwnerNotes.Read([notes]));

    [Theory]
    [InlineData("", "ns", "vm")]
    [InlineData("in stallation", "ns", "vm")]
    [InlineData("installation", "n/s", "vm")]
    [InlineData("installation", "ns", "")]
    public void A_mark_that_could_not_be_read_back_is_not_written(string installation, string space, string name) =>
        Assert.Throws<ArgumentException>(() =>
            OwnerNotes.Write([], new OwnerMark(installation, new ObjectKey(space, name)), creating: false)
        );

    [Fact]
    public void A_path_lies_on_the_volume_with_the_longest_mount_path()
    {
        HostVolume[] volumes =
        [
            new(@"C:\", null, null, "Local"),
            new(@"C:\ClusterStorage\csv1", null, null, "ClusterSharedVolume"),
            new(@"C:\ClusterStorage\csv10", null, null, "ClusterSharedVolume"),
        ];

        Assert.Equal(
            @"C:\ClusterStorage\csv1",
            VolumeReader.Holding(volumes, @"c:\clusterstorage\CSV1\ex01.vhdx")?.Path
        );
        Assert.Equal(
            @"C:\ClusterStorage\csv10",
            VolumeReader.Holding(volumes, @"C:\ClusterStorage\csv10\ex01.vhdx")?.Path
        );
        Assert.Equal(@"C:\", VolumeReader.Holding(volumes, @"C:\VMs\ex01.vhdx")?.Path);
        Assert.Null(VolumeReader.Holding(volumes, @"D:\ex01.vhdx"));
    }

    [Fact]
    public void The_fingerprint_is_of_the_settings_and_not_of_state_or_load()
    {
        ObservedVirtualMachine vm = new()
        {
            Id = Guid.Parse("4f0c8e3a-0000-0000-0000-000000000001"),
            Name = "ex01",
            Fingerprint = "",
            PowerState = PowerState.Running,
            ProcessorCount = 8,
            Memory = new ObservedMemory(ByteSize.FromGibibytes(128), false),
        };
        var fingerprint = Fingerprint.Of(vm);

        ObservedVirtualMachine[] same =
        [
            vm with
            {
                PowerState = PowerState.Off,
            },
            vm with
            {
                Heartbeat = Heartbeat.Ok,
                Uptime = TimeSpan.FromHours(1),
                Healthy = false,
            },
            vm with
            {
                Operation = VirtualMachineOperation.MergingDisks,
            },
            vm with
            {
                LastSuccessfulBackupAt = DateTimeOffset.UnixEpoch,
                Clustered = true,
            },
            vm with
            {
                Memory = vm.Memory with { Assigned = ByteSize.FromGibibytes(128) },
            },
        ];
        ObservedVirtualMachine[] different =
        [
            vm with
            {
                ProcessorCount = 4,
            },
            vm with
            {
                ProcessorCount = null,
            },
            vm with
            {
                Memory = vm.Memory with { Dynamic = true },
            },
            vm with
            {
                AutomaticStopAction = AutomaticStopAction.Save,
            },
            vm with
            {
                CheckpointType = CheckpointType.Disabled,
            },
            vm with
            {
                AutomaticCheckpoints = false,
            },
            vm with
            {
                Owner = new OwnerMark("i", new ObjectKey("n", "v")),
            },
            vm with
            {
                Checkpoints = [new ObservedCheckpoint("a", "b", CheckpointKind.User, null)],
            },
            vm with
            {
                Disks = [new ObservedDisk { Controller = "SCSI", Path = @"D:\a.vhdx" }],
            },
            vm with
            {
                NetworkAdapters = [new ObservedNetworkAdapter("a", "b", "c", 7)],
            },
            vm with
            {
                CreationIncomplete = true,
            },
        ];

        Assert.All(same, item => Assert.Equal(fingerprint, Fingerprint.Of(item)));
        Assert.All(different, item => Assert.NotEqual(fingerprint, Fingerprint.Of(item)));
        Assert.Equal(different.Length, different.Select(Fingerprint.Of).Distinct().Count());
    }
}
