using BenchmarkDotNet.Attributes;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.HyperV;
using ExchangeVirt.HyperV.Simulator;
using ExchangeVirt.HyperV.Simulator.Description;

namespace ExchangeVirt.Benchmarks;

/// <summary>A full read of a host through its WMI, as the agent does it after every break of the event stream.</summary>
/// <remarks>What virtual disk files are like is remembered for an hour, so that only an agent's very first read asks for it.</remarks>
[MemoryDiagnoser]
public class SimulatorReadBenchmarks
{
    private SimulatedHost _host = null!;
    private HyperVDriver _driver = null!;

    [Params(1, 10, 60)]
    public int VirtualMachines { get; set; }

    [GlobalSetup]
    public async Task SetupAsync()
    {
        var time = new StoppedClock();
        _host = SimulatedHost.Create(Description(VirtualMachines), time);
        _driver = new HyperVDriver(
            _host,
            time,
            new HyperVDriverOptions { NewGuid = static () => Guid.Empty, Installation = static () => "installation" }
        );
        var host = await _driver.ReadHostAsync(CancellationToken.None);
        if (host.VirtualMachines.Count != VirtualMachines)
        {
            throw new InvalidOperationException(
                $"The host shows {host.VirtualMachines.Count} VMs, not {VirtualMachines}, so that the figures would mislead."
            );
        }
    }

    [GlobalCleanup]
    public async Task CleanupAsync() => await _host.DisposeAsync();

    [Benchmark]
    public Task<ObservedHost> ReadHost() => _driver.ReadHostAsync(CancellationToken.None);

    private static SimulatedHostDescription Description(int machines) =>
        new()
        {
            HostName = "hv01",
            Processor = new SimulatedProcessor { Sockets = 2, CoresPerSocket = 64 },
            Memory = 4UL << 40,
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
                    Path = @"D:\",
                    Size = 1UL << 46,
                    Free = 1UL << 45,
                },
            ],
            Switches = [new SimulatedSwitch { Name = "prod" }],
            VirtualMachines = [.. Enumerable.Range(1, machines).Select(Machine)],
        };

    private static SimulatedMachine Machine(int number) =>
        new()
        {
            Name = $"EX{number:00}",
            Processors = 4,
            Memory = new SimulatedMemory { Size = 32UL << 30 },
            State = SimulatedPowerState.Running,
            Disks =
            [
                new SimulatedDisk { Path = $@"D:\ex{number:00}\os.vhdx" },
                new SimulatedDisk { Path = $@"D:\ex{number:00}\db1.vhdx" },
            ],
            NetworkAdapters =
            [
                new SimulatedAdapter
                {
                    Name = "mapi",
                    SwitchName = "prod",
                    VlanId = 120,
                },
            ],
        };

    /// <summary>Stands still, so that every read sees the same host.</summary>
    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    }
}
