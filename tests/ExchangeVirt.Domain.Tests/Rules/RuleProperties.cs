using CsCheck;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Rules;

namespace ExchangeVirt.Domain.Tests.Rules;

public sealed class RuleProperties
{
    private static readonly Gen<EstateVirtualMachine> s_machine = Gen.Select(
            Gen.Int[1, 3],
            Gen.Int[1, 40],
            Gen.Int[2, 200],
            Gen.Bool,
            Gen.Enum<PowerState>(),
            Gen.Enum<AutomaticStopAction>(),
            Gen.Enum<ExchangeProduct>(),
            Gen.Bool
        )
        .Select(
            (host, processors, memory, dynamic, state, stop, version, exchange) =>
                BaseEstate.Member("ex", $"hv{host}") with
                {
                    ProcessorCount = processors,
                    Memory = new EstateMemory(ByteSize.FromGibibytes(memory), dynamic, ByteSize.FromGibibytes(16)),
                    PowerState = state,
                    AutomaticStopAction = stop,
                    Exchange = exchange ? new EstateExchange(version, null, ExchangeRole.Mailbox, null) : null,
                }
        );

    private static readonly Gen<EstateFacts> s_facts = Gen.Select(
            s_machine.List[0, 6],
            Gen.Int[1, 32],
            Gen.Double[0, 6],
            Gen.Enum<HostAccounting>(),
            Gen.Bool
        )
        .Select(
            (machines, cores, use, accounting, stopped) =>
                new EstateFacts
                {
                    Policy = new Policy { HostAccounting = accounting, CountStoppedMachines = stopped },
                    Hosts =
                    [
                        .. BaseEstate.Facts.Hosts.Select(host =>
                            host with
                            {
                                Processor = new HostProcessors(cores, cores * 2, use, null),
                            }
                        ),
                    ],
                    VirtualMachines = [.. machines.Select((machine, index) => machine with { Name = $"ex{index}" })],
                    Clusters = [new EstateCluster("cl1")],
                }
        );

    [Fact]
    public void One_more_guest_never_heals_a_host() =>
        Gen.Select(s_facts, s_machine)
            .Sample(
                (facts, guest) =>
                {
                    var before = facts.Judge().Where(verdict => verdict.SubjectKind == SubjectKind.Host);
                    var after = facts
                        .WithGuests(guest with { Name = "one more" })
                        .Judge()
                        .ToDictionary(verdict => (verdict.Rule, verdict.SubjectKind, verdict.Subject));
                    return before
                        .Where(verdict => verdict.Verdict == Verdict.Violated)
                        .All(verdict =>
                            after[(verdict.Rule, verdict.SubjectKind, verdict.Subject)].Verdict == Verdict.Violated
                        );
                },
                iter: 2_000
            );

    [Fact]
    public void What_is_judged_with_facts_missing_is_judged_the_same_with_all_facts() =>
        Gen.Select(s_facts, Gen.Int[0, 2], Gen.Int[0, 11], Gen.Int[0, 5])
            .Sample(
                (facts, host, fact, machine) =>
                {
                    var full = facts
                        .Judge()
                        .ToDictionary(
                            verdict => (verdict.Rule, verdict.SubjectKind, verdict.Subject),
                            each => each.Verdict
                        );
                    return Without(facts, host, machine, fact)
                        .Judge()
                        .Where(verdict => verdict.Verdict is Verdict.Pass or Verdict.Violated)
                        .All(verdict => full[(verdict.Rule, verdict.SubjectKind, verdict.Subject)] == verdict.Verdict);
                },
                iter: 3_000
            );

    [Fact]
    public void A_best_packing_is_found_where_there_is_one() =>
        Gen.Int[1, 9]
            .List[0, 7]
            .SelectMany(sizes => Gen.Int[0, 20].List[1, 3].Select(room => (sizes, room)))
            .Sample(
                each =>
                    Repacking.Fits(
                        [.. each.sizes.Select(size => (long)size)],
                        [.. each.room.Select(free => (long)free)]
                    ) == FitsByTryingAll(each.sizes, 0, [.. each.room]),
                iter: 1_000
            );

    private static bool FitsByTryingAll(List<int> sizes, int next, int[] room)
    {
        if (next == sizes.Count)
        {
            return true;
        }

        for (var bin = 0; bin < room.Length; bin++)
        {
            if (room[bin] >= sizes[next])
            {
                room[bin] -= sizes[next];
                var fits = FitsByTryingAll(sizes, next + 1, room);
                room[bin] += sizes[next];
                if (fits)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static EstateFacts Without(EstateFacts facts, int host, int machine, int fact)
    {
        EstateHost At(Func<EstateHost, EstateHost> change) => change(facts.Hosts[host]);
        EstateFacts Hosts(Func<EstateHost, EstateHost> change) =>
            facts with
            {
                Hosts = [.. facts.Hosts.Take(host), At(change), .. facts.Hosts.Skip(host + 1)],
            };
        EstateFacts Machines(Func<EstateVirtualMachine, EstateVirtualMachine> change) =>
            facts with
            {
                VirtualMachines =
                [
                    .. facts.VirtualMachines.Select((each, index) => index == machine ? change(each) : each),
                ],
            };
        return fact switch
        {
            0 => Hosts(each => each with { Processor = each.Processor with { PhysicalCores = null } }),
            1 => Hosts(each => each with { Processor = each.Processor with { LogicalProcessors = null } }),
            2 => Hosts(each => each with { Memory = null }),
            3 => Hosts(each => each with { NumaNodes = null }),
            4 => Machines(each => each with { ProcessorCount = null }),
            5 => Machines(each => each with { Memory = null }),
            6 => Machines(each => each with { Memory = each.Memory! with { Dynamic = null } }),
            7 => Machines(each => each with { PowerState = null }),
            8 => Machines(each => each with { Host = null }),
            9 => Machines(each => each with { SavedState = null }),
            10 => Machines(each =>
                each with
                {
                    Exchange = each.Exchange is null ? null : each.Exchange with { Version = null },
                }
            ),
            _ => Machines(each => each with { Checkpoints = null }),
        };
    }
}
