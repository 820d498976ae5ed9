using ExchangeVirt.Domain.Model;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.HyperV.Simulator.Faults;
using ExchangeVirt.HyperV.Tests.Support;

namespace ExchangeVirt.HyperV.Tests;

public sealed class ReadingTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_full_read_costs_the_same_number_of_calls_for_1_10_and_60_virtual_machines()
    {
        List<int> counts = [];
        foreach (var number in new[] { 1, 10, 60 })
        {
            await using var host = DriverHost.With([
                .. Enumerable.Range(1, number).Select(static i => DriverHost.Machine($"ex{i:00}")),
            ]);

            var read = await host.ReadAsync();

            Assert.Equal(number, read.VirtualMachines.Count);
            Assert.Equal(host.Session.Calls, host.Host.Calls.Count);
            counts.Add(host.Session.Calls);
        }

        output.WriteLine($"A full read costs {counts[0]} CIM calls.");
        Assert.Single(counts.Distinct());
    }

    [Fact]
    public async Task A_full_read_tells_what_the_host_is()
    {
        await using DriverHost host = new(
            DriverHost.Describe() with
            {
                Services = [new SimulatedService { Name = "MSSQLSERVER" }, new SimulatedService { Name = "Spooler" }],
                Volumes =
                [
                    new SimulatedVolume
                    {
                        Path = @"C:\",
                        Size = 1UL << 40,
                        Free = 1UL << 39,
                    },
                    new SimulatedVolume
                    {
                        Path = @"C:\ClusterStorage\csv1",
                        Size = 2UL << 40,
                        Free = 1UL << 40,
                    },
                ],
            }
        );

        await host.ReadAsync();
        var read = await host.ReadAsync();

        Assert.Equal("HV01", read.Name);
        Assert.Equal(
            (32, 64, "GenuineIntel"),
            (read.Processors.PhysicalCores, read.Processors.LogicalProcessors, read.Processors.Vendor)
        );
        Assert.NotNull(read.Processors.RootProcessorsUsed);
        Assert.Equal(ByteSize.FromGibibytes(512), read.Memory);
        Assert.Equal(("10.0.20348", 3), (read.OperatingSystem?.Version, read.OperatingSystem?.ProductType));
        Assert.Equal([16, 16], read.NumaNodes!.Select(static node => node.PhysicalCores));
        Assert.True(read.NumaSpanning);
        Assert.Equal(["Backup", "Mail"], read.Switches);
        Assert.Equal(["SQL Server (service MSSQLSERVER)"], read.ForeignApplications);
        Assert.Equal(
            [(@"C:\", "Local"), (@"C:\ClusterStorage\csv1", "ClusterSharedVolume")],
            read.Volumes!.Select(static volume => (volume.Path, volume.Kind)).Order()
        );
    }

    [Fact]
    public async Task A_full_read_tells_what_a_virtual_machine_is()
    {
        await using var host = DriverHost.With(
            DriverHost.Machine() with
            {
                State = SimulatedPowerState.Running,
                Memory = new SimulatedMemory
                {
                    Size = 8UL << 30,
                    Dynamic = true,
                    Minimum = 4UL << 30,
                    Maximum = 32UL << 30,
                },
                AutomaticStartDelaySeconds = 90,
                LastBackupHoursAgo = 5,
            }
        );

        var vm = await host.ReadMachineAsync();

        Assert.Equal(PowerState.Running, vm.PowerState);
        Assert.Equal(host.Time.GetUtcNow().AddHours(-24), vm.PowerStateSince!.Value, TimeSpan.FromMinutes(1));
        Assert.True(vm.Healthy);
        Assert.Equal(VirtualMachineOperation.None, vm.Operation);
        Assert.Equal(Heartbeat.Ok, vm.Heartbeat);
        Assert.Equal((2, 8), (vm.Generation, vm.ProcessorCount));
        Assert.Equal(ByteSize.FromGibibytes(8), vm.Memory!.Startup);
        Assert.True(vm.Memory.Dynamic);
        Assert.Equal((ByteSize.FromGibibytes(4), ByteSize.FromGibibytes(32)), (vm.Memory.Minimum, vm.Memory.Maximum));
        Assert.Equal(AutomaticStopAction.Save, vm.AutomaticStopAction);
        Assert.Equal(AutomaticStartAction.StartIfRunning, vm.AutomaticStartAction);
        Assert.Equal(TimeSpan.FromSeconds(90), vm.AutomaticStartDelay);
        Assert.Equal(AutomaticRecoveryAction.Restart, vm.AutomaticRecoveryAction);
        Assert.Equal(CheckpointType.Production, vm.CheckpointType);
        Assert.False(vm.AutomaticCheckpoints);
        Assert.Empty(vm.Checkpoints!);
        Assert.False(vm.HasSavedState);
        Assert.Equal(ReplicationMode.None, vm.ReplicationMode);
        Assert.False(vm.Clustered);
        Assert.Equal(host.Time.GetUtcNow().AddHours(-5), vm.LastSuccessfulBackupAt!.Value, TimeSpan.FromMinutes(1));
        Assert.Equal(DriverHost.Owner, vm.Owner);
        var disk = Assert.Single(vm.Disks!);
        Assert.Equal(("SCSI", 0, 0), (disk.Controller, disk.ControllerNumber, disk.Slot));
        Assert.Equal((@"D:\VMs\ex01\os.vhdx", @"D:\VMs\ex01\os.vhdx"), (disk.Path, disk.RootPath));
        var adapter = Assert.Single(vm.NetworkAdapters!);
        Assert.Equal(("Mail", "Mail", 20, false), (adapter.Name, adapter.SwitchName, adapter.VlanId, adapter.Legacy));
    }

    [Fact]
    public async Task One_virtual_machine_reads_the_same_by_itself_and_tells_its_disks_types_besides()
    {
        await using var host = DriverHost.With(
            DriverHost.Machine() with
            {
                State = SimulatedPowerState.Running,
                Checkpoints = [new SimulatedCheckpoint(), new SimulatedCheckpoint()],
            },
            DriverHost.Machine("ex02") with
            {
                Notes = null,
            }
        );
        var whole = await host.ReadMachineAsync();

        var single = await host.RunAsync(host.Driver.ReadVirtualMachineAsync(whole.Id, CancellationToken.None));
        var again = await host.ReadMachineAsync();

        Assert.NotNull(single);
        Assert.Equal(whole.Fingerprint, single.Fingerprint);
        Assert.Null(whole.Disks![0].Type);
        Assert.Equal(
            (VirtualDiskType.Fixed, ByteSize.FromGibibytes(64)),
            (single.Disks![0].Type, single.Disks[0].Size)
        );
        Assert.Equal(single.Disks, again.Disks);
        Assert.Equal(single.NetworkAdapters, whole.NetworkAdapters);
        Assert.Equal(single.Checkpoints, whole.Checkpoints);
        Assert.Equal(
            single with
            {
                Disks = null,
                NetworkAdapters = null,
                Checkpoints = null,
                Uptime = null,
            },
            whole with
            {
                Disks = null,
                NetworkAdapters = null,
                Checkpoints = null,
                Uptime = null,
            }
        );
    }

    [Fact]
    public async Task The_file_at_the_root_of_a_checkpoint_chain_is_found_without_asking_any_file()
    {
        await using var host = DriverHost.With(
            DriverHost.Machine() with
            {
                Checkpoints = [new SimulatedCheckpoint(), new SimulatedCheckpoint(), new SimulatedCheckpoint()],
            }
        );

        var disk = Assert.Single((await host.ReadMachineAsync()).Disks!);

        Assert.EndsWith(".avhdx", disk.Path, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(@"D:\VMs\ex01\os.vhdx", disk.RootPath);
        Assert.DoesNotContain(
            host.Session.Invoked,
            static call => call.Method.StartsWith("GetVirtualHardDisk", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData(SimulatedCheckpointKind.Production, CheckpointKind.User)]
    [InlineData(SimulatedCheckpointKind.Standard, CheckpointKind.User)]
    [InlineData(SimulatedCheckpointKind.Automatic, CheckpointKind.User)]
    [InlineData(SimulatedCheckpointKind.Recovery, CheckpointKind.Recovery)]
    [InlineData(SimulatedCheckpointKind.Replica, CheckpointKind.Replica)]
    public async Task A_checkpoint_says_who_made_it(SimulatedCheckpointKind made, CheckpointKind kind)
    {
        await using var host = DriverHost.With(
            DriverHost.Machine() with
            {
                Checkpoints = [new SimulatedCheckpoint { Kind = made, Name = "before" }],
            }
        );

        var checkpoint = Assert.Single((await host.ReadMachineAsync()).Checkpoints!);

        Assert.Equal((kind, "before"), (checkpoint.Kind, checkpoint.Name));
    }

    [Fact]
    public async Task Two_virtual_machines_of_one_name_are_two()
    {
        await using var host = DriverHost.With(DriverHost.Machine(), DriverHost.Machine());

        Assert.Equal(2, (await host.ReadAsync()).VirtualMachines.Select(static vm => vm.Id).Distinct().Count());
    }

    [Theory]
    [InlineData(SimulatedFaultKind.ManagementServiceStopped, "ManagementServiceNotSeen")]
    [InlineData(SimulatedFaultKind.ManagementServiceStarting, "ManagementServiceNotSeen")]
    [InlineData(SimulatedFaultKind.AccessDeniedAsEmpty, "ManagementServiceNotSeen")]
    [InlineData(SimulatedFaultKind.AccessDeniedAsException, "AccessDenied")]
    [InlineData(SimulatedFaultKind.WmiStopping, "HostUnreachable")]
    [InlineData(SimulatedFaultKind.WmiUnreachable, "HostUnreachable")]
    [InlineData(SimulatedFaultKind.CallTimesOut, "HostUnreachable")]
    public async Task A_host_that_cannot_be_read_is_unavailable_and_never_empty(SimulatedFaultKind fault, string reason)
    {
        await using var host = DriverHost.With(DriverHost.Machine());
        var id = (await host.ReadMachineAsync()).Id;
        host.Host.Control.Inject(new SimulatedFault { Kind = fault });

        var whole = await Assert.ThrowsAsync<HyperVException>(host.ReadAsync);
        var single = await Assert.ThrowsAsync<HyperVException>(() =>
            host.RunAsync(host.Driver.ReadVirtualMachineAsync(id, CancellationToken.None))
        );

        Assert.Equal((FaultKind.Unavailable, reason), (whole.Kind, whole.Reason));
        Assert.Equal((FaultKind.Unavailable, reason), (single.Kind, single.Reason));
    }

    [Fact]
    public async Task A_management_service_that_stops_while_it_is_read_makes_the_read_worthless()
    {
        await using var host = DriverHost.With(DriverHost.Machine());
        var asked = 0;
        host.Session.OnQuery = (_, wql) =>
            wql.EndsWith("FROM Msvm_VirtualSystemManagementService", StringComparison.Ordinal) && ++asked == 2
                ? []
                : null;

        var failure = await Assert.ThrowsAsync<HyperVException>(host.ReadAsync);

        Assert.Equal("ManagementServiceNotSeen", failure.Reason);
    }

    [Fact]
    public async Task A_virtual_machine_that_the_host_does_not_have_is_null()
    {
        await using var host = DriverHost.With(DriverHost.Machine());

        Assert.Null(await host.RunAsync(host.Driver.ReadVirtualMachineAsync(Guid.Empty, CancellationToken.None)));
    }

    [Fact]
    public async Task A_cluster_that_does_not_tell_leaves_clustered_unknown()
    {
        await using var host = DriverHost.With(DriverHost.Machine());
        host.Session.OnQuery = static (space, _) =>
            space == @"root\mscluster"
                ? throw new CimException(CimError.Failed, "The cluster service is stopped.")
                : null;

        Assert.Null((await host.ReadMachineAsync()).Clustered);
    }

    [Fact]
    public async Task A_fact_that_cannot_be_read_is_unknown_and_the_others_are_read()
    {
        await using var host = DriverHost.With(DriverHost.Machine());
        host.Session.OnQuery = static (space, _) =>
            space.StartsWith(@"root\cimv2", StringComparison.Ordinal)
            || space.Contains("storage", StringComparison.Ordinal)
                ? throw new CimException(CimError.AccessDenied, "no")
                : null;

        var read = await host.ReadAsync();

        Assert.Equal("HV01", read.Name);
        Assert.Null(read.Memory);
        Assert.Null(read.Volumes);
        Assert.Null(read.ForeignApplications);
        Assert.Null(read.Processors.PhysicalCores);
        Assert.Single(read.VirtualMachines);
    }
}
