using System.Diagnostics;
using System.Text.Json.Nodes;
using ExchangeVirt.Scenarios.Tests.Support;

namespace ExchangeVirt.Scenarios.Tests;

public sealed class OperatorTests
{
    private static readonly string[] s_machines = ["old1", "new1", "new2"];

    [Fact]
    public async Task Hosts_and_manifests_that_nobody_prepared_converge_and_stay()
    {
        using var place = new Workplace();
        Samples.Lay(place);
        await using var up = await place.SimulateAsync();

        var plan = await Exvirt.RunAsync(place, ["plan", .. place.Run()[1..3], "--certificates", place.Run()[6]]);
        Assert.True(plan.ExitCode == 0, plan.All);
        Assert.Contains("CreateVirtualMachine", plan.Output, StringComparison.Ordinal);
        Assert.Contains("SetFixedMemory (off)", plan.Output, StringComparison.Ordinal);
        Assert.Empty(place.ActionsDone());

        var first = await Exvirt.RunAsync(place, place.Run("--once"));
        Assert.True(first.ExitCode == 0, first.All);
        foreach (var name in s_machines)
        {
            AssertInSync(await place.GetAsync("exvm", name), name);
        }

        var done = place.ActionsDone();
        Assert.NotEmpty(done);
        var second = await Exvirt.RunAsync(place, place.Run("--once"));
        Assert.True(second.ExitCode == 0, second.All);
        Assert.Equal(done.Count, place.ActionsDone().Count);

        var status = await Exvirt.RunAsync(place, "status", "--state", place.State);
        Assert.True(status.ExitCode == 0, status.All);
        Assert.Contains(
            "3 of 3 Ready, 3 of 3 as declared, 0 restarts pending",
            status.Output,
            StringComparison.Ordinal
        );
        Assert.Matches("(?m)^alpha  █+░* [0-9.]+ ", status.Output);
        var pending = await Exvirt.RunAsync(place, "plan", "--state", place.State);
        Assert.Contains("0 actions on 0 of 3 machines, 0 restarts", pending.Output, StringComparison.Ordinal);

        var table = await Exvirt.RunAsync(place, "get", "exvm", "--state", place.State, "-o", "wide");
        Assert.Matches(
            "^NAME +HOST +POWER +SUPPORTED +SYNCED +PENDING +READY +AGE +VCPU +MEMORY +STOP ACTION +DAG\n",
            table.Output
        );
        Assert.Matches(
            @"new1 +(alpha|beta) +Running +\S+ +True +<none> +True +[0-9]+s +4 +16Gi +ShutDown +<none>",
            table.Output
        );
        var ended = await up.InterruptAsync();
        Assert.False(Directory.Exists(place.Simulation), ended.All);
    }

    [Fact]
    public async Task A_checkpoint_setting_is_undone_and_what_needs_a_restart_waits_with_its_gate()
    {
        using var place = new Workplace();
        Samples.Lay(place, disruption: "Never");
        File.Delete(Path.Combine(place.Manifests, "new.yaml"));
        await using var up = await place.SimulateAsync();
        await using var running = Exvirt.Start(place, place.Run());
        await Until.TrueAsync(
            "old1's checkpoints are disabled",
            async () => await SettingAsync(place, "old1", "Checkpoints") is "InSync"
        );

        var drift = await Exvirt.RunAsync(place, Drift(place, "checkpoints=Production", "--wait", "--timeout", "240"));
        Assert.True(drift.ExitCode == 0, drift.All);
        Assert.Matches("CheckpointType: Production instead of Disabled. Undone after [0-9]", drift.Output);

        var wrong = await Exvirt.RunAsync(place, Drift(place, "colour=blue"));
        Assert.Equal(3, wrong.ExitCode);
        await Until.TrueAsync(
            "memory waits for a restart",
            async () => await SettingAsync(place, "old1", "Memory") is "RestartPending"
        );
        var status = (await place.GetAsync("exvm", "old1"))!["status"]!;
        Assert.Contains(
            status["pending"]!["actions"]!.AsArray(),
            static action => (string?)action!["blockedBy"] is { Length: > 0 }
        );
        var ended = await running.InterruptAsync();
        Assert.Contains(ended.ExitCode, new[] { 0, 130 });
    }

    [Fact]
    public async Task An_operator_killed_midway_is_followed_by_one_that_does_nothing_twice()
    {
        using var place = new Workplace();
        Samples.Lay(place);
        await using var up = await place.SimulateAsync();
        await using (var killed = Exvirt.Start(place, place.Run()))
        {
            await Until.TrueAsync("something was begun on a host", () => place.ActionsDone().Count > 3);
            await killed.KillAsync();
        }

        var next = await Exvirt.RunAsync(place, place.Run("--once"));

        Assert.True(next.ExitCode == 0, next.All);
        foreach (var name in s_machines)
        {
            AssertInSync(await place.GetAsync("exvm", name), name);
        }

        Assert.Equal(["NEW1", "NEW2", "OLD1"], (await MachinesAsync(place)).Where(static name => name != "OTHER"));
    }

    [Fact]
    public async Task An_agent_killed_midway_is_started_again_and_its_host_is_as_it_was()
    {
        using var place = new Workplace();
        Samples.Lay(place);
        await using var up = await place.SimulateAsync();
        await using var running = Exvirt.Start(place, place.Run());
        await Until.TrueAsync("something was begun on a host", () => place.ActionsDone().Count > 2);

        using (var agent = Process.GetProcessById((int)place.Estate()["hosts"]![0]!["processId"]!))
        {
            agent.Kill();
        }

        foreach (var name in s_machines)
        {
            await Until.TrueAsync(
                $"{name} is Ready and Synced",
                async () => await IsAsync(place, name, "Ready") && await IsAsync(place, name, "Synced")
            );
        }

        Assert.Equal(["NEW1", "NEW2", "OLD1", "OTHER"], await MachinesAsync(place));
    }

    [Fact]
    public async Task A_second_operator_on_a_state_directory_is_refused()
    {
        using var place = new Workplace();
        Samples.Lay(place);
        await using var up = await place.SimulateAsync();
        await using var first = Exvirt.Start(place, place.Run());
        await Until.TrueAsync(
            "the first has the directory",
            () => File.Exists(Path.Combine(place.State, "operator.json"))
        );

        var second = await Exvirt.RunAsync(place, place.Run("--once"));

        Assert.Equal(3, second.ExitCode);
        Assert.Contains("Another operator runs on the state directory", second.Error, StringComparison.Ordinal);
        Assert.False(first.HasExited);
    }

    [Fact]
    public async Task Paused_nothing_begins_and_resumed_it_goes_on_and_a_deletion_lets_go()
    {
        using var place = new Workplace();
        Samples.Lay(place);
        await using var up = await place.SimulateAsync();
        Directory.CreateDirectory(Path.Combine(place.State, "objects"));
        var pause = await Exvirt.RunAsync(place, "pause", "--all", "--state", place.State, "--reason", "a test");
        Assert.True(pause.ExitCode == 0, pause.All);

        var paused = await Exvirt.RunAsync(place, place.Run("--once"));
        Assert.Equal(1, paused.ExitCode);
        Assert.Empty(place.ActionsDone());

        await Exvirt.RunAsync(place, "resume", "--all", "--state", place.State);
        var resumed = await Exvirt.RunAsync(place, place.Run("--once"));
        Assert.True(resumed.ExitCode == 0, resumed.All);

        place.Declare(
            "old1.yaml",
            Samples
                .Machine("old1")
                .Replace(
                    "namespace: mail }",
                    "namespace: mail, annotations: { exchangevirt.io/deletion-protection: 'true' } }"
                )
        );
        await using var running = Exvirt.Start(place, place.Run());
        await Until.TrueAsync(
            "the machine is protected",
            async () => (await place.GetAsync("exvm", "old1"))?["metadata"]?["annotations"] is not null
        );
        var refused = await Exvirt.RunAsync(
            place,
            "delete",
            "exvm/old1",
            "-n",
            "mail",
            "--state",
            place.State,
            "--wait"
        );
        Assert.True(refused.ExitCode == 2, refused.All);
        Assert.Contains("exchangevirt.io/deletion-protection-", refused.Error, StringComparison.Ordinal);
        place.Declare("old1.yaml", Samples.Machine("old1"));
        await Until.TrueAsync(
            "the machine is not protected any more",
            async () => (await place.GetAsync("exvm", "old1"))?["metadata"]?["annotations"] is null
        );
        File.Delete(Path.Combine(place.Manifests, "old1.yaml"));
        var deleted = await Exvirt.RunAsync(
            place,
            "delete",
            "exvm/old1",
            "-n",
            "mail",
            "--state",
            place.State,
            "--wait"
        );
        Assert.True(deleted.ExitCode == 0, deleted.All);
        Assert.Null(await place.GetAsync("exvm", "old1"));
        Assert.Contains("OLD1", await MachinesAsync(place));
    }

    [Fact]
    public async Task Bad_manifests_are_all_told_and_the_rest_is_worked_on()
    {
        using var place = new Workplace();
        Samples.Lay(place);
        place.Declare("bad.yaml", Samples.Machine("bad").Replace("count: 4", "count: many").Replace("16Gi", "sixteen"));
        await using var up = await place.SimulateAsync();

        var run = await Exvirt.RunAsync(place, place.Run("--once"));

        Assert.Equal(2, run.ExitCode);
        Assert.Matches(@"bad\.yaml:[0-9]+: spec\.processors\.count: ", run.Output);
        Assert.Matches(@"bad\.yaml:[0-9]+: spec\.memory\.size: ", run.Output);
        AssertInSync(await place.GetAsync("exvm", "new1"), "new1");
    }

    private static string[] Drift(Workplace place, string set, params string[] more) =>
        ["sim", "drift", "--host", "alpha", "--vm", "OLD1", "--set", set, "--dir", place.Simulation, .. more];

    private static void AssertInSync(JsonNode? machine, string name)
    {
        Assert.NotNull(machine);
        Assert.All(
            machine["status"]!["settings"]!.AsArray(),
            setting => Assert.True((string?)setting!["state"] == "InSync", $"{name}: {setting.ToJsonString()}")
        );
    }

    private static async Task<string?> SettingAsync(Workplace place, string machine, string setting) =>
        (string?)
            (await place.GetAsync("exvm", machine))
                ?["status"]?["settings"]?.AsArray()
                .FirstOrDefault(each => (string?)each!["name"] == setting)
                ?["state"];

    private static async Task<bool> IsAsync(Workplace place, string machine, string condition) =>
        (await place.GetAsync("exvm", machine))
            ?["status"]?["conditions"]?.AsArray()
            .Any(each => (string?)each!["type"] == condition && (string?)each["status"] == "True")
            is true;

    // What is there in the end, from the hosts themselves: a second VM of a name would show.
    private static async Task<IReadOnlyList<string>> MachinesAsync(Workplace place)
    {
        var names = new List<string>();
        foreach (var host in new[] { "alpha", "beta" })
        {
            var refused = await Exvirt.RunAsync(
                place,
                "sim",
                "drift",
                "--host",
                host,
                "--vm",
                "?",
                "--set",
                "checkpoints=Disabled",
                "--wait",
                "--dir",
                place.Simulation
            );
            var list = refused.Error.Split("It has ")[^1].TrimEnd().TrimEnd('.');
            names.AddRange(list.Split(", ", StringSplitOptions.RemoveEmptyEntries));
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }
}
