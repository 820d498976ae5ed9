using CsCheck;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Placement;
using ExchangeVirt.Domain.Rules;
using static ExchangeVirt.Domain.Tests.Placement.Estates;

namespace ExchangeVirt.Domain.Tests.Placement;

public sealed class PlacementProperties
{
    private static readonly Gen<ObservedVirtualMachine> s_guest = Gen.Select(
            Gen.Int[1, 1_000_000],
            Gen.Int[1, 16],
            Gen.Int[1, 200],
            Gen.Bool
        )
        .Select(
            (number, processors, memory, off) =>
                Guest(number, processors, memory) with
                {
                    PowerState = off ? PowerState.Off : PowerState.Running,
                }
        );

    private static readonly Gen<Setup> s_host = Gen.Select(
            Gen.Int[1, 24],
            Gen.Double[0, 8],
            s_guest.Array[0, 5],
            Gen.Int[0, 2],
            Gen.Enum<HostAccounting>(),
            Gen.Bool,
            Gen.Bool
        )
        .Select(
            (cores, use, guests, domain, accounting, stopped, schedulable) =>
                new Setup(cores, use, guests, domain, accounting, stopped, schedulable)
        );

    private static readonly Gen<(Setup[] Hosts, PlacementRequest Request)> s_case = Gen.Select(
            s_host.Array[0, 6],
            Gen.Int[1, 24],
            Gen.Enum<Strictness>(),
            Gen.Enum<Strictness>(),
            Gen.Int[0, 5].Array[0, 3]
        )
        .Select(
            (hosts, processors, antiAffinity, spread, members) =>
                (
                    hosts,
                    Ask(Machine("ex0", processors, "dag1"), Group(antiAffinity, spread)) with
                    {
                        OtherMembers =
                        [
                            .. members.Select(
                                (host, index) =>
                                    new MemberPlacement(new ObjectKey("messaging", $"m{index}"), $"hv{host}")
                            ),
                        ],
                    }
                )
        );

    [Fact]
    public void A_placed_machine_breaks_no_limit() =>
        s_case.Sample(
            (hosts, request) =>
            {
                if (Placer.Place(request, Candidates(hosts)).Host is not { } chosen)
                {
                    return true;
                }

                var setup = hosts[int.Parse(chosen[2..])];
                var policy = setup.Policy;
                // Judged by the rules, which add the guests up in their own way.
                var machine = request.VirtualMachine;
                var after = setup.Facts("hv0") with
                {
                    VirtualMachines =
                    [
                        .. setup.Guests,
                        Guest(0, machine.ProcessorCount) with
                        {
                            Memory = new ObservedMemory(machine.Memory, Dynamic: false),
                        },
                    ],
                };
                var estate = EstateBuilder.Build(
                    [new EstateHostSource(Define("hv0", policy: policy), after)],
                    new Dictionary<Guid, DesiredVirtualMachine>(),
                    [],
                    policyOf: null,
                    Now
                );
                var broken = SupportRules
                    .EvaluateHost(estate, "hv0", Now)
                    .Any(verdict =>
                        verdict.Verdict == Verdict.Violated
                        && verdict.Rule is "cpu-guests-over-2to1" or "cpu-overall-over-2to1" or "mem-host-capacity"
                    );
                var shared =
                    request.AvailabilityGroup!.AntiAffinity == Strictness.Required
                    && request.OtherMembers.Any(member => member.Host == chosen);
                return !broken && !shared && setup.Schedulable;
            },
            iter: 1_000
        );

    [Fact]
    public void Where_none_is_chosen_every_host_was_refused_and_where_one_is_it_was_not() =>
        s_case.Sample(
            (hosts, request) =>
            {
                var decision = Placer.Place(request, Candidates(hosts));
                return decision.Verdicts.Count == hosts.Length
                    && (
                        decision.Host is { } chosen
                            ? decision.Verdicts.Single(verdict => verdict.Host == chosen).Failures.Count == 0
                            : decision.Verdicts.All(verdict => verdict.Failures.Count > 0)
                    );
            },
            iter: 1_000
        );

    [Fact]
    public void More_capacity_never_takes_the_last_fit_away() =>
        Gen.Select(s_case, Gen.Int[0, 5], s_host, Gen.Int[1, 16])
            .Sample(
                (each, grown, added, cores) =>
                {
                    var (hosts, request) = each;
                    if (Placer.Place(request, Candidates(hosts)).Host is null)
                    {
                        return true;
                    }

                    // A cordoned host adds nothing: what it could hold is what a required spread waits for.
                    Setup[] more =
                    [
                        .. hosts.Select(
                            (host, index) =>
                                index == grown && host.Schedulable ? host with { Cores = host.Cores + cores } : host
                        ),
                    ];
                    return Placer.Place(request, Candidates(more)).Host is not null
                        && Placer
                            .Place(
                                request,
                                [.. Candidates(hosts), (added with { Schedulable = true }).Candidate("new")]
                            )
                            .Host
                            is not null;
                },
                iter: 1_000
            );

    [Fact]
    public void The_order_in_which_hosts_are_named_does_not_matter() =>
        Gen.Select(s_case, Gen.Int)
            .Sample(
                (each, seed) =>
                {
                    var hosts = Candidates(each.Hosts);
                    var shuffled = hosts.OrderBy(host => (host.Name, seed).GetHashCode()).ToList();
                    var (first, second) = (Placer.Place(each.Request, hosts), Placer.Place(each.Request, shuffled));
                    return first.Host == second.Host
                        && first.Message == second.Message
                        && first
                            .Verdicts.Select(verdict => (verdict.Host, verdict.Total))
                            .SequenceEqual(second.Verdicts.Select(verdict => (verdict.Host, verdict.Total)));
                },
                iter: 1_000
            );

    private static List<HostCandidate> Candidates(IReadOnlyList<Setup> hosts) =>
        [.. hosts.Select((host, index) => host.Candidate($"hv{index}"))];

    private sealed record Setup(
        int Cores,
        double Use,
        ObservedVirtualMachine[] Guests,
        int Domain,
        HostAccounting Accounting,
        bool CountStopped,
        bool Schedulable
    )
    {
        public Policy Policy { get; } = new() { HostAccounting = Accounting, CountStoppedMachines = CountStopped };

        public ObservedHost Facts(string name) =>
            Estates.Facts(name, Cores, Guests) with
            {
                Processors = new HostProcessors(Cores, Cores * 2, Use, null),
            };

        public HostCandidate Candidate(string name) =>
            HostCandidate.Of(
                Define(name, Domain == 0 ? null : $"rack{Domain}", Policy) with
                {
                    Schedulable = Schedulable,
                },
                Facts(name),
                Now
            );
    }
}
