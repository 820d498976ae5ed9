using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.HyperV.Simulator.Engine;

namespace ExchangeVirt.HyperV.Simulator.Tests;

public sealed class ThePowerTransitions
{
    private const ushort None = 0;

    /// <summary>From, requested, state in between, state at the end, job type.</summary>
    public static TheoryData<SimulatedPowerState, ushort, ushort, ushort, ushort> Table { get; } =
        new()
        {
            { SimulatedPowerState.Off, 2, 10, 2, 12 },
            { SimulatedPowerState.Saved, 2, 10, 2, 15 },
            { SimulatedPowerState.Saved, 3, 6, 3, 13 },
            { SimulatedPowerState.Running, 3, 4, 3, 13 },
            { SimulatedPowerState.Running, 6, 32773, 6, 14 },
            { SimulatedPowerState.Running, 9, 32776, 9, 26 },
            { SimulatedPowerState.Paused, 2, 32777, 2, 27 },
            { SimulatedPowerState.Paused, 3, 4, 3, 13 },
            { SimulatedPowerState.Paused, 6, 32773, 6, 14 },
            { SimulatedPowerState.Running, 11, 4, 2, 28 },
            { SimulatedPowerState.Running, 10, 4, 2, 29 },
            { SimulatedPowerState.Off, 3, None, None, None },
            { SimulatedPowerState.Off, 6, None, None, None },
            { SimulatedPowerState.Off, 9, None, None, None },
            { SimulatedPowerState.Off, 11, None, None, None },
            { SimulatedPowerState.Running, 2, None, None, None },
            { SimulatedPowerState.Running, 4, None, None, None },
            { SimulatedPowerState.Running, 32769, None, None, None },
            { SimulatedPowerState.Saved, 6, None, None, None },
            { SimulatedPowerState.Saved, 9, None, None, None },
            { SimulatedPowerState.Paused, 9, None, None, None },
        };

    [Theory]
    [MemberData(nameof(Table))]
    public async Task Lead_through_their_transient_state_or_are_refused_with_32775(
        SimulatedPowerState from,
        ushort requested,
        ushort via,
        ushort to,
        ushort jobType
    )
    {
        await using var bench = Bench.Start(d =>
            d with
            {
                VirtualMachines =
                [
                    new SimulatedMachine
                    {
                        Name = "VM",
                        Id = Guid.Parse(Bench.Ex01),
                        State = from,
                    },
                ],
            }
        );
        var result = await bench.Request(Bench.Ex01, requested);
        if (via == None)
        {
            Assert.Equal((32775u, null), (result.ReturnValue, result.Out["Job"].Value));
            Assert.Equal((ushort)from, await bench.State(Bench.Ex01));
            return;
        }

        Assert.Equal(jobType, (await bench.Job(result)).Number("JobType"));
        Assert.Equal(via, await bench.State(Bench.Ex01));
        Assert.Equal(32775u, (await bench.Request(Bench.Ex01, 2)).ReturnValue);
        Assert.Equal(7, await bench.Finished(result, 120));
        Assert.Equal(to, await bench.State(Bench.Ex01));
        Assert.Equal(to == 6, (await bench.VmSettings(Bench.Ex01)).Flag("IsSaved"));
    }

    [Fact]
    public void Are_the_ones_of_the_table_and_no_others() =>
        Assert.Equal(
            Table.Where(row => row.Data.Item3 != None).Select(row => ((ushort)row.Data.Item1, row.Data.Item2)).Order(),
            PowerTransition.Table.Select(row => (row.From, row.Requested)).Order()
        );

    [Fact]
    public async Task A_guest_answers_only_after_it_has_booted()
    {
        await using var bench = Bench.Start();
        var heartbeat = $"SELECT * FROM Msvm_HeartbeatComponent WHERE SystemName='{Bench.Ex02}'";
        await bench.Request(Bench.Ex02, 2);
        bench.Pass(2);
        Assert.Equal([12], (await bench.One(heartbeat)).Numbers("OperationalStatus"));
        bench.Pass(20);
        Assert.Equal([2], (await bench.One(heartbeat)).Numbers("OperationalStatus"));
        Assert.Equal(20_000, (await bench.Get(Bench.System(Bench.Ex02))).Number("OnTimeInMilliseconds"));
    }

    [Fact]
    public async Task A_guest_may_ignore_the_request_or_be_locked()
    {
        await using var bench = Bench.Start();
        bench.Control.Do("EX01", "guest", "Ignores");
        Assert.True(bench.Control.Do("EX01", "shutdown").IsAccepted);
        bench.Pass(3600);
        Assert.Equal(2, await bench.State(Bench.Ex01));
        bench.Control.Do("OLD", "guest", "Locked");
        Assert.Contains("locked", bench.Control.Do("OLD", "shutdown").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_fails_where_memory_processors_or_files_are_missing()
    {
        SimulatedMachine Machine(string name) => new() { Name = name };
        await using var bench = Bench.Start(d =>
            d with
            {
                Memory = 32UL << 30,
                VirtualMachines =
                [
                    Machine("big") with
                    {
                        Memory = new SimulatedMemory { Size = 64UL << 30 },
                    },
                    Machine("wide") with
                    {
                        Processors = 65,
                    },
                    Machine("lost") with
                    {
                        Disks = [new SimulatedDisk { Path = @"D:\gone.vhdx", Missing = true }],
                    },
                ],
            }
        );
        foreach (var (name, code) in new[] { ("big", 32778), ("wide", 32768), ("lost", 32779) })
        {
            var id = bench.Control.Machines().Single(m => m.Name == name).Id;
            var result = await bench.Request(id, 2);
            Assert.Equal(10, await bench.Finished(result));
            Assert.Equal(code, (await bench.Job(result)).Number("ErrorCode"));
            Assert.Contains(name, (await bench.Job(result)).Text("ErrorDescription"), StringComparison.Ordinal);
            Assert.Equal(3, await bench.State(id));
        }
    }

    [Fact]
    public async Task Automatic_checkpoints_are_taken_on_start_and_merged_after_power_off()
    {
        await using var bench = Bench.Start();
        bench.Control.Set("EX02", "automaticCheckpoints", "true");
        bench.Control.Do("EX02", "start");
        bench.Pass(5);
        Assert.Single(bench.Control.Machines().Single(m => m.Name == "EX02").Checkpoints);
        bench.Control.Do("EX02", "turnOff");
        bench.Pass(1);
        Assert.Equal(32775u, (await bench.Request(Bench.Ex02, 2)).ReturnValue);
        bench.Pass(10);
        Assert.Equal([@"D:\ex02\os.vhdx"], bench.Control.Machines().Single(m => m.Name == "EX02").Disks);
        Assert.Equal(4096u, (await bench.Request(Bench.Ex02, 2)).ReturnValue);
    }
}
