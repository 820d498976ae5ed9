using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Placement;
using static ExchangeVirt.Domain.Tests.Placement.Estates;

namespace ExchangeVirt.Domain.Tests.Placement;

public sealed class PlacementFilterTests
{
    private static readonly Dictionary<string, Row> s_rows = new(StringComparer.Ordinal)
    {
        ["unreachable"] = new("Reachable", Host: () => With(unreachable: "connection refused")),
        ["stale"] = new("Reachable", Host: () => With(receivedAt: Now.AddSeconds(-121))),
        ["fresh enough"] = new(null, Host: () => With(receivedAt: Now.AddSeconds(-120))),
        ["cordoned"] = new("Schedulable", Host: () => With(define: host => host with { Schedulable = false })),
        ["declared wrongly"] = new(
            "Schedulable",
            Host: () => With(define: host => host with { Problem = "its policy gold does not exist" })
        ),
        ["draining"] = new("Schedulable", Host: () => With(define: host => host with { Draining = true })),
        ["another namespace's"] = new(
            "AllowedNamespaces",
            Host: () => With(define: host => host with { AllowedNamespaces = ["payroll"] })
        ),
        ["this namespace's"] = new(
            null,
            Host: () => With(define: host => host with { AllowedNamespaces = ["payroll", "messaging"] })
        ),
        ["no label"] = new("HostSelector", Machine: machine => machine with { HostSelector = Labels("tokyo") }),
        ["other label"] = new(
            "HostSelector",
            Host: () => With(define: host => host with { Labels = Labels("osaka") }),
            Machine: machine => machine with { HostSelector = Labels("tokyo") }
        ),
        ["right label"] = new(
            null,
            Host: () => With(define: host => host with { Labels = Labels("tokyo") }),
            Machine: machine => machine with { HostSelector = Labels("tokyo") }
        ),
        ["pinned elsewhere"] = new("HostName", Machine: machine => machine with { HostName = "hv9" }),
        ["pinned here, in other case"] = new(null, Machine: machine => machine with { HostName = "HV1" }),
        ["no such switch"] = new("VirtualSwitches", Machine: machine => machine with { NetworkAdapters = [On("dmz")] }),
        ["switch in other case"] = new(null, Machine: machine => machine with { NetworkAdapters = [On("PROD")] }),
        ["switches unknown"] = new(
            "VirtualSwitches",
            Host: () => With(facts: host => host with { Switches = null }),
            Machine: machine => machine with { NetworkAdapters = [On("prod")] }
        ),
        ["no such volume"] = new(
            "StoragePaths",
            Machine: machine => machine with { Disks = [Disk(@"E:\a.vhdx", null)] }
        ),
        ["volume in other case"] = new(
            null,
            Machine: machine => machine with { Disks = [Disk(@"c:\clusterstorage\CSV1\ex\a.vhdx", null)] }
        ),
        ["a name that only begins alike"] = new(
            "StoragePaths",
            Machine: machine => machine with { Disks = [Disk(@"C:\ClusterStorage\csv10\a.vhdx", null)] }
        ),
        ["source not reachable"] = new(
            "StoragePaths",
            Machine: machine => machine with { Disks = [Disk(@"D:\a.vhdx", 10, @"T:\template.vhdx")] }
        ),
        ["2022 on 2016"] = new("GuestOperatingSystem", Host: () => Build(14393)),
        ["2022 on 2019"] = new(null, Host: () => Build(17763)),
        ["2025 on 2019"] = new("GuestOperatingSystem", Host: () => Build(17763), Machine: Guest2025),
        ["2025 on 2022"] = new(null, Host: () => Build(20348), Machine: Guest2025),
        ["client Windows"] = new(
            "GuestOperatingSystem",
            Host: () =>
                With(facts: host =>
                    host with
                    {
                        OperatingSystem = new HostOperatingSystem("Windows 11", "10.0.26100", 1),
                    }
                )
        ),
        ["cores unknown"] = new("ProcessorRatio", Host: () => Cores(null)),
        ["exactly the limit"] = new(null, Host: () => Cores(5)),
        ["over the limit"] = new("ProcessorRatio", Host: () => Cores(5, Guest(1, 1))),
        ["a guest without a known count"] = new("ProcessorRatio", Host: () => Cores(16, Guest(1, null))),
        ["a limit lowered by policy"] = new(
            "ProcessorRatio",
            Host: () => With(define: host => host with { Policy = new Policy { MaxRatioPercent = 50 } })
        ),
        ["the host's measured use"] = new(
            "ProcessorRatio",
            Host: () => With(facts: host => host with { Processors = new HostProcessors(16, 32, 25, null) })
        ),
        // 512Gi less 5 % is 486.4Gi; 33Gi are asked for, so 453.4Gi may be taken.
        ["memory just enough"] = new(null, Host: () => Cores(16, Guest(1, 1, 452))),
        ["memory short"] = new("Memory", Host: () => Cores(16, Guest(1, 1, 453))),
        ["memory unknown"] = new("Memory", Host: () => Cores(16, Guest(1, 1) with { Memory = null })),
        ["a dynamic guest counts what it holds"] = new(
            "Memory",
            Host: () =>
                Cores(
                    16,
                    Guest(1, 1) with
                    {
                        Memory = new ObservedMemory(
                            ByteSize.FromGibibytes(4),
                            true,
                            Assigned: ByteSize.FromGibibytes(460)
                        ),
                    }
                )
        ),
        ["disk just fits"] = new(null, Machine: machine => machine with { Disks = [Disk(@"D:\a.vhdx", 500)] }),
        ["disks together do not"] = new(
            "DiskSpace",
            Machine: machine => machine with { Disks = [Disk(@"D:\a.vhdx", 300), Disk(@"D:\x\b.vhdx", 201)] }
        ),
        ["free space unknown"] = new(
            "DiskSpace",
            Host: () => With(facts: host => host with { Volumes = [new HostVolume(@"D:\", null, null, "Local")] }),
            Machine: machine => machine with { Disks = [Disk(@"D:\a.vhdx", 1)] }
        ),
    };

    public static TheoryData<string> Rows => [.. s_rows.Keys];

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_host_is_refused_by_exactly_the_filter_that_speaks_of_it(string row)
    {
        var (filter, host, machine) = s_rows[row];

        var decision = Placer.Place(
            Ask((machine ?? (each => each))(Machine("ex1"))) with
            {
                CreatesDisks = true,
            },
            [(host ?? (() => With()))()]
        );

        var verdict = Assert.Single(decision.Verdicts);
        Assert.Equal(filter is null ? [] : [filter], verdict.Failures.Select(failure => failure.Filter));
        Assert.Equal(filter is null ? "hv1" : null, decision.Host);
        Assert.All(verdict.Failures, failure => Assert.NotNull(failure.SmallestChange));
    }

    [Fact]
    public void Stopped_guests_count_when_the_policy_says()
    {
        var stopped = Guest(1, 30) with { PowerState = PowerState.Off };
        HostCandidate Host(bool count) =>
            HostCandidate.Of(
                Define("hv1", policy: new Policy { CountStoppedMachines = count }),
                Facts("hv1", 16, stopped),
                Now
            );

        Assert.Null(Placer.Place(Ask(Machine("ex1")), [Host(count: true)]).Host);
        Assert.Equal("hv1", Placer.Place(Ask(Machine("ex1")), [Host(count: false)]).Host);
    }

    [Fact]
    public void Disks_that_exist_need_no_space() =>
        Assert.Equal(
            "hv1",
            Placer.Place(Ask(Machine("ex1") with { Disks = [Disk(@"D:\a.vhdx", 5000)] }), [Candidate("hv1")]).Host
        );

    [Theory]
    [InlineData(HostAccounting.GuestsOnly, 16)]
    [InlineData(HostAccounting.CountHostAsVirtualProcessors, 14)]
    [InlineData(HostAccounting.ReserveCores, 12)]
    public void The_ratio_is_judged_by_the_hosts_own_accounting(HostAccounting accounting, int most)
    {
        var host = HostCandidate.Of(
            Define("hv1", policy: new Policy { HostAccounting = accounting }),
            Facts("hv1", 8),
            Now
        );

        Assert.Equal("hv1", Placer.Place(Ask(Machine("ex1", most)), [host]).Host);
        Assert.Null(Placer.Place(Ask(Machine("ex1", most + 1)), [host]).Host);
    }

    private static HostCandidate With(
        Func<HostDefinition, HostDefinition>? define = null,
        Func<ObservedHost, ObservedHost>? facts = null,
        DateTimeOffset? receivedAt = null,
        string? unreachable = null
    )
    {
        var definition = (define ?? (host => host))(Define("hv1"));
        var observed = (facts ?? (host => host))(Facts("hv1"));
        return new HostCandidate(
            definition,
            observed,
            HostLoad.Of(observed, definition.Policy, []),
            receivedAt ?? Now,
            unreachable
        );
    }

    private static HostCandidate Build(int build) =>
        With(facts: host => host with { OperatingSystem = new HostOperatingSystem("", $"10.0.{build}", 3) });

    private static HostCandidate Cores(int? cores, params ObservedVirtualMachine[] guests) =>
        HostCandidate.Of(Define("hv1"), Facts("hv1", cores, guests), Now);

    private static DesiredVirtualMachine Guest2025(DesiredVirtualMachine machine) =>
        machine with
        {
            GuestOperatingSystem = GuestOperatingSystem.WindowsServer2025,
        };

    private static Dictionary<string, string> Labels(string site) => new(StringComparer.Ordinal) { ["site"] = site };

    private static DesiredNetworkAdapter On(string switchName) => new("mapi", switchName, null);

    private sealed record Row(
        string? Filter,
        Func<HostCandidate>? Host = null,
        Func<DesiredVirtualMachine, DesiredVirtualMachine>? Machine = null
    );
}
