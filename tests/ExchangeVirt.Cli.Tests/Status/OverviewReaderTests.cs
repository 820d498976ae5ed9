using ExchangeVirt.Cli.Estates;
using ExchangeVirt.Cli.Status;
using ExchangeVirt.Cli.Tests.Support;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime.Stores;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Cli.Tests.Status;

public sealed class OverviewReaderTests
{
    private static readonly OperatorSight s_working = new()
    {
        IsHolderKnown = true,
        Holder = "replica-1",
        Since = Some.Now.AddHours(-1),
        RenewedAt = Some.Now.AddSeconds(-10),
        Validity = TimeSpan.FromSeconds(15),
    };

    public static TheoryData<string, string> Operators =>
        new()
        {
            { "renewed in time", "Working" },
            { "silent for longer than its lease", "Gone" },
            { "nobody leads", "Gone" },
            { "never led by anybody", "Gone" },
            { "not to be seen", "Unknown" },
            { "a process on a directory", "Unknown" },
            { "a process that runs", "Working" },
            { "a process that has ended", "Ended" },
        };

    [Theory]
    [MemberData(nameof(Operators))]
    public void The_operator_works_as_long_as_its_lease_holds(string what, string state)
    {
        var sight = what switch
        {
            "renewed in time" => s_working,
            "silent for longer than its lease" => s_working with { RenewedAt = Some.Now.AddSeconds(-15) },
            "nobody leads" => s_working with { Holder = null },
            "never led by anybody" => new OperatorSight { IsHolderKnown = true },
            "a process on a directory" => s_working with { RenewedAt = null, Validity = null },
            "a process that runs" => s_working with { RenewedAt = null, Validity = null, IsRunning = true },
            "a process that has ended" => s_working with { RenewedAt = null, Validity = null, IsRunning = false },
            _ => new OperatorSight(),
        };

        var overview = Of(Some.Estate(), sight);

        Assert.Equal(state, $"{overview.Operator.State}");
        Assert.Equal(state != "Gone", overview.AllWell);
    }

    public static TheoryData<string, bool> Estates =>
        new()
        {
            { "all Ready", true },
            { "drift that waits for its gate", true },
            { "a host that does not answer", false },
            { "a VM that was not looked at", false },
            { "a spec that was not looked at since it changed", false },
            { "an object of a newer version", false },
        };

    [Theory]
    [MemberData(nameof(Estates))]
    public void All_is_well_when_every_object_is_Ready(string what, bool well)
    {
        IKubernetesObject<V1ObjectMeta> trouble = what switch
        {
            "all Ready" => Some.Machine("ex01", Some.InSync()),
            "drift that waits for its gate" => Some.Machine("ex01", Some.RestartPending()),
            "a host that does not answer" => Some.Host(
                "hv02",
                ready: Some.Condition("Ready", "False", "HostUnreachable", "It does not answer.")
            ),
            "a VM that was not looked at" => Some.Machine("ex01"),
            "a spec that was not looked at since it changed" => Some.Machine(
                "ex01",
                Some.InSync() with
                {
                    ObservedGeneration = 0,
                }
            ),
            _ => Some.Policy(),
        };
        var objects = EstateObjects.Of([Some.Json(Some.Host("hv01")), Odd(what, trouble)]);

        var overview = Of(objects, s_working);

        Assert.Equal(well, overview.AllWell);
        Assert.Equal(well ? 0 : 1, overview.NotReady.Count);
    }

    [Fact]
    public void What_only_a_person_can_help_is_told_apart()
    {
        var stalled = Some.InSync() with
        {
            Conditions =
            [
                Some.Condition("Ready", "False", "DuplicateVirtualMachine", "Two VMs bear the name."),
                Some.Condition("Stalled", "True", "DuplicateVirtualMachine", "Two VMs bear the name."),
            ],
        };

        var found = Assert.Single(Of(Some.Estate(Some.Machine("ex01", stalled)), s_working).NotReady);

        Assert.Equal(
            new NotReadyOverview(
                "exvm/messaging/ex01",
                "DuplicateVirtualMachine",
                "Two VMs bear the name.",
                Some.Now.AddMinutes(-5),
                Stalled: true
            ),
            found
        );
    }

    [Fact]
    public void A_host_is_measured_by_the_limit_of_its_own_policy()
    {
        var strict = Some.Policy(
            "strict",
            new VirtualizationPolicySpec { Processor = new ProcessorPolicySpec { MaxRatioPercent = 150 } }
        );
        var host = Some.Host("hv01");
        host.Spec = host.Spec with { PolicyName = "strict", Schedulable = false };

        var found = Assert.Single(Of(Some.Estate(host, strict), s_working).Hosts);

        Assert.Equal((1.25m, 1.38m, 1.5m), (found.GuestRatio, found.OverallRatio, found.LimitRatio));
        Assert.Equal((320L << 30, 486L << 30), (found.MemoryAssigned, found.MemoryForGuests));
        Assert.Equal((true, "cordoned"), (found.Ready, found.Remark));
    }

    [Fact]
    public void Drift_is_told_the_oldest_first_with_what_it_waits_for()
    {
        var younger = Some.RestartPending() with
        {
            Settings =
            [
                Some.Setting("Checkpoints", "Disabled", "Production") with
                {
                    State = "Correcting",
                    Since = Some.Now.AddMinutes(-1),
                },
            ],
        };

        var drift = Of(
            Some.Estate(Some.Machine("aa01", younger), Some.Machine("zz01", Some.RestartPending())),
            s_working
        ).Drift;

        Assert.Equal(["messaging/zz01", "messaging/aa01"], drift.Select(static each => each.Machine));
        Assert.Equal(
            new DriftOverview(
                "messaging/zz01",
                "Memory",
                "64Gi to 128Gi dynamic",
                "128Gi fixed",
                "RestartPending",
                Some.Now.AddDays(-3),
                "MaintenanceWindow"
            ),
            drift[0]
        );
    }

    [Fact]
    public void A_restart_tells_what_it_is_for_and_what_it_waits_for()
    {
        var restart = Assert.Single(Of(Some.Estate(Some.Machine("ex01", Some.RestartPending())), s_working).Restarts);

        Assert.Equal(["Memory"], restart.Settings);
        Assert.Equal(
            (null, "MaintenanceWindow", Some.Now.AddDays(2).AddHours(10)),
            (restart.Stage, restart.WaitsFor, restart.NotBefore)
        );
    }

    [Fact]
    public void The_next_window_is_reckoned_from_the_policy_and_the_time()
    {
        var policies = Of(
            Some.Estate(
                Some.Policy(),
                Some.Policy("always", Windows("daily", "0 * * * *", minutes: 90)),
                Some.Policy("odd", Windows("odd", "0 22 * * SAT", minutes: 60, zone: "Nowhere/Atall"))
            ),
            s_working
        ).Policies;

        Assert.Equal(
            new WindowOverview(
                "weekend",
                new DateTimeOffset(2031, 5, 17, 22, 0, 0, TimeSpan.Zero),
                new DateTimeOffset(2031, 5, 18, 2, 0, 0, TimeSpan.Zero),
                IsOpen: false
            ),
            policies.Single(static policy => policy.Name == "default").Window
        );
        Assert.True(policies.Single(static policy => policy.Name == "always").Window!.IsOpen);
        Assert.Contains(
            "Nowhere/Atall",
            policies.Single(static policy => policy.Name == "odd").Problem,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Where_no_policy_is_named_default_the_built_in_one_is_told()
    {
        var lab = Some.Policy("lab");

        var alone = Of(Some.Estate(), s_working).Policies;
        var beside = Of(Some.Estate(lab), s_working).Policies;
        var unseen = Of(Some.Estate() with { HiddenKinds = [VirtualizationPolicy.KubeKind] }, s_working).Policies;

        Assert.Equal(("default", true, "Observe"), (alone[0].Name, alone[0].BuiltIn, alone[0].Enforcement));
        Assert.Equal(["default", "lab"], beside.Select(static policy => policy.Name));
        Assert.Empty(unseen);
    }

    [Fact]
    public void Only_what_Microsoft_does_not_support_and_nobody_has_accepted_is_told()
    {
        ViolationStatus violation = new() { Rule = "mem-dynamic", Severity = "Unsupported" };
        var status = Some.InSync() with
        {
            Violations =
            [
                violation,
                violation with
                {
                    Rule = "cpu-over-1to1",
                    Severity = "Advisory",
                },
                violation with
                {
                    Rule = "mem-overcommit",
                    Exemption = "until-june",
                },
            ],
        };

        var found = Of(Some.Estate(Some.Machine("ex01", status)), s_working).Unsupported;

        Assert.Equal(["mem-dynamic"], found.Select(static each => each.Rule));
    }

    [Fact]
    public void A_pulled_switch_is_told_with_who_and_why_and_a_released_one_is_not()
    {
        var pulled = new PauseState(true, "firmware", "jane", Some.Now);

        Assert.Equal(
            new PausedOverview("jane", "firmware", Some.Now, Assumed: false),
            Of(Some.Estate(), s_working with { Pause = pulled }).Operator.Paused
        );
        Assert.Null(Of(Some.Estate(), s_working with { Pause = pulled with { IsPaused = false } }).Operator.Paused);
    }

    [Fact]
    public void What_has_no_spec_is_shown_all_the_same()
    {
        IKubernetesObject<V1ObjectMeta>[] whole =
        [
            Some.Host("hv01"),
            Some.Policy(),
            Some.Machine("ex01", Some.InSync()),
        ];
        var overview = Of(
            EstateObjects.Of(
                whole.Select(static each =>
                {
                    var json = Some.Json(each);
                    json["spec"] = null;
                    return json;
                })
            ),
            s_working
        );

        Assert.Equal("hv01", Assert.Single(overview.Hosts).Name);
        Assert.Equal("it has no spec", Assert.Single(overview.Policies).Problem);
        Assert.Equal(1, overview.Machines.All);
    }

    private static System.Text.Json.Nodes.JsonObject Odd(string what, IKubernetesObject<V1ObjectMeta> entity)
    {
        var json = Some.Json(entity);
        if (what == "an object of a newer version")
        {
            json["spec"]!["enforcement"] = "Suggest";
        }

        return json;
    }

    private static VirtualizationPolicySpec Windows(string name, string schedule, int minutes, string zone = "UTC") =>
        new()
        {
            MaintenanceWindows =
            [
                new MaintenanceWindowSpec
                {
                    Name = name,
                    Schedule = schedule,
                    DurationMinutes = minutes,
                    TimeZone = zone,
                },
            ],
        };

    private static EstateOverview Of(EstateObjects objects, OperatorSight sight) =>
        OverviewReader.Of("here", null, objects, sight, [], Some.Now);
}
