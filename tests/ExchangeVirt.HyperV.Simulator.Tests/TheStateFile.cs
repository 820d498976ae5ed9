using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.HyperV.Simulator.Faults;
using Microsoft.Extensions.Time.Testing;

namespace ExchangeVirt.HyperV.Simulator.Tests;

/// <summary>The host outlives the process that simulates it.</summary>
public sealed class TheStateFile : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("simulated-host-").FullName;
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));

    private string StatePath => Path.Combine(_folder, "state.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Brings_back_every_instance_exactly()
    {
        string[] classes = ["CIM_SettingData", "CIM_System", "CIM_Dependency", "CIM_Component", "CIM_Job"];
        var before = new List<CimObject>();
        await using (var host = Open())
        {
            host.Control.Set("EX02", "vlan", "12");
            host.Control.Set("EX01", "notes", "line one\r\nline <two> & \"three\"");
            host.Control.Do("EX02", "start");
            await Read(host, classes, before);
        }

        var after = new List<CimObject>();
        await using var again = Open();
        await Read(again, classes, after);
        Assert.Equal(before.Select(again.Serialize), after.Select(again.Serialize));
        Assert.NotEmpty(before);
    }

    [Fact]
    public async Task Lets_what_was_in_flight_go_on_by_the_clock_while_no_process_runs()
    {
        CimPath job;
        // Not disposed: the process is killed.
        var killed = Open();
        var started = await killed.InvokeAsync(
            Bench.System(Bench.Ex02),
            "RequestStateChange",
            new Dictionary<string, CimValue>(StringComparer.Ordinal) { ["RequestedState"] = CimValue.UInt16(2) },
            TestContext.Current.CancellationToken
        );
        job = (CimPath)started.Out["Job"].Value!;
        killed.Control.Do("EX01", "shutdown");
        var copy = Path.Combine(_folder, "copy.json");
        File.Copy(StatePath, copy);
        await killed.DisposeAsync();

        _time.Advance(TimeSpan.FromSeconds(60));
        await using var host = SimulatedHost.Open(Bench.Asset, copy, _time);
        var machines = host.Control.Machines();
        Assert.Equal(
            ("Running", true),
            (machines.Single(m => m.Name == "EX02").State, machines.Single(m => m.Name == "EX02").GuestAnswers)
        );
        Assert.Equal("Off", machines.Single(m => m.Name == "EX01").State);
        var done = await host.GetAsync(job, TestContext.Current.CancellationToken);
        Assert.Equal(7, done.Number("JobState"));
        Assert.Equal(TimeSpan.FromSeconds(2), done["ElapsedTime"]);
    }

    [Fact]
    public async Task Keeps_faults_and_goes_on_with_identifiers()
    {
        string first;
        await using (var host = Open())
        {
            host.Control.Inject(new() { Kind = SimulatedFaultKind.JobFails, Machine = "EX01" });
            first = host.Control.CreateMachine(new SimulatedMachine { Name = "foreign" }).Result!;
        }

        await using var again = Open();
        Assert.Equal(SimulatedFaultKind.JobFails, Assert.Single(again.Control.Faults()).Kind);
        var second = again.Control.CreateMachine(new SimulatedMachine { Name = "another" }).Result;
        Assert.NotEqual(first, second);
        Assert.Equal(7, again.Control.Machines().Count);
    }

    [Fact]
    public async Task Is_the_same_for_the_same_seed_and_the_same_calls()
    {
        await using var one = SimulatedHost.Create(Bench.Description, _time);
        await using var two = SimulatedHost.Create(Bench.Description, _time);
        var (left, right) = (new List<CimObject>(), new List<CimObject>());
        await Read(one, ["CIM_SettingData"], left);
        await Read(two, ["CIM_SettingData"], right);
        Assert.Equal(left.Select(one.Serialize), right.Select(two.Serialize));
    }

    [Fact]
    public void Is_refused_when_it_is_damaged_with_its_name_and_what_to_do()
    {
        File.WriteAllText(StatePath, """{"format": 1, "machines": 7}""");
        var refused = Assert.Throws<InvalidDataException>(Open);
        Assert.Contains(StatePath, refused.Message, StringComparison.Ordinal);
        Assert.Contains("Remove the file", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Holds_every_change_that_threads_made_at_once()
    {
        await using (var host = Open())
        {
            Parallel.For(
                0,
                64,
                n =>
                {
                    Assert.True(host.Control.CreateMachine(new SimulatedMachine { Name = $"VM{n}" }).IsAccepted);
                    Assert.True(host.Control.Set($"VM{n}", "notes", $"{n}").IsAccepted);
                    Assert.NotEmpty(host.Control.Machines());
                }
            );
        }

        await using var again = Open();
        var notes = new List<CimObject>();
        await Read(again, ["Msvm_VirtualSystemSettingData"], notes);
        Assert.Equal(64, notes.Count(s => s.Texts("Notes") is [var note] && $"VM{note}" == s.Text("ElementName")));
    }

    [Fact]
    public async Task A_session_that_ends_takes_only_its_own_subscriptions_along()
    {
        const string Wql = "SELECT * FROM __InstanceModificationEvent WHERE TargetInstance ISA 'Msvm_ComputerSystem'";
        var token = TestContext.Current.CancellationToken;
        await using var host = Open();
        var session = host.OpenSession();
        await using var ended = session.SubscribeAsync(Bench.Ns, Wql, token).GetAsyncEnumerator(token);
        await using var stays = host.SubscribeAsync(Bench.Ns, Wql, token).GetAsyncEnumerator(token);
        await session.DisposeAsync();
        host.Control.Set("EX02", "name", "RENAMED");
        Assert.False(await ended.MoveNextAsync());
        Assert.True(await stays.MoveNextAsync());
    }

    private SimulatedHost Open() => SimulatedHost.Open(Bench.Asset, StatePath, _time);

    private static async Task Read(SimulatedHost host, string[] classes, List<CimObject> into)
    {
        foreach (var name in classes)
        {
            into.AddRange(
                await host.QueryAsync(Bench.Ns, $"SELECT * FROM {name}", TestContext.Current.CancellationToken)
            );
        }
    }
}
