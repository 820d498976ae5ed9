using ExchangeVirt.Cli.Estates;
using ExchangeVirt.Cli.Status;
using ExchangeVirt.Cli.Tests.Support;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Cli.Tests.Status;

public sealed class StatusScreenTests
{
    [Fact]
    public void A_troubled_estate_reads_at_a_glance() =>
        Assert.Equal(
            """
            Estate    https://cluster.example:6443: 3 hosts, 1 DAG, 5 machines
            Operator  works: exchangevirt-operator-7c9f leads since 2d, said so 3s ago, installation 5f2c1c1a
            Paused    EVERYTHING by jane, 12m ago: storage firmware update
            Machines  3 of 5 Ready, 1 of 5 as declared, 2 restarts pending, 1 unsupported

            HOSTS
            NAME  GUESTS               WITH HOST            LIMIT  MEMORY                      STATE
            hv01  █████████░░░░░ 1.25  ██████████░░░░ 1.38  2.00   ██████████░░░░ 320Gi/486Gi  Ready
            hv02  ██████████████ 2.13  ██████████████ 2.26  2.00   ██████████████ 490Gi/486Gi  Ready
            hv03  ░░░░░░░░░░░░░░ -     ░░░░░░░░░░░░░░ -     2.00   ░░░░░░░░░░░░░░ -/486Gi      HostUnreachable

            DAGS
            NAME             MEMBERS  AVAILABLE  VOTES  QUORUM  MAY GO DOWN  SLOT
            messaging/dag01  4        3          5      3       0            ex02, 4m: Restart of messaging/ex02 to apply Memory

            POLICIES AND WINDOWS
            NAME     ENFORCEMENT      DISRUPTION         NEXT WINDOW
            default  Enforce          MaintenanceWindow  weekend opens in 2d10h, at Sat 2031-05-17 22:00Z, for 4h
            lab      Observe, PAUSED  MaintenanceWindow  none defined

            NOT AS DECLARED
            MACHINE         SETTING  STATE           SINCE  WAITS FOR          IS, AND SHOULD BE
            messaging/ex01  Memory   RestartPending  3d     MaintenanceWindow  64Gi to 128Gi dynamic -> 128Gi fixed
            messaging/ex02  Memory   RestartPending  3d     MaintenanceWindow  64Gi to 128Gi dynamic -> 128Gi fixed

            RESTARTS
            messaging/ex01 for Memory: waits for MaintenanceWindow, not before Sat 2031-05-17 22:00Z (in 2d10h)
              messaging/ex01 waits for a maintenance window.
            messaging/ex02 for Memory: under way, ShuttingDown
              Restart of messaging/ex02 to apply Memory

            UNSUPPORTED
            OBJECT               RULE         SINCE  WHAT IS WRONG
            exvm/messaging/ex02  mem-dynamic  3d     Dynamic memory is not supported for Exchange.

            NOT READY
            hvhost/hv03 HostUnreachable, since 5m
              The agent at https://hv03.example:7443 does not answer (Unavailable): connection refused. What was last seen on the
              host may still run; nothing is done there until it answers.
            exvm/messaging/mbx02 NoHostFits, since 5m
              hv01: needs 4 virtual processors more than are left. hv02: needs 24.
            exvm/messaging/new01, since 10d
              The operator has not looked at it yet.

            NOT SHOWN
            The manifest bad.yaml:3 was not taken.
            """,
            Text(Troubled(), 120)
        );

    [Fact]
    public void An_estate_that_is_well_takes_a_few_lines() =>
        Assert.Equal(
            """
            Estate    https://cluster.example:6443: 1 host, 1 DAG, 1 machine
            Operator  works: exchangevirt-operator-7c9f leads since 2d, said so 3s ago
            Machines  1 of 1 Ready, 1 of 1 as declared, 0 restarts pending, nothing unsupported

            HOSTS
            NAME  GUESTS               WITH HOST            LIMIT  MEMORY                      STATE
            hv01  █████████░░░░░ 1.25  ██████████░░░░ 1.38  2.00   ██████████░░░░ 320Gi/486Gi  Ready

            DAGS
            NAME             MEMBERS  AVAILABLE  VOTES  QUORUM  MAY GO DOWN  SLOT
            messaging/dag01  4        4          5      3       1            free

            POLICIES AND WINDOWS
            NAME     ENFORCEMENT  DISRUPTION         NEXT WINDOW
            default  Enforce      MaintenanceWindow  weekend opens in 2d10h, at Sat 2031-05-17 22:00Z, for 4h
            """,
            Text(Well(), 120)
        );

    [Theory]
    [InlineData(80)]
    [InlineData(100)]
    [InlineData(120)]
    public void No_line_is_longer_than_the_screen_is_wide(int width) =>
        Assert.All(new StatusScreen(Troubled(), width).Lines(), line => Assert.InRange(line.Text.Length, 0, width));

    [Fact]
    public void What_does_not_fit_is_counted()
    {
        var machines = Enumerable
            .Range(1, 25)
            .Select(static number => Some.Machine($"ex{number:00}", Some.RestartPending()));

        var text = Text(Overview(Some.Estate([Some.Policy(), .. machines])), 120);

        Assert.Contains("messaging/ex10", text, StringComparison.Ordinal);
        Assert.DoesNotContain("messaging/ex11", text, StringComparison.Ordinal);
        Assert.Contains("… 25 in all: exvirt plan -A", text, StringComparison.Ordinal);
    }

    private static EstateOverview Troubled() =>
        Overview(
            Some.Estate(
                Some.Host("hv01"),
                Some.Host("hv02", "2.13", "2.26", "490Gi"),
                Some.Host(
                    "hv03",
                    null,
                    null,
                    null,
                    Some.Condition(
                        "Ready",
                        "False",
                        "HostUnreachable",
                        "The agent at https://hv03.example:7443 does not answer (Unavailable): connection refused. What was last seen on the host may still run; nothing is done there until it answers."
                    )
                ),
                Some.Group(
                    "dag01",
                    new DisruptionGrant
                    {
                        Member = "ex02",
                        Reason = "Restart of messaging/ex02 to apply Memory",
                        GrantedAt = Some.Now.AddMinutes(-4),
                    }
                ),
                Some.Policy(),
                Some.Policy("lab", new VirtualizationPolicySpec { Paused = true }),
                Some.Machine("ex01", Some.RestartPending(), group: "dag01"),
                Some.Machine(
                    "ex02",
                    Some.RestartPending() with
                    {
                        Operation = new OperationStatus
                        {
                            Name = "Restart",
                            Stage = "ShuttingDown",
                            Reason = "Restart of messaging/ex02 to apply Memory",
                        },
                        Violations =
                        [
                            new ViolationStatus
                            {
                                Rule = "mem-dynamic",
                                Severity = "Unsupported",
                                Message = "Dynamic memory is not supported for Exchange.",
                                Since = Some.Now.AddDays(-3),
                            },
                        ],
                    },
                    group: "dag01"
                ),
                Some.Machine("ex03", Some.InSync("hv02"), group: "dag01"),
                Some.Machine(
                    "mbx02",
                    new ExchangeVirtualMachineStatus
                    {
                        ObservedGeneration = 1,
                        Conditions =
                        [
                            Some.Condition(
                                "Ready",
                                "False",
                                "NoHostFits",
                                "hv01: needs 4 virtual processors more than are left.\nhv02: needs 24."
                            ),
                        ],
                    }
                ),
                Some.Machine("new01")
            ),
            new OperatorSight
            {
                IsHolderKnown = true,
                Holder = "exchangevirt-operator-7c9f",
                Since = Some.Now.AddDays(-2),
                RenewedAt = Some.Now.AddSeconds(-3),
                Validity = TimeSpan.FromSeconds(15),
                Installation = "5f2c1c1a-0000-4000-8000-000000000001",
                Pause = new PauseState(true, "storage firmware update", "jane", Some.Now.AddMinutes(-12)),
            },
            "The manifest bad.yaml:3 was not taken."
        );

    private static EstateOverview Well() =>
        Overview(
            Some.Estate(
                Some.Host("hv01"),
                Some.Group("dag01"),
                Some.Policy(),
                Some.Machine("ex01", Some.InSync(), group: "dag01")
            ),
            new OperatorSight
            {
                IsHolderKnown = true,
                Holder = "exchangevirt-operator-7c9f",
                Since = Some.Now.AddDays(-2),
                RenewedAt = Some.Now.AddSeconds(-3),
                Validity = TimeSpan.FromSeconds(15),
            }
        );

    private static EstateOverview Overview(
        EstateObjects objects,
        OperatorSight? sight = null,
        params IEnumerable<string> remarks
    ) =>
        OverviewReader.Of(
            "https://cluster.example:6443",
            null,
            objects,
            sight ?? new OperatorSight(),
            remarks,
            Some.Now
        );

    private static string Text(EstateOverview overview, int width) =>
        string.Join('\n', new StatusScreen(overview, width).Lines().Select(static line => line.Text));
}
