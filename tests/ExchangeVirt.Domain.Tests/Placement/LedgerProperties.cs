using CsCheck;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Placement;
using static ExchangeVirt.Domain.Tests.Placement.Estates;

namespace ExchangeVirt.Domain.Tests.Placement;

/// <summary>Any interleaving of decisions, creations, reports and releases, against hosts that are simulated beside the ledger.</summary>
public sealed class LedgerProperties
{
    private const int Hosts = 3;
    private const int Machines = 8;
    private const int Cores = 8;
    private const int Limit = (2 * Cores) - 2;

    private static readonly Gen<(Step, int)[]> s_script = Gen.Select(
        Gen.Enum<Step>(),
        Gen.Int[0, (Machines * Hosts) - 1]
    ).Array[0, 60];

    private enum Step
    {
        Decide,
        Define,
        Grow,
        Report,
        Acknowledge,
        Delete,
    }

    [Fact]
    public void No_interleaving_exceeds_a_limit_or_counts_a_machine_twice() =>
        s_script.Sample(
            script =>
            {
                var world = new World();
                return script.All(each => world.Take(each.Item1, each.Item2));
            },
            iter: 3_000
        );

    /// <summary>The hosts as they are; the ledger hears of them only by reports.</summary>
    private sealed class World
    {
        private readonly PlacementLedger _ledger = new(Installation);
        private readonly Dictionary<int, (string Host, ObservedVirtualMachine Machine)> _there = [];
        private readonly Dictionary<string, IReadOnlyList<ObservedVirtualMachine>> _reported = new(
            StringComparer.Ordinal
        );

        public World()
        {
            for (var host = 0; host < Hosts; host++)
            {
                _ledger.SetHost(Define($"hv{host}"));
                Report($"hv{host}");
            }

            _ledger.Restore([]);
        }

        public bool Take(Step step, int number)
        {
            var machine = number % Machines;
            var desired = Machine($"ex{machine}", 3 + machine) with { Memory = ByteSize.FromGibibytes(60) };
            var bound = _ledger.Find(desired.Key);
            switch (step)
            {
                case Step.Decide:
                    _ledger.Place(Ask(desired));
                    break;
                case Step.Define when bound is not null && !_there.ContainsKey(machine):
                    // A VM begins with one processor; half of them carry their mark from the first moment.
                    var made = Guest(machine + 1, 1, 1) with
                    {
                        Name = desired.VirtualMachineName,
                        Owner = machine % 2 == 0 ? new OwnerMark(Installation, desired.Key) : null,
                    };
                    _there.Add(machine, (bound.Host, made));
                    break;
                case Step.Grow when _there.TryGetValue(machine, out var there):
                    _there[machine] = there with
                    {
                        Machine = there.Machine with
                        {
                            ProcessorCount = desired.ProcessorCount,
                            Memory = new ObservedMemory(desired.Memory, Dynamic: false),
                        },
                    };
                    break;
                case Step.Report:
                    Report($"hv{number % Hosts}");
                    break;
                case Step.Acknowledge when bound is not null && _there.TryGetValue(machine, out var known):
                    _ledger.Reserve(Reservation.For(desired, bound.Host, known.Machine.Id));
                    break;
                case Step.Delete when bound is not null:
                    // A binding is released only when its host's agent says that the VM is not there.
                    _there.Remove(machine);
                    Report(bound.Host);
                    _ledger.Release(desired.Key);
                    break;
                default:
                    break;
            }

            return Holds();
        }

        private void Report(string host)
        {
            _reported[host] = [.. _there.Values.Where(each => each.Host == host).Select(each => each.Machine)];
            _ledger.Observe(host, Facts(host, Cores, [.. _reported[host]]), Now);
        }

        private bool Holds()
        {
            var bound = Enumerable
                .Range(0, Machines)
                .Select(machine => _ledger.Find(new ObjectKey("messaging", $"ex{machine}")))
                .OfType<Reservation>()
                .ToList();
            // Every VM here is bound, so a host's load is that of its bound VMs and nothing else: neither less nor twice.
            return _ledger
                .Candidates()
                .All(host =>
                {
                    var own = bound.Where(reservation => reservation.Host == host.Name).ToList();
                    return host.Load.VirtualProcessors == own.Sum(reservation => reservation.ProcessorCount)
                        && host.Load.Memory.Bytes == own.Sum(each => each.Memory.Bytes + (1L << 30))
                        && host.Load.VirtualMachines == own.Count
                        && host.Load.VirtualProcessors <= Limit
                        && host.Load.Memory.Mebibytes <= 512 * 1024 * 95 / 100;
                });
        }
    }
}
