using System.Collections.Immutable;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.Description;

namespace ExchangeVirt.HyperV.Simulator.Tests;

/// <summary>One test for each of the documented behaviours that a driver must be able to rely on, in the reference's order: 1 to 12.</summary>
public sealed class BehavioursOfReadsAndJobs
{
    [Fact]
    public async Task B01_An_unfiltered_query_of_computer_systems_gives_the_host_and_every_VM()
    {
        await using var bench = Bench.Start();
        var all = await bench.Query("SELECT * FROM Msvm_ComputerSystem");
        Assert.Equal(6, all.Count);
        Assert.Equal("Hosting Computer System", Assert.Single(all, s => s.Text("Name") == "HV01").Text("Caption"));
        Assert.Equal(5, all.Count(s => Guid.TryParse(s.Text("Name"), out _)));
    }

    [Fact]
    public async Task B02_Two_VMs_may_share_a_display_name_and_the_GUID_is_the_key()
    {
        await using var bench = Bench.Start(d =>
            d with
            {
                VirtualMachines = [new SimulatedMachine { Name = "twin" }, new SimulatedMachine { Name = "twin" }],
            }
        );
        var twins = await bench.Query("SELECT * FROM Msvm_ComputerSystem WHERE ElementName='twin'");
        Assert.Equal(2, twins.Select(t => t.Path).Distinct().Count());
        Assert.All(twins, t => Assert.Equal(t.Text("Name")!.ToUpperInvariant(), t.Text("Name")));
        Assert.Contains(
            "use the GUID",
            bench.Control.Set("twin", "checkpoints", "Disabled").Reason,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task B03_Settings_by_VirtualSystemIdentifier_are_the_realized_ones_and_one_per_snapshot()
    {
        await using var bench = Bench.Start();
        var settings = await bench.Query(
            $"SELECT * FROM Msvm_VirtualSystemSettingData WHERE VirtualSystemIdentifier='{Bench.Ex01}'"
        );
        Assert.Equal(3, settings.Count);
        Assert.Equal(
            [
                "Microsoft:Hyper-V:Snapshot:Realized",
                "Microsoft:Hyper-V:Snapshot:Realized",
                "Microsoft:Hyper-V:System:Realized",
            ],
            settings.Select(s => s.Text("VirtualSystemType")).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task B04_SettingsDefineState_gives_only_the_current_settings()
    {
        await using var bench = Bench.Start();
        var system = Bench.System(Bench.Ex01);
        var current = Assert.Single(await bench.Associated(system, "Msvm_SettingsDefineState"));
        Assert.Equal($"Microsoft:{Bench.Ex01}", current.Text("InstanceID"));
        Assert.Equal(2, (await bench.Associated(system, "Msvm_SnapshotOfVirtualSystem")).Count);
        Assert.Equal(2, (await bench.Associated(system, "Msvm_ElementSettingData")).Count);
    }

    [Fact]
    public async Task B05_A_wrong_role_finds_nothing_and_LastAppliedSnapshot_is_the_other_way_round()
    {
        await using var bench = Bench.Start();
        var system = Bench.System(Bench.Ex01);
        Assert.Single(await bench.Associated(system, "Msvm_SettingsDefineState", null, "ManagedElement"));
        Assert.Empty(await bench.Associated(system, "Msvm_SettingsDefineState", null, "SettingData"));
        Assert.Empty(await bench.Associated(system, "Msvm_SettingsDefineState", null, "Nonsense"));

        await bench.Request(Bench.Ex01, 3);
        bench.Pass(10);
        var snapshot = (await bench.Associated(system, "Msvm_SnapshotOfVirtualSystem"))[0];
        await bench.Snapshots("ApplySnapshot", ("Snapshot", CimValue.Reference(snapshot.Path)));
        bench.Pass(10);
        Assert.Empty(await bench.Associated(system, "Msvm_LastAppliedSnapshot", null, "Antecedent"));
        var applied = Assert.Single(await bench.Associated(system, "Msvm_LastAppliedSnapshot", null, "Dependent"));
        Assert.Equal(snapshot.Path, applied.Path);
    }

    [Fact]
    public async Task B06_RequestStateChange_is_refused_on_the_host()
    {
        await using var bench = Bench.Start();
        Assert.Equal(32770u, (await bench.Request("HV01", 3)).ReturnValue);
    }

    [Fact]
    public async Task B07_RequestedState_is_the_target_while_it_runs_and_12_afterwards()
    {
        await using var bench = Bench.Start();
        await bench.Request(Bench.Ex02, 2);
        Assert.Equal(2, (await bench.Get(Bench.System(Bench.Ex02))).Number("RequestedState"));
        bench.Pass(2);
        Assert.Equal(12, (await bench.Get(Bench.System(Bench.Ex02))).Number("RequestedState"));
    }

    [Theory]
    [InlineData(SimulatedAnswers.Jobs, 4096u)]
    [InlineData(SimulatedAnswers.Synchronous, 0u)]
    public async Task B08_A_method_may_answer_0_or_4096_and_Job_is_set_exactly_with_4096(
        SimulatedAnswers answers,
        uint code
    )
    {
        await using var bench = Bench.Start(d => d with { Answers = answers });
        var settings = (await bench.VmSettings(Bench.Ex02)).With("UserSnapshotType", CimValue.UInt16(2));
        var result = await bench.ModifySystem(settings);
        Assert.Equal(code, result.ReturnValue);
        Assert.Equal(code == 4096, result.Out["Job"].Value is not null);
        bench.Pass(1);
        Assert.Equal(2, (await bench.VmSettings(Bench.Ex02)).Number("UserSnapshotType"));
    }

    [Fact]
    public async Task B09_A_job_can_be_read_for_five_minutes_and_is_then_not_found()
    {
        await using var bench = Bench.Start();
        var result = await bench.Request(Bench.Ex02, 2);
        bench.Pass(2 + 299);
        Assert.Equal(7, (await bench.Job(result)).Number("JobState"));
        bench.Pass(2);
        var gone = await Assert.ThrowsAsync<CimException>(() => bench.Job(result));
        Assert.Equal(CimError.NotFound, gone.Error);
    }

    [Fact]
    public async Task B10_A_failed_job_still_has_OperationalStatus_2_and_HealthState_5()
    {
        await using var bench = Bench.Start();
        bench.Control.Inject(
            new()
            {
                Kind = Faults.SimulatedFaultKind.JobFails,
                Code = 32768,
                Text = "No.",
            }
        );
        var result = await bench.Request(Bench.Ex02, 2);
        Assert.Equal(10, await bench.Finished(result));
        var job = await bench.Job(result);
        Assert.Equal([2], job.Numbers("OperationalStatus"));
        Assert.Equal(5, job.Number("HealthState"));
        Assert.Equal(3, await bench.State(Bench.Ex02));
    }

    [Fact]
    public async Task B11_A_job_with_warnings_ends_with_32768_and_has_done_its_work()
    {
        await using var bench = Bench.Start();
        bench.Control.Inject(new() { Kind = Faults.SimulatedFaultKind.JobWarns, Remaining = 1 });
        var result = await bench.Request(Bench.Ex02, 2);
        Assert.Equal(32768, await bench.Finished(result));
        Assert.Equal(0, (await bench.Job(result)).Number("ErrorCode"));
        Assert.Equal(2, await bench.State(Bench.Ex02));
    }

    [Fact]
    public async Task B12_GetErrorEx_gives_errors_as_CIM_XML_and_nothing_on_success()
    {
        await using var bench = Bench.Start();
        bench.Control.Inject(
            new()
            {
                Kind = Faults.SimulatedFaultKind.JobFails,
                Code = 32775,
                Text = "It broke.",
                Remaining = 1,
            }
        );
        var failed = await bench.Request(Bench.Ex02, 2);
        bench.Pass(5);
        var errors = await bench.Invoke((CimPath)failed.Out["Job"].Value!, "GetErrorEx");
        var text = Assert.Single((ImmutableArray<object>)errors.Out["Errors"].Value!);
        var error = bench.Host.Deserialize((string)text);
        Assert.Equal("Msvm_Error", error.ClassName);
        Assert.Equal("It broke.", error.Text("Message"));

        var done = await bench.Request(Bench.Ex02, 2);
        bench.Pass(5);
        var none = await bench.Invoke((CimPath)done.Out["Job"].Value!, "GetErrorEx");
        Assert.Empty((ImmutableArray<object>)none.Out["Errors"].Value!);
    }
}
