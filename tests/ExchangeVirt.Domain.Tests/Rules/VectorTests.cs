using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Rules;

namespace ExchangeVirt.Domain.Tests.Rules;

/// <summary>The rows of exchange-rules §7 that touch cpu-*, mem-*, state-* and ckpt-*, by their numbers; a row with an arrow has a letter for each side.</summary>
public sealed class VectorTests
{
    private const string Ratio = "cpu-*to1, cpu-host*";
    private static readonly string[] s_both = ["cpu-overall-over-2to1", "cpu-over-1to1"];
    private static readonly string[] s_all = ["cpu-guests-over-2to1", "cpu-overall-over-2to1", "cpu-over-1to1"];
    private static readonly string[] s_withBaseline =
    [
        "cpu-overall-over-2to1",
        "cpu-over-1to1",
        "cpu-host-over-baseline",
    ];

    private static readonly Dictionary<string, Vector> s_vectors = new(StringComparer.Ordinal)
    {
        ["1"] = new("cpu-*, mem-*, state-*, ckpt-*", facts => facts, []),
        ["2"] = new(Ratio, facts => Processors(facts, 8, 8, 16, null), s_both),
        ["3"] = new(Ratio, facts => Processors(facts, 8, 8, 14, null), ["cpu-over-1to1"]),
        ["4"] = new(Ratio, facts => Processors(facts, 8, 8, 15, null), s_both),
        ["5"] = new(Ratio, facts => Processors(facts, 8, 8, 17, null), s_all),
        ["6"] = new(
            Ratio,
            facts => Accounting(Processors(facts, 8, 8, 16, null), HostAccounting.GuestsOnly),
            ["cpu-over-1to1"]
        ),
        ["7"] = new(Ratio, facts => Processors(facts, 8, 16, 16, null), s_both),
        ["9"] = new(Ratio, facts => Processors(facts, 8, 8, 13, 3.4), s_withBaseline),
        ["10"] = new(
            Ratio,
            facts => Accounting(Processors(facts, 8, 8, 12, 3.4), HostAccounting.ReserveCores),
            s_withBaseline
        ),
        ["11"] = new(Ratio, facts => Processors(facts, 8, 8, 6, 2.0), []),
        ["13"] = new(
            Ratio,
            facts =>
                Processors(facts, 8, 8, 8, null)
                    .WithGuests(
                        BaseEstate.Foreign("sql1", "hv1", 4, 16),
                        BaseEstate.Foreign("sql2", "hv1", 4, 16),
                        BaseEstate.Foreign("sql3", "hv1", 4, 16)
                    ),
            s_all
        ),
        ["16"] = new(Ratio, facts => Processors(facts, 1, 1, 1, null), ["cpu-overall-over-2to1"]),
        ["17"] = new(
            "cpu-numa*, cpu-vm*",
            facts => facts.WithMachine(machine => machine with { ProcessorCount = 24 }),
            ["cpu-numa-fit"]
        ),
        ["19a"] = new("cpu-vm*", facts => Exchange2019(facts, 48), []),
        ["19b"] = new("cpu-vm*", facts => Exchange2019(facts, 49), ["cpu-vm-too-large", "cpu-vm-odd-smt"]),
        ["20"] = new("mem-*", facts => Memory(facts, 128, dynamic: true, assigned: 128), ["mem-dynamic"]),
        ["21"] = new("mem-*", facts => PageFile(Memory(facts, 96), 24576), ["mem-below-recommended"]),
        ["23"] = new("mem-*", facts => PageFile(Exchange2016(Memory(facts, 6)), 6154), ["mem-below-minimum"]),
        ["24a"] = new("mem-*", facts => PageFile(Exchange2016(Memory(facts, 64)), 32778), []),
        ["24b"] = new("mem-*", facts => PageFile(Exchange2016(Memory(facts, 64)), null), ["mem-pagefile"]),
        ["25"] = new(
            "mem-*",
            facts =>
                facts.WithGuests(
                    BaseEstate.Foreign("app1", "hv1", 2, 128),
                    BaseEstate.Foreign("app2", "hv1", 2, 128),
                    BaseEstate.Foreign("app3", "hv1", 2, 4) with
                    {
                        Memory = new EstateMemory(
                            ByteSize.FromGibibytes(4),
                            Dynamic: true,
                            ByteSize.FromGibibytes(150)
                        ),
                    }
                ),
            ["mem-host-capacity"]
        ),
        ["26"] = new(
            "state-*",
            facts =>
                facts.WithMachine(machine =>
                    machine with
                    {
                        AutomaticStopAction = AutomaticStopAction.Save,
                        Cluster = new EstateClusterGroup(1, 2000, []),
                    }
                ),
            ["state-stop-save"]
        ),
        ["27"] = new(
            "state-*",
            facts => facts.WithMachine(machine => machine with { Cluster = new EstateClusterGroup(2, 1000, ["dag1"]) }),
            []
        ),
        ["29"] = new(
            "state-*",
            facts => facts.WithMachine(machine => machine with { PowerState = PowerState.Saved, SavedState = true }),
            ["state-saved-now"]
        ),
        ["30"] = new(
            "state-*",
            facts =>
                facts.WithMachine(machine =>
                    machine with
                    {
                        AutomaticStopAction = AutomaticStopAction.TurnOff,
                        Cluster = new EstateClusterGroup(3, 3000, ["dag1"]),
                    }
                ),
            ["state-stop-turnoff"]
        ),
        ["31"] = new(
            "state-*",
            facts =>
                facts.WithMachine(machine => machine with { AutomaticRecoveryAction = AutomaticRecoveryAction.Revert }),
            ["state-revert-on-failure"]
        ),
        ["34"] = new("ckpt-*", facts => Checkpoint(facts, CheckpointKind.User, TimeSpan.FromHours(1)), ["ckpt-user"]),
        ["35"] = new(
            "ckpt-*",
            facts =>
                Checkpoint(facts, CheckpointKind.Recovery, TimeSpan.FromMinutes(20))
                    .WithMachine(machine => machine with { Operation = VirtualMachineOperation.CreatingCheckpoint }),
            []
        ),
        ["36"] = new(
            "ckpt-*",
            facts => Checkpoint(facts, CheckpointKind.Recovery, TimeSpan.FromHours(30)),
            ["ckpt-recovery-stale"]
        ),
        ["38"] = new(
            "ckpt-*",
            facts => facts.WithMachine(machine => machine with { Operation = VirtualMachineOperation.MergingDisks }),
            []
        ),
        ["39"] = new(
            "ckpt-*",
            facts =>
                facts.WithMachine(machine =>
                    machine with
                    {
                        CheckpointType = CheckpointType.Production,
                        AutomaticCheckpoints = true,
                    }
                ),
            ["ckpt-automatic", "ckpt-allowed"]
        ),
    };

    public static TheoryData<string> Rows => [.. s_vectors.Keys];

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_row_of_the_vectors_gives_exactly_its_violations(string row)
    {
        var vector = s_vectors[row];

        var violated = vector
            .Change(BaseEstate.Facts)
            .Judge()
            .Where(verdict => verdict.Verdict == Verdict.Violated && vector.Names(verdict.Rule))
            .ToList();

        Assert.Equal(vector.Expected.Order(), violated.Select(verdict => verdict.Rule).Distinct().Order());
        Assert.All(violated, verdict => Assert.Contains(verdict.Subject, (string[])["hv1", "ex1"]));
        Assert.All(violated, verdict => Assert.NotEmpty(verdict.Message));
    }

    [Theory]
    [InlineData("zero hosts known")]
    [InlineData("C missing")]
    [InlineData("C zero")]
    public void Row_15_without_cores_every_ratio_rule_is_unknown(string missing)
    {
        var facts = missing switch
        {
            "zero hosts known" => BaseEstate.Facts with { Hosts = [] },
            "C missing" => Processors(BaseEstate.Facts, null, 8, 4, 1.2),
            _ => Processors(BaseEstate.Facts, 0, 8, 4, 1.2),
        };

        var verdicts = facts.Judge().Where(verdict => verdict.Rule.EndsWith("to1", StringComparison.Ordinal));

        Assert.Equal(
            s_all.Order(),
            verdicts.Where(verdict => verdict.Subject == "hv1").Select(verdict => verdict.Rule).Order()
        );
        Assert.All(
            verdicts.Where(verdict => verdict.Subject == "hv1"),
            verdict =>
            {
                Assert.Equal(Verdict.Unknown, verdict.Verdict);
                Assert.NotEmpty(verdict.MissingFacts);
            }
        );
    }

    [Fact]
    public void Row_15_an_estate_of_nothing_passes_nothing()
    {
        var verdicts = new EstateFacts().Judge();

        Assert.NotEmpty(verdicts);
        Assert.DoesNotContain(verdicts, verdict => verdict.Verdict is Verdict.Pass or Verdict.Violated);
    }

    private static EstateFacts Processors(EstateFacts facts, int? cores, int? threads, int guests, double? use) =>
        facts
            .WithHost(host => host with { Processor = new HostProcessors(cores, threads, use, "GenuineIntel") })
            .WithMachine(machine => machine with { ProcessorCount = guests });

    private static EstateFacts Accounting(EstateFacts facts, HostAccounting accounting) =>
        facts.WithPolicy(policy => policy with { HostAccounting = accounting });

    private static EstateFacts Exchange2019(EstateFacts facts, int processors) =>
        facts.WithMachine(machine =>
            machine with
            {
                ProcessorCount = processors,
                Exchange = machine.Exchange! with { Version = ExchangeProduct.Exchange2019 },
            }
        );

    private static EstateFacts Exchange2016(EstateFacts facts) =>
        facts.WithMachine(machine =>
            machine with
            {
                Exchange = machine.Exchange! with { Version = ExchangeProduct.Exchange2016 },
                Guest = machine.Guest! with { OperatingSystem = GuestOperatingSystem.WindowsServer2016 },
            }
        );

    private static EstateFacts Memory(EstateFacts facts, long gibibytes, bool dynamic = false, long? assigned = null) =>
        facts.WithMachine(machine =>
            machine with
            {
                Memory = new EstateMemory(
                    ByteSize.FromGibibytes(gibibytes),
                    dynamic,
                    assigned is { } held ? ByteSize.FromGibibytes(held) : null
                ),
            }
        );

    private static EstateFacts PageFile(EstateFacts facts, long? megabytes) =>
        facts.WithMachine(machine =>
            machine with
            {
                Guest = machine.Guest! with { PageFile = new EstatePageFile(megabytes is null, megabytes) },
            }
        );

    private static EstateFacts Checkpoint(EstateFacts facts, CheckpointKind kind, TimeSpan age) =>
        facts.WithMachine(machine => machine with { Checkpoints = [new EstateCheckpoint(kind, BaseEstate.Now - age)] });

    private sealed record Vector(string Families, Func<EstateFacts, EstateFacts> Change, string[] Expected)
    {
        public bool Names(string rule) =>
            Families
                .Split(", ")
                .Any(pattern =>
                {
                    var parts = pattern.Split('*');
                    return rule.StartsWith(parts[0], StringComparison.Ordinal)
                        && rule.EndsWith(parts[1], StringComparison.Ordinal);
                });
    }
}
