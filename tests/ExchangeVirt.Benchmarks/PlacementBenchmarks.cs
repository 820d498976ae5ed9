using BenchmarkDotNet.Attributes;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Placement;

namespace ExchangeVirt.Benchmarks;

/// <summary>Decisions in a fleet of 1,000 hosts with 10,000 VMs.</summary>
[MemoryDiagnoser]
public class PlacementBenchmarks
{
    private const int Hosts = 1_000;
    private const int GuestsPerHost = 10;
    private static readonly DateTimeOffset s_now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private readonly PlacementLedger _ledger = new("installation");
    private IReadOnlyList<HostCandidate> _candidates = [];
    private PlacementRequest _fits = null!;
    private PlacementRequest _fitsNowhere = null!;
    private ObservedHost _report = null!;
    private int _number;

    [GlobalSetup]
    public void Setup()
    {
        for (var host = 0; host < Hosts; host++)
        {
            var name = $"hv{host:0000}";
            _report = Facts(name, host);
            _ledger.SetHost(
                new HostDefinition
                {
                    Name = name,
                    FaultDomain = $"rack{host % 20}",
                    Policy = new Policy(),
                }
            );
            _ledger.Observe(name, _report, s_now);
        }

        // Half of the guests are bound, as members of DAGs of four.
        _ledger.Restore(
            Enumerable
                .Range(0, Hosts * GuestsPerHost / 2)
                .Select(number =>
                    Reservation.For(
                        Machine(number, 4),
                        $"hv{number % Hosts:0000}",
                        GuestId(number % Hosts, number / Hosts)
                    )
                )
        );
        _fits = Ask(Machine(0, 4) with { Key = new ObjectKey("messaging", "new") });
        _fitsNowhere = Ask(Machine(0, 64) with { Key = new ObjectKey("messaging", "new") });
        _candidates = _ledger.Candidates();
    }

    [Benchmark]
    public string? Decide() => Placer.Place(_fits, _candidates).Host;

    [Benchmark]
    public string DecideThatNoneFits() => Placer.Place(_fitsNowhere, _candidates).Message;

    [Benchmark]
    public bool DecideReserveAndRelease()
    {
        var machine = Machine(_number++ % 1_000, 4) with { Key = new ObjectKey("messaging", "new") };
        _ledger.Place(Ask(machine));
        return _ledger.Release(machine.Key);
    }

    [Benchmark]
    public string? DecideAfterAReport()
    {
        _ledger.Observe(_report.Name, _report, s_now);
        return _ledger.Preview(_fits).Host;
    }

    private static PlacementRequest Ask(DesiredVirtualMachine machine) =>
        new() { VirtualMachine = machine, Now = s_now };

    private static DesiredVirtualMachine Machine(int number, int processors) =>
        new()
        {
            Key = new ObjectKey("messaging", $"ex{number}"),
            VirtualMachineName = $"ex{number}",
            Exchange = new ExchangeServer(
                ExchangeVersion.ExchangeSE,
                0,
                ExchangeRole.Mailbox,
                $"dag{number / 4}",
                Standalone: false
            ),
            GuestOperatingSystem = GuestOperatingSystem.WindowsServer2022,
            ProcessorCount = processors,
            Memory = ByteSize.FromGibibytes(32),
            NetworkAdapters = [new DesiredNetworkAdapter("mapi", "prod", 120)],
            Disks =
            [
                new DesiredDisk
                {
                    Name = "os",
                    VirtualHardDisk = new DesiredVirtualHardDisk(
                        @"C:\ClusterStorage\csv1\ex\os.vhdx",
                        ByteSize.FromGibibytes(150),
                        null,
                        null
                    ),
                },
            ],
        };

    private static ObservedHost Facts(string name, int host) =>
        new()
        {
            Name = name,
            ObservedAt = s_now,
            Processors = new HostProcessors(32, 64, 1.2, "GenuineIntel"),
            Memory = ByteSize.FromGibibytes(512),
            OperatingSystem = new HostOperatingSystem("Windows Server 2022", "10.0.20348", 3),
            Volumes =
            [
                new HostVolume(
                    @"C:\ClusterStorage\csv1",
                    ByteSize.FromGibibytes(8192),
                    ByteSize.FromGibibytes(4096),
                    "ClusterSharedVolume"
                ),
            ],
            Switches = ["prod"],
            VirtualMachines =
            [
                .. Enumerable
                    .Range(0, GuestsPerHost)
                    .Select(guest => new ObservedVirtualMachine
                    {
                        Id = GuestId(host, guest),
                        Name = $"guest{guest}",
                        Fingerprint = "f",
                        PowerState = PowerState.Running,
                        ProcessorCount = 4,
                        Memory = new ObservedMemory(ByteSize.FromGibibytes(32), Dynamic: false),
                    }),
            ],
        };

    private static Guid GuestId(int host, int guest) => new(host, (short)guest, 0, new byte[8]);
}
