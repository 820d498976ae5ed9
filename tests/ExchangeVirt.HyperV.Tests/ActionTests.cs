using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.HyperV.Simulator.Faults;
using ExchangeVirt.HyperV.Tests.Support;

namespace ExchangeVirt.HyperV.Tests;

public sealed class ActionTests
{
    private static readonly DesiredNetworkAdapter s_backup = new("Backup", "Backup", 30);

    public static TheoryData<string, VirtualMachineAction, SimulatedPowerState, string> SettingsThatHyperVTakes =>
        new()
        {
            { "mark", new MarkOwner(DriverHost.Owner), SimulatedPowerState.Running, "ModifySystemSettings" },
            { "processors", new SetProcessorCount(12), SimulatedPowerState.Off, "ModifyResourceSettings" },
            {
                "memory",
                new SetFixedMemory(ByteSize.FromGibibytes(24)),
                SimulatedPowerState.Off,
                "ModifyResourceSettings"
            },
            {
                "memory of a running VM",
                new SetFixedMemory(ByteSize.FromGibibytes(24)),
                SimulatedPowerState.Running,
                "ModifyResourceSettings"
            },
            { "checkpoints", new DisableCheckpoints(), SimulatedPowerState.Running, "ModifySystemSettings" },
            { "checkpoints off", new DisableCheckpoints(), SimulatedPowerState.Off, "ModifySystemSettings" },
            { "automatic", new DisableAutomaticCheckpoints(), SimulatedPowerState.Running, "ModifySystemSettings" },
            {
                "stop",
                new SetAutomaticStopAction(AutomaticStopAction.ShutDown),
                SimulatedPowerState.Off,
                "ModifySystemSettings"
            },
            {
                "start",
                new SetAutomaticStartAction(AutomaticStartAction.Start, TimeSpan.FromSeconds(120)),
                SimulatedPowerState.Running,
                "ModifySystemSettings"
            },
            {
                "recovery",
                new SetAutomaticRecoveryAction(AutomaticRecoveryAction.None),
                SimulatedPowerState.Off,
                "ModifySystemSettings"
            },
            { "power on", new StartVirtualMachine(), SimulatedPowerState.Off, "RequestStateChange" },
            { "discard", new DiscardSavedState(), SimulatedPowerState.Saved, "RequestStateChange" },
            { "unregister", new UnregisterVirtualMachine(), SimulatedPowerState.Off, "DestroySystem" },
            { "shut down", new ShutDownGuest("planned"), SimulatedPowerState.Running, "InitiateShutdown" },
        };

    [Theory]
    [MemberData(nameof(SettingsThatHyperVTakes))]
    public async Task An_action_takes_effect_by_its_one_call(
        string name,
        VirtualMachineAction action,
        SimulatedPowerState state,
        string method
    )
    {
        await using var host = DriverHost.With(
            Wrong(state) with
            {
                Notes = action is MarkOwner ? "a person's words" : DriverHost.Notes,
            }
        );

        var result = await host.ApplyAsync(action);

        Assert.True(result.Changed, name);
        Assert.Equal([method], host.Changes());
    }

    [Theory]
    [MemberData(nameof(SettingsThatHyperVTakes))]
    public async Task An_action_that_is_repeated_changes_nothing(
        string name,
        VirtualMachineAction action,
        SimulatedPowerState state,
        string method
    )
    {
        if (action is UnregisterVirtualMachine or ShutDownGuest)
        {
            return;
        }

        await using var host = DriverHost.With(
            Wrong(state) with
            {
                Notes = action is MarkOwner ? null : DriverHost.Notes,
            }
        );
        await host.ApplyAsync(action);
        host.Session.Forget();

        var result = await host.ApplyAsync(action);

        Assert.False(result.Changed, $"{name} by {method}");
        Assert.Empty(host.Changes());
    }

    [Theory]
    [InlineData(SimulatedAnswers.Jobs)]
    [InlineData(SimulatedAnswers.Synchronous)]
    public async Task The_settings_are_as_asked_whichever_way_the_host_answers(SimulatedAnswers answers)
    {
        await using DriverHost host = new(
            DriverHost.Describe(Wrong(SimulatedPowerState.Off)) with
            {
                Answers = answers,
            }
        );

        await host.ApplyAsync(new SetProcessorCount(12));
        await host.ApplyAsync(new SetFixedMemory(ByteSize.FromGibibytes(24)));
        await host.ApplyAsync(new DisableCheckpoints());
        await host.ApplyAsync(new DisableAutomaticCheckpoints());
        await host.ApplyAsync(new SetAutomaticStopAction(AutomaticStopAction.ShutDown));
        await host.ApplyAsync(new SetAutomaticStartAction(AutomaticStartAction.Start, TimeSpan.FromSeconds(120)));
        await host.ApplyAsync(new SetAutomaticRecoveryAction(AutomaticRecoveryAction.Restart));

        var vm = await host.ReadMachineAsync();
        Assert.Equal(12, vm.ProcessorCount);
        Assert.Equal((ByteSize.FromGibibytes(24), false), (vm.Memory!.Startup, vm.Memory.Dynamic));
        Assert.Equal((CheckpointType.Disabled, false), (vm.CheckpointType, vm.AutomaticCheckpoints));
        Assert.Equal(AutomaticStopAction.ShutDown, vm.AutomaticStopAction);
        Assert.Equal(
            (AutomaticStartAction.Start, TimeSpan.FromSeconds(120)),
            (vm.AutomaticStartAction, vm.AutomaticStartDelay)
        );
        Assert.Equal(AutomaticRecoveryAction.Restart, vm.AutomaticRecoveryAction);
    }

    [Fact]
    public async Task Marking_keeps_what_people_wrote()
    {
        await using var host = DriverHost.With(
            DriverHost.Machine() with
            {
                Notes = "Ask Ann before touching.\nRack 4",
            }
        );

        await host.ApplyAsync(new MarkOwner(DriverHost.Owner));

        Assert.Equal(DriverHost.Owner, (await host.ReadMachineAsync()).Owner);
        var notes = (
            await host.Host.QueryAsync(
                Cims.Namespace,
                "SELECT * FROM Msvm_VirtualSystemSettingData",
                CancellationToken.None
            )
        )[0]
            .Texts("Notes");
        Assert.StartsWith("Ask Ann before touching.\nRack 4\n", string.Join('\n', notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SimulatedAnswers.Jobs)]
    [InlineData(SimulatedAnswers.Synchronous)]
    public async Task What_Hyper_V_refuses_on_a_running_VM_is_refused_in_its_words(SimulatedAnswers refusals)
    {
        await using DriverHost host = new(
            DriverHost.Describe(Wrong(SimulatedPowerState.Running)) with
            {
                Refusals = refusals,
            }
        );

        var failure = await Assert.ThrowsAsync<HyperVException>(() => host.ApplyAsync(new SetProcessorCount(12)));

        Assert.Equal(
            (FaultKind.FailedPrecondition, "InvalidState", 32775L),
            (failure.Kind, failure.Reason, failure.ReturnCode)
        );
        Assert.Contains("ex01", failure.Message, StringComparison.Ordinal);
        Assert.Equal(8, (await host.ReadMachineAsync()).ProcessorCount);
    }

    [Fact]
    public async Task An_action_planned_from_other_settings_is_refused()
    {
        await using var host = DriverHost.With(Wrong(SimulatedPowerState.Running));
        var vm = await host.ReadMachineAsync();
        DriverHost.Must(host.Host.Control.Set("ex01", "checkpoints", "Standard"));

        var failure = await Assert.ThrowsAsync<HyperVException>(() => host.ApplyAsync(vm, new DisableCheckpoints()));

        Assert.Equal((FaultKind.FailedPrecondition, "FactsChanged"), (failure.Kind, failure.Reason));
        Assert.Empty(host.Changes());
    }

    public static TheoryData<string, string?, string?, string> Strangers =>
        new()
        {
            { "no mark", "someone's", DriverHost.Installation, "NotBound" },
            { "no notes", null, DriverHost.Installation, "NotBound" },
            { "another installation", DriverHost.Notes, "installation-2", "OtherInstallation" },
            { "agent not bound", DriverHost.Notes, null, "AgentNotBound" },
        };

    [Theory]
    [MemberData(nameof(Strangers))]
    public async Task A_virtual_machine_that_is_not_bound_is_never_changed(
        string name,
        string? notes,
        string? boundTo,
        string reason
    )
    {
        foreach (var action in EveryAction("checkpoint", "adapter").Where(static action => action is not MarkOwner))
        {
            await using var host = DriverHost.With(DriverHost.Machine() with { Notes = notes });
            host.BoundTo = boundTo;

            var failure = await Assert.ThrowsAsync<HyperVException>(() => host.ApplyAsync(action));

            Assert.Equal((FaultKind.Forbidden, reason), (failure.Kind, failure.Reason));
            Assert.True(host.Changes().Count == 0, $"{name}: {action.Name}");
        }
    }

    [Fact]
    public async Task A_virtual_machine_of_another_object_is_not_taken_over()
    {
        await using var host = DriverHost.With(DriverHost.Machine());

        var failure = await Assert.ThrowsAsync<HyperVException>(() =>
            host.ApplyAsync(new MarkOwner(DriverHost.Owner with { Object = new ObjectKey("mail", "ex02") }))
        );

        Assert.Equal((FaultKind.Forbidden, "OwnedByAnother"), (failure.Kind, failure.Reason));
    }

    [Theory]
    [InlineData(SimulatedReplicationMode.Replica)]
    [InlineData(SimulatedReplicationMode.TestReplica)]
    [InlineData(SimulatedReplicationMode.ExtendedReplica)]
    public async Task A_replica_copy_is_never_touched(SimulatedReplicationMode mode)
    {
        foreach (var action in EveryAction("checkpoint", "adapter"))
        {
            await using var host = DriverHost.With(DriverHost.Machine() with { ReplicationMode = mode });

            var failure = await Assert.ThrowsAsync<HyperVException>(() => host.ApplyAsync(action));

            Assert.Equal((FaultKind.Forbidden, "ReplicaCopy"), (failure.Kind, failure.Reason));
            Assert.Empty(host.Changes());
        }
    }

    [Fact]
    public async Task Nothing_is_asked_of_a_busy_virtual_machine_and_both_reads_say_that_it_is()
    {
        await using DriverHost host = new(
            DriverHost.Describe(Wrong(SimulatedPowerState.Running)) with
            {
                Timings = new SimulatedTimings { ModifySeconds = 1_000_000 },
            }
        );
        var vm = await host.ReadMachineAsync();
        using CancellationTokenSource ending = new();
        var first = host.Driver.ApplyAsync(vm.Id, new DisableCheckpoints(), vm.Fingerprint, ending.Token);
        Assert.Equal(["ModifySystemSettings"], host.Changes());

        var failure = await Assert.ThrowsAsync<HyperVException>(() =>
            host.ApplyAsync(vm, new DisableAutomaticCheckpoints())
        );

        Assert.Equal((FaultKind.Busy, "VirtualMachineBusy"), (failure.Kind, failure.Reason));
        Assert.Equal(["ModifySystemSettings"], host.Changes());
        Assert.Equal(VirtualMachineOperation.OtherJob, (await host.ReadMachineAsync()).Operation);
        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.RunAsync(first));
    }

    [Theory]
    [InlineData(SimulatedFaultKind.JobWarns, true)]
    [InlineData(SimulatedFaultKind.JobVanishes, true)]
    [InlineData(SimulatedFaultKind.JobFails, false)]
    public async Task A_job_is_judged_by_how_it_ended_and_by_the_target(SimulatedFaultKind fault, bool succeeds)
    {
        await using var host = DriverHost.With(Wrong(SimulatedPowerState.Running));
        host.Host.Control.Inject(
            new SimulatedFault
            {
                Kind = fault,
                Remaining = 1,
                Text = "The disk is full of birds.",
            }
        );

        if (succeeds)
        {
            var result = await host.ApplyAsync(new DisableCheckpoints());
            Assert.True(result.Changed);
            Assert.Equal(fault is SimulatedFaultKind.JobWarns, result.Warning is not null);
        }
        else
        {
            var failure = await Assert.ThrowsAsync<HyperVException>(() => host.ApplyAsync(new DisableCheckpoints()));
            Assert.Equal(FaultKind.Failed, failure.Kind);
            Assert.Contains("The disk is full of birds.", failure.Message, StringComparison.Ordinal);
        }

        Assert.Equal(
            succeeds ? CheckpointType.Disabled : CheckpointType.Production,
            (await host.ReadMachineAsync()).CheckpointType
        );
    }

    [Fact]
    public async Task A_job_that_vanished_without_effect_leaves_the_outcome_unknown()
    {
        await using var host = DriverHost.With(Wrong(SimulatedPowerState.Running));
        host.Session.OnInvoke = static (_, method) => method == "ModifySystemSettings" ? Cims.JobStarted() : null;

        var failure = await Assert.ThrowsAsync<HyperVException>(() => host.ApplyAsync(new DisableCheckpoints()));

        Assert.Equal((FaultKind.OutcomeUnknown, "JobVanished"), (failure.Kind, failure.Reason));
    }

    [Fact]
    public async Task Success_that_does_not_show_is_a_failure()
    {
        await using var host = DriverHost.With(Wrong(SimulatedPowerState.Running));
        host.Session.OnInvoke = static (_, method) => method == "ModifySystemSettings" ? Cims.Answer(0) : null;

        var failure = await Assert.ThrowsAsync<HyperVException>(() => host.ApplyAsync(new DisableCheckpoints()));

        Assert.Equal((FaultKind.Failed, "NotInEffect"), (failure.Kind, failure.Reason));
    }

    [Theory]
    [InlineData(SimulatedFaultKind.AccessDeniedAsReturnValue, FaultKind.Unavailable, "AccessDenied")]
    [InlineData(SimulatedFaultKind.Busy, FaultKind.FailedPrecondition, "InvalidState")]
    [InlineData(SimulatedFaultKind.MethodTimesOut, FaultKind.OutcomeUnknown, "TimedOut")]
    public async Task A_refusal_at_once_is_said_by_its_kind(SimulatedFaultKind fault, FaultKind kind, string reason)
    {
        await using var host = DriverHost.With(Wrong(SimulatedPowerState.Running));
        host.Host.Control.Inject(new SimulatedFault { Kind = fault, Method = "ModifySystemSettings" });

        var failure = await Assert.ThrowsAsync<HyperVException>(() => host.ApplyAsync(new DisableCheckpoints()));

        Assert.Equal((kind, reason), (failure.Kind, failure.Reason));
    }

    [Fact]
    public async Task A_users_checkpoint_is_merged_and_the_disk_is_its_own_root_again()
    {
        await using var host = DriverHost.With(
            Wrong(SimulatedPowerState.Running) with
            {
                Checkpoints = [new SimulatedCheckpoint { Name = "one" }, new SimulatedCheckpoint { Name = "two" }],
            }
        );
        var one = (await host.ReadMachineAsync()).Checkpoints!.Single(static item => item.Name == "one");

        Assert.True((await host.ApplyAsync(new MergeCheckpoint(one.Id, one.Name))).Changed);

        Assert.Equal(["DestroySnapshot"], host.Changes());
        Assert.Equal(["two"], (await host.ReadMachineAsync()).Checkpoints!.Select(static item => item.Name));
        await host.PassAsync(TimeSpan.FromMinutes(1));
        var two = (await host.ReadMachineAsync()).Checkpoints!.Single();
        await host.ApplyAsync(new MergeCheckpoint(two.Id, two.Name));
        await host.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(@"D:\VMs\ex01\os.vhdx", (await host.ReadMachineAsync()).Disks!.Single().Path);
        Assert.False((await host.ApplyAsync(new MergeCheckpoint(two.Id, two.Name))).Changed);
    }

    [Theory]
    [InlineData(SimulatedCheckpointKind.Recovery, FaultKind.Busy)]
    [InlineData(SimulatedCheckpointKind.Replica, FaultKind.Forbidden)]
    public async Task No_checkpoint_is_merged_beside_one_that_is_not_a_users(
        SimulatedCheckpointKind kind,
        FaultKind fault
    )
    {
        await using var host = DriverHost.With(
            DriverHost.Machine() with
            {
                Checkpoints =
                [
                    new SimulatedCheckpoint { Name = "mine" },
                    new SimulatedCheckpoint { Name = "theirs", Kind = kind },
                ],
            }
        );
        var checkpoints = (await host.ReadMachineAsync()).Checkpoints!;
        var mine = checkpoints.Single(static item => item.Name == "mine");
        var theirs = checkpoints.Single(static item => item.Name == "theirs");

        var beside = await Assert.ThrowsAsync<HyperVException>(() =>
            host.ApplyAsync(new MergeCheckpoint(mine.Id, "mine"))
        );
        var itself = await Assert.ThrowsAsync<HyperVException>(() =>
            host.ApplyAsync(new MergeCheckpoint(theirs.Id, "theirs"))
        );

        Assert.Equal((fault, "ForeignCheckpointPresent"), (beside.Kind, beside.Reason));
        Assert.Equal((FaultKind.Forbidden, "ForeignCheckpoint"), (itself.Kind, itself.Reason));
        Assert.Empty(host.Changes());
    }

    [Fact]
    public async Task A_guest_is_asked_once_without_force_and_accepted_is_not_yet_off()
    {
        await using var host = DriverHost.With(Wrong(SimulatedPowerState.Running));

        Assert.True((await host.ApplyAsync(new ShutDownGuest("planned"))).Changed);

        var call = Assert.Single(host.Session.Invoked, static call => call.Method == "InitiateShutdown");
        Assert.Equal(false, call.Arguments["Force"].Value);
        Assert.Equal("planned", call.Arguments["Reason"].Value);
        await host.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(PowerState.Off, (await host.ReadMachineAsync()).PowerState);
    }

    [Theory]
    [InlineData(32780u, FaultKind.Busy, "GuestNotReady")]
    [InlineData(32781u, FaultKind.FailedPrecondition, "GuestLocked")]
    [InlineData(32782u, FaultKind.Busy, "ShutdownInProgress")]
    [InlineData(32769u, FaultKind.Unavailable, "AccessDenied")]
    public async Task A_guest_that_does_not_shut_down_says_why(uint code, FaultKind kind, string reason)
    {
        await using var host = DriverHost.With(Wrong(SimulatedPowerState.Running));
        host.Host.Control.Inject(
            new SimulatedFault
            {
                Kind = SimulatedFaultKind.MethodReturns,
                Method = "InitiateShutdown",
                Code = code,
            }
        );

        var failure = await Assert.ThrowsAsync<HyperVException>(() => host.ApplyAsync(new ShutDownGuest("planned")));

        Assert.Equal((kind, reason), (failure.Kind, failure.Reason));
    }

    [Fact]
    public async Task Discarding_a_saved_state_leaves_the_VM_off_with_its_disks()
    {
        await using var host = DriverHost.With(Wrong(SimulatedPowerState.Saved));

        await host.ApplyAsync(new DiscardSavedState());

        var vm = await host.ReadMachineAsync();
        Assert.Equal((PowerState.Off, false), (vm.PowerState, vm.HasSavedState));
        Assert.Single(vm.Disks!);
        Assert.Equal(
            (ushort)3,
            Assert
                .Single(host.Session.Invoked, static call => call.Method == "RequestStateChange")
                .Arguments["RequestedState"]
                .Value
        );
    }

    [Fact]
    public async Task A_saved_VM_that_was_resumed_in_between_is_not_turned_off()
    {
        await using var host = DriverHost.With(Wrong(SimulatedPowerState.Saved));
        host.Session.OnGet = path =>
            path.ClassName == "Msvm_ComputerSystem"
                ? Cims.Instance("Msvm_ComputerSystem", "x", ("EnabledState", Cim.CimValue.UInt16(2)))
                : null;

        var failure = await Assert.ThrowsAsync<HyperVException>(() => host.ApplyAsync(new DiscardSavedState()));

        Assert.Equal((FaultKind.FailedPrecondition, "WrongPowerState"), (failure.Kind, failure.Reason));
        Assert.Empty(host.Changes());
    }

    [Fact]
    public async Task What_runs_in_a_cluster_is_not_started_around_it()
    {
        await using var host = DriverHost.With(Wrong(SimulatedPowerState.Off));
        host.Session.OnQuery = static (space, _) =>
            space == @"root\mscluster" ? throw new Cim.CimException(Cim.CimError.Failed, "stopped") : null;

        foreach (
            VirtualMachineAction action in new VirtualMachineAction[]
            {
                new StartVirtualMachine(),
                new UnregisterVirtualMachine(),
            }
        )
        {
            var failure = await Assert.ThrowsAsync<HyperVException>(() => host.ApplyAsync(action));
            Assert.Equal((FaultKind.FailedPrecondition, "ClusterUnknown"), (failure.Kind, failure.Reason));
        }

        Assert.Empty(host.Changes());
    }

    [Theory]
    [InlineData(SimulatedPowerState.Off)]
    [InlineData(SimulatedPowerState.Running)]
    public async Task An_adapter_is_added_connected_and_moved(SimulatedPowerState state)
    {
        await using var host = DriverHost.With(Wrong(state));

        Assert.True((await host.ApplyAsync(new AddNetworkAdapter(s_backup))).Changed);
        Assert.False((await host.ApplyAsync(new AddNetworkAdapter(s_backup))).Changed);
        var added = (await host.ReadMachineAsync()).NetworkAdapters!.Single(static item => item.Name == "Backup");
        Assert.Equal(("Backup", 30), (added.SwitchName, added.VlanId));

        foreach (var (name, vlan) in new (string, int?)[] { ("Mail", 31), ("Mail", null), ("Backup", 7) })
        {
            var wanted = s_backup with { SwitchName = name, VlanId = vlan };
            Assert.True((await host.ApplyAsync(new ConnectNetworkAdapter(added.Id, wanted))).Changed);
            var now = (await host.ReadMachineAsync()).NetworkAdapters!.Single(item => item.Id == added.Id);
            Assert.Equal((name, vlan), (now.SwitchName, now.VlanId));
        }
    }

    [Fact]
    public async Task An_adapter_that_hangs_on_no_switch_is_connected()
    {
        await using var host = DriverHost.With(
            DriverHost.Machine() with
            {
                NetworkAdapters = [new SimulatedAdapter { Name = "Mail" }],
            }
        );
        var adapter = (await host.ReadMachineAsync()).NetworkAdapters!.Single();
        Assert.Null(adapter.SwitchName);

        await host.ApplyAsync(new ConnectNetworkAdapter(adapter.Id, new DesiredNetworkAdapter("Mail", "Mail", 20)));

        var now = (await host.ReadMachineAsync()).NetworkAdapters!.Single();
        Assert.Equal(("Mail", 20), (now.SwitchName, now.VlanId));
    }

    [Fact]
    public async Task A_switch_that_is_not_there_is_named()
    {
        await using var host = DriverHost.With(Wrong(SimulatedPowerState.Off));

        var failure = await Assert.ThrowsAsync<HyperVException>(() =>
            host.ApplyAsync(new AddNetworkAdapter(s_backup with { SwitchName = "Storage" }))
        );

        Assert.Equal((FaultKind.NotFound, "SwitchNotFound"), (failure.Kind, failure.Reason));
        Assert.Contains("\"Storage\"", failure.Message, StringComparison.Ordinal);
        Assert.Empty(host.Changes());
    }

    [Theory]
    [InlineData(SimulatedPowerState.Off)]
    [InlineData(SimulatedPowerState.Running)]
    public async Task A_disk_whose_file_exists_is_attached_in_a_free_slot(SimulatedPowerState state)
    {
        await using DriverHost host = new(
            DriverHost.Describe(Wrong(state)) with
            {
                Files = [new SimulatedDiskFile { Path = @"D:\VMs\ex01\db.vhdx", Size = 1UL << 40 }],
            }
        );
        AttachDisk attach = new(Disk("db", @"D:\VMs\ex01\db.vhdx"));

        Assert.True((await host.ApplyAsync(attach)).Changed);
        Assert.False((await host.ApplyAsync(attach)).Changed);

        Assert.Equal(
            [(0, @"D:\VMs\ex01\os.vhdx"), (1, @"D:\VMs\ex01\db.vhdx")],
            (await host.ReadMachineAsync()).Disks!.Select(static disk => (disk.Slot, disk.Path!))
        );
    }

    [Fact]
    public async Task A_drive_that_a_crash_left_empty_is_used_first()
    {
        await using DriverHost host = new(
            DriverHost.Describe(Wrong(SimulatedPowerState.Off)) with
            {
                Files = [new SimulatedDiskFile { Path = @"D:\VMs\ex01\db.vhdx", Size = 1UL << 40 }],
            }
        );
        AttachDisk attach = new(Disk("db", @"D:\VMs\ex01\db.vhdx"));
        var added = 0;
        host.Session.OnInvoke = (_, method) =>
            method == "AddResourceSettings" && ++added == 2
                ? throw new Cim.CimException(Cim.CimError.Unreachable, "crash")
                : null;
        await Assert.ThrowsAsync<HyperVException>(() => host.ApplyAsync(attach));
        host.Session.OnInvoke = static (_, _) => null;
        host.Session.Forget();

        await host.ApplyAsync(attach);

        Assert.Equal(["AddResourceSettings"], host.Changes());
        Assert.Equal(
            1,
            (await host.ReadMachineAsync())
                .Disks!.Single(static disk => disk.Path!.EndsWith("db.vhdx", StringComparison.Ordinal))
                .Slot
        );
    }

    [Fact]
    public async Task A_missing_file_is_never_made_for_a_VM_that_exists()
    {
        await using var host = DriverHost.With(Wrong(SimulatedPowerState.Off));

        var failure = await Assert.ThrowsAsync<HyperVException>(() =>
            host.ApplyAsync(new AttachDisk(Disk("db", @"D:\VMs\ex01\db.vhdx")))
        );

        Assert.Equal((FaultKind.NotFound, "DiskFileMissing"), (failure.Kind, failure.Reason));
        Assert.Contains(@"D:\VMs\ex01\db.vhdx", failure.Message, StringComparison.Ordinal);
        Assert.Empty(host.Changes());
    }

    [Fact]
    public async Task A_file_that_another_VM_uses_is_not_attached()
    {
        await using var host = DriverHost.With(DriverHost.Machine(), DriverHost.Machine("ex02") with { Notes = null });

        var failure = await Assert.ThrowsAsync<HyperVException>(() =>
            host.ApplyAsync(new AttachDisk(Disk("os", @"D:\VMs\ex02\os.vhdx")))
        );

        Assert.Equal((FaultKind.FailedPrecondition, "DiskInUse"), (failure.Kind, failure.Reason));
        Assert.Empty(host.Changes());
    }

    [Fact]
    public async Task Unregistering_leaves_the_files()
    {
        await using var host = DriverHost.With(Wrong(SimulatedPowerState.Off));

        await host.ApplyAsync(new UnregisterVirtualMachine());

        Assert.Empty((await host.ReadAsync()).VirtualMachines);
        await using InterceptingSession session = new(host.Host);
        Assert.Equal(
            0u,
            (
                await host.Host.InvokeAsync(
                    (
                        await host.Host.QueryAsync(
                            Cims.Namespace,
                            "SELECT * FROM Msvm_ImageManagementService",
                            CancellationToken.None
                        )
                    )[0].Path,
                    "GetVirtualHardDiskSettingData",
                    new Dictionary<string, Cim.CimValue>(StringComparer.Ordinal)
                    {
                        ["Path"] = Cim.CimValue.Text(@"D:\VMs\ex01\os.vhdx"),
                    },
                    CancellationToken.None
                )
            ).ReturnValue
        );
    }

    [Fact]
    public async Task Settings_that_are_never_supported_are_never_set()
    {
        await using var host = DriverHost.With(Wrong(SimulatedPowerState.Off));

        var save = await Assert.ThrowsAsync<HyperVException>(() =>
            host.ApplyAsync(new SetAutomaticStopAction(AutomaticStopAction.Save))
        );
        var revert = await Assert.ThrowsAsync<HyperVException>(() =>
            host.ApplyAsync(new SetAutomaticRecoveryAction(AutomaticRecoveryAction.Revert))
        );

        Assert.Equal((FaultKind.Forbidden, "SaveForbidden"), (save.Kind, save.Reason));
        Assert.Equal((FaultKind.Forbidden, "RevertForbidden"), (revert.Kind, revert.Reason));
        Assert.Empty(host.Changes());
    }

    /// <summary>Lists one of every action that is done to an existing VM; the test fails where the family grows.</summary>
    internal static IReadOnlyList<VirtualMachineAction> EveryAction(string checkpointId, string adapterId)
    {
        VirtualMachineAction[] actions =
        [
            new MarkOwner(DriverHost.Owner),
            new SetProcessorCount(12),
            new SetFixedMemory(ByteSize.FromGibibytes(24)),
            new DisableCheckpoints(),
            new DisableAutomaticCheckpoints(),
            new MergeCheckpoint(checkpointId, "one"),
            new SetAutomaticStopAction(AutomaticStopAction.ShutDown),
            new SetAutomaticStartAction(AutomaticStartAction.Start, null),
            new SetAutomaticRecoveryAction(AutomaticRecoveryAction.Restart),
            new DiscardSavedState(),
            new ShutDownGuest("planned"),
            new StartVirtualMachine(),
            new AttachDisk(Disk("db", @"D:\VMs\ex01\db.vhdx")),
            new AddNetworkAdapter(s_backup),
            new ConnectNetworkAdapter(adapterId, s_backup with { Name = "Mail" }),
            new UnregisterVirtualMachine(),
        ];
        var family = typeof(VirtualMachineAction)
            .Assembly.GetTypes()
            .Where(static type =>
                type.IsSubclassOf(typeof(VirtualMachineAction)) && type != typeof(CreateVirtualMachine)
            );
        Assert.Empty(family.Except(actions.Select(static action => action.GetType())));
        return actions;
    }

    internal static DesiredDisk Disk(string name, string path, ByteSize? size = null, string? source = null) =>
        new() { Name = name, VirtualHardDisk = new DesiredVirtualHardDisk(path, size, null, source) };

    private static SimulatedMachine Wrong(SimulatedPowerState state) =>
        DriverHost.Machine() with
        {
            State = state,
            AutomaticCheckpoints = true,
            Memory = new SimulatedMemory { Size = 16UL << 30 },
        };
}
