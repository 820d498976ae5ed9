using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.Faults;

namespace ExchangeVirt.HyperV.Simulator.Tests;

/// <summary>Each shape in which a host fails.</summary>
public sealed class TheFaults
{
    private const string AllMachines = "SELECT * FROM Msvm_ComputerSystem";

    [Fact]
    public async Task A_job_vanishes_though_its_work_is_done()
    {
        await using var bench = Bench.Start();
        bench.Control.Inject(new() { Kind = SimulatedFaultKind.JobVanishes, Remaining = 1 });
        var result = await bench.Request(Bench.Ex02, 2);
        Assert.Equal(CimError.NotFound, (await Assert.ThrowsAsync<CimException>(() => bench.Job(result))).Error);
        bench.Pass(5);
        Assert.Equal(2, await bench.State(Bench.Ex02));
    }

    [Fact]
    public async Task A_job_failure_can_be_for_one_VM_and_method_and_a_number_of_times()
    {
        await using var bench = Bench.Start();
        bench.Control.Inject(
            new()
            {
                Kind = SimulatedFaultKind.JobFails,
                Machine = "EX02",
                Method = "RequestStateChange",
                Remaining = 2,
            }
        );
        Assert.Equal(7, await bench.Finished(await bench.Request(Bench.Ex04, 2)));
        Assert.Equal(10, await bench.Finished(await bench.Request(Bench.Ex02, 2)));
        Assert.Equal(10, await bench.Finished(await bench.Request(Bench.Ex02, 2)));
        Assert.Empty(bench.Control.Faults());
        Assert.Equal(7, await bench.Finished(await bench.Request(Bench.Ex02, 2)));
    }

    [Fact]
    public async Task A_busy_VM_refuses_once_and_then_accepts()
    {
        await using var bench = Bench.Start();
        bench.Control.Inject(
            new()
            {
                Kind = SimulatedFaultKind.Busy,
                Machine = Bench.Ex02,
                Remaining = 1,
            }
        );
        Assert.Equal(32775u, (await bench.Request(Bench.Ex02, 2)).ReturnValue);
        Assert.Equal(4096u, (await bench.Request(Bench.Ex02, 2)).ReturnValue);
    }

    [Fact]
    public async Task Access_is_denied_in_three_shapes()
    {
        await using var bench = Bench.Start();
        var empty = bench.Control.Inject(new() { Kind = SimulatedFaultKind.AccessDeniedAsEmpty });
        Assert.Empty(await bench.Query(AllMachines));
        Assert.Empty(await bench.Query("SELECT * FROM Msvm_VirtualSystemManagementService"));
        Assert.Equal(1, bench.Control.Clear(empty.Id));

        bench.Control.Inject(new() { Kind = SimulatedFaultKind.AccessDeniedAsReturnValue, Remaining = 1 });
        Assert.Equal(32769u, (await bench.Request(Bench.Ex02, 2)).ReturnValue);

        bench.Control.Inject(new() { Kind = SimulatedFaultKind.AccessDeniedAsException, Remaining = 1 });
        Assert.Equal(
            CimError.AccessDenied,
            (await Assert.ThrowsAsync<CimException>(() => bench.Query(AllMachines))).Error
        );
        Assert.Equal(6, (await bench.Query(AllMachines)).Count);
    }

    [Fact]
    public async Task A_stopped_management_service_shows_nothing_and_its_VMs_go_on()
    {
        await using var bench = Bench.Start();
        await bench.Request(Bench.Ex02, 2);
        bench.Control.Inject(new() { Kind = SimulatedFaultKind.ManagementServiceStopped });
        Assert.Empty(await bench.Query(AllMachines));
        Assert.Empty(await bench.Query("SELECT * FROM Msvm_VirtualSystemManagementService"));
        Assert.Equal(
            "Stopped",
            (await bench.One("SELECT * FROM Win32_Service WHERE Name='vmms'", @"root\cimv2")).Text("State")
        );
        Assert.Equal(
            CimError.NotFound,
            (await Assert.ThrowsAsync<CimException>(() => bench.Request(Bench.Ex02, 3))).Error
        );
        bench.Pass(10);
        bench.Control.Clear();
        Assert.Equal(2, await bench.State(Bench.Ex02));
    }

    [Theory]
    [InlineData(SimulatedFaultKind.ManagementServiceStarting, CimError.ProviderLoadFailure)]
    [InlineData(SimulatedFaultKind.WmiStopping, CimError.ServerIsShuttingDown)]
    [InlineData(SimulatedFaultKind.WmiUnreachable, CimError.Unreachable)]
    [InlineData(SimulatedFaultKind.CallTimesOut, CimError.TimedOut)]
    [InlineData(SimulatedFaultKind.QuotaExceeded, CimError.ServerLimitsExceeded)]
    public async Task A_failing_service_has_its_own_error(SimulatedFaultKind kind, CimError error)
    {
        await using var bench = Bench.Start();
        bench.Control.Inject(new() { Kind = kind });
        Assert.Equal(error, (await Assert.ThrowsAsync<CimException>(() => bench.Query(AllMachines))).Error);
        bench.Control.Clear();
        Assert.Equal(6, (await bench.Query(AllMachines)).Count);
    }

    [Fact]
    public async Task A_hanging_call_ends_only_by_its_callers_own_deadline()
    {
        await using var bench = Bench.Start();
        bench.Control.Inject(new() { Kind = SimulatedFaultKind.CallHangs, Remaining = 1 });
        using var patience = new CancellationTokenSource();
        var call = bench.Host.QueryAsync(Bench.Ns, AllMachines, patience.Token);
        bench.Pass(3600);
        Assert.False(call.IsCompleted);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task A_method_can_time_out_or_return_any_code()
    {
        await using var bench = Bench.Start();
        bench.Control.Inject(new() { Kind = SimulatedFaultKind.MethodTimesOut, Remaining = 1 });
        bench.Control.Inject(
            new()
            {
                Kind = SimulatedFaultKind.MethodReturns,
                Code = 5,
                Remaining = 1,
            }
        );
        Assert.Equal(32772u, (await bench.Request(Bench.Ex02, 2)).ReturnValue);
        Assert.Equal(5u, (await bench.Request(Bench.Ex02, 2)).ReturnValue);
        Assert.Equal(3, await bench.State(Bench.Ex02));
    }

    [Fact]
    public async Task Subscriptions_die_with_the_service()
    {
        await using var bench = Bench.Start();
        await using var events = Listen(bench);
        bench.Control.Inject(new() { Kind = SimulatedFaultKind.WmiUnreachable });
        var dead = await Assert.ThrowsAsync<CimException>(async () => await events.MoveNextAsync());
        Assert.Equal(CimError.Unreachable, dead.Error);
    }

    [Fact]
    public async Task An_event_can_be_lost_or_overflow()
    {
        await using var bench = Bench.Start();
        await using var events = Listen(bench);
        bench.Control.Inject(
            new()
            {
                Kind = SimulatedFaultKind.EventLost,
                Machine = Bench.Ex01,
                Remaining = 1,
            }
        );
        Assert.True(bench.Control.Set("EX01", "checkpoints", "Production").IsAccepted);
        bench.Control.Set("EX01", "checkpoints", "Disabled");
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(
            (3L, 2L),
            (events.Current.Previous!.Number("UserSnapshotType"), events.Current.Target!.Number("UserSnapshotType"))
        );
        bench.Control.Inject(new() { Kind = SimulatedFaultKind.EventOverflow, Remaining = 1 });
        bench.Control.Set("EX02", "checkpoints", "Disabled");
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(("__EventQueueOverflowEvent", null), (events.Current.ClassName, events.Current.Target));
    }

    [Fact]
    public async Task A_stopping_VM_can_be_stuck_until_the_fault_is_cleared()
    {
        await using var bench = Bench.Start();
        bench.Control.Inject(new() { Kind = SimulatedFaultKind.StuckStopping, Machine = "EX01" });
        bench.Control.Do("EX01", "shutdown");
        bench.Pass(3600);
        Assert.Equal(4, await bench.State(Bench.Ex01));
        bench.Control.Clear();
        Assert.Equal(3, await bench.State(Bench.Ex01));
    }

    [Fact]
    public async Task A_VM_without_its_configuration_storage_can_only_be_turned_off()
    {
        await using var bench = Bench.Start();
        bench.Control.Inject(new() { Kind = SimulatedFaultKind.ConfigurationStorageGone, Machine = "EX01" });
        var system = await bench.Get(Bench.System(Bench.Ex01));
        Assert.Equal((3L, 20L), (system.Numbers("OperationalStatus")[0], system.Number("HealthState")));
        Assert.Equal(32775u, (await bench.Request(Bench.Ex01, 6)).ReturnValue);
        Assert.False(bench.Control.Set("EX01", "checkpoints", "Disabled").IsAccepted);
        Assert.Equal(4096u, (await bench.Request(Bench.Ex01, 3)).ReturnValue);
    }

    [Fact]
    public async Task A_VM_whose_disk_is_full_pauses_by_itself()
    {
        await using var bench = Bench.Start();
        bench.Control.Inject(new() { Kind = SimulatedFaultKind.LowDisk, Machine = "EX01" });
        var system = await bench.Get(Bench.System(Bench.Ex01));
        Assert.Equal(
            (9L, 5L, 25L),
            (system.Number("EnabledState"), system.Numbers("OperationalStatus")[0], system.Number("HealthState"))
        );
    }

    [Fact]
    public async Task An_offline_volume_hides_its_files()
    {
        await using var bench = Bench.Start();
        bench.Control.Inject(new() { Kind = SimulatedFaultKind.VolumeOffline, Volume = @"D:\" });
        Assert.Single(await bench.Query("SELECT * FROM MSFT_Volume", @"root\microsoft\windows\storage"));
        Assert.Equal(
            32779u,
            (await bench.Images("ValidateVirtualHardDisk", ("Path", CimValue.Text(@"D:\ex02\os.vhdx")))).ReturnValue
        );
        Assert.Equal(10, await bench.Finished(await bench.Request(Bench.Ex02, 2)));
        bench.Control.Clear();
        Assert.Equal(
            0u,
            (await bench.Images("ValidateVirtualHardDisk", ("Path", CimValue.Text(@"D:\ex02\os.vhdx")))).ReturnValue
        );
    }

    private static IAsyncEnumerator<CimEvent> Listen(Bench bench) =>
        bench
            .Host.SubscribeAsync(
                Bench.Ns,
                "SELECT * FROM __InstanceModificationEvent WHERE TargetInstance ISA 'Msvm_VirtualSystemSettingData'",
                TestContext.Current.CancellationToken
            )
            .GetAsyncEnumerator(TestContext.Current.CancellationToken);
}
