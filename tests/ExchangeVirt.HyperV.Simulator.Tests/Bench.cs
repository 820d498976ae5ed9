using System.Collections.Immutable;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.Description;
using Microsoft.Extensions.Time.Testing;

namespace ExchangeVirt.HyperV.Simulator.Tests;

/// <summary>A simulated host on a clock that the test moves, with the calls that tests make most.</summary>
internal sealed class Bench : IAsyncDisposable
{
    public const string Ns = @"root\virtualization\v2";
    public const string Ex01 = "00000000-0000-0000-0000-0000000000E1";
    public const string Ex02 = "00000000-0000-0000-0000-0000000000E2";
    public const string Ex03 = "00000000-0000-0000-0000-0000000000E3";
    public const string Ex04 = "00000000-0000-0000-0000-0000000000E4";
    public const string Old = "00000000-0000-0000-0000-0000000000F1";

    private Bench(SimulatedHostDescription description)
    {
        Time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));
        Host = SimulatedHost.Create(description, Time);
    }

    public FakeTimeProvider Time { get; }

    public SimulatedHost Host { get; }

    public SimulatedHostControl Control => Host.Control;

    public static string Asset => Path.Combine(AppContext.BaseDirectory, "testassets", "wrong-host.yaml");

    public static SimulatedHostDescription Description => DescriptionReader.Load(Asset);

    public static Bench Start(Func<SimulatedHostDescription, SimulatedHostDescription>? change = null) =>
        new(change is null ? Description : change(Description));

    public static Bench Synchronous() => Start(d => d with { Answers = SimulatedAnswers.Synchronous });

    public ValueTask DisposeAsync() => Host.DisposeAsync();

    public Task<IReadOnlyList<CimObject>> Query(string wql, string cimNamespace = Ns) =>
        Host.QueryAsync(cimNamespace, wql, TestContext.Current.CancellationToken);

    public async Task<CimObject> One(string wql, string cimNamespace = Ns) =>
        Assert.Single(await Query(wql, cimNamespace));

    public Task<CimObject> Get(CimPath path) => Host.GetAsync(path, TestContext.Current.CancellationToken);

    public static CimPath System(string id) =>
        CimPath.Of(Ns, "Msvm_ComputerSystem", ("CreationClassName", "Msvm_ComputerSystem"), ("Name", id));

    public static CimPath Settings(string id) =>
        CimPath.Of(Ns, "Msvm_VirtualSystemSettingData", ("InstanceID", $"Microsoft:{id}"));

    public async Task<ushort> State(string id) => (ushort)(await Get(System(id))).Number("EnabledState")!;

    public async Task<CimPath> Service(string className) => (await One($"SELECT * FROM {className}")).Path;

    public Task<CimMethodResult> Invoke(
        CimPath target,
        string method,
        params (string Name, CimValue Value)[] arguments
    ) =>
        Host.InvokeAsync(
            target,
            method,
            arguments.ToDictionary(a => a.Name, a => a.Value),
            TestContext.Current.CancellationToken
        );

    public async Task<CimMethodResult> Manage(string method, params (string Name, CimValue Value)[] arguments) =>
        await Invoke(await Service("Msvm_VirtualSystemManagementService"), method, arguments);

    public async Task<CimMethodResult> Snapshots(string method, params (string Name, CimValue Value)[] arguments) =>
        await Invoke(await Service("Msvm_VirtualSystemSnapshotService"), method, arguments);

    public async Task<CimMethodResult> Images(string method, params (string Name, CimValue Value)[] arguments) =>
        await Invoke(await Service("Msvm_ImageManagementService"), method, arguments);

    public Task<CimMethodResult> Request(string id, ushort state) =>
        Invoke(System(id), "RequestStateChange", ("RequestedState", CimValue.UInt16(state)));

    public Task<CimMethodResult> ModifySystem(CimObject settings) =>
        Manage("ModifySystemSettings", ("SystemSettings", CimValue.Text(Host.Serialize(settings))));

    public Task<CimMethodResult> ModifyResource(params CimObject[] settings) =>
        Manage("ModifyResourceSettings", ("ResourceSettings", CimValue.TextArray(settings.Select(Host.Serialize))));

    public Task<CimObject> VmSettings(string id) => Get(Settings(id));

    public Task<CimObject> Memory(string id) =>
        One($@"SELECT * FROM Msvm_MemorySettingData WHERE InstanceID LIKE 'Microsoft:{id}\\%'");

    public Task<CimObject> Processor(string id) =>
        One($@"SELECT * FROM Msvm_ProcessorSettingData WHERE InstanceID LIKE 'Microsoft:{id}\\%'");

    public async Task<CimObject> Job(CimMethodResult result)
    {
        Assert.Equal(4096u, result.ReturnValue);
        return await Get((CimPath)result.Out["Job"].Value!);
    }

    public async Task<long> Finished(CimMethodResult result, double seconds = 60)
    {
        Time.Advance(TimeSpan.FromSeconds(seconds));
        return (await Job(result)).Number("JobState")!.Value;
    }

    public void Pass(double seconds) => Time.Advance(TimeSpan.FromSeconds(seconds));

    public Task<IReadOnlyList<CimObject>> Associated(
        CimPath source,
        string association,
        string? result = null,
        string? role = null
    ) => Host.AssociatorsAsync(source, association, result, role, null, TestContext.Current.CancellationToken);

    public static ImmutableArray<SimulatedMachine> Many(int count) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(n => new SimulatedMachine
                {
                    Name = $"VM{n:000}",
                    Processors = 4,
                    State = SimulatedPowerState.Off,
                    Disks =
                    [
                        new SimulatedDisk { Path = $@"D:\vm{n}\os.vhdx" },
                        new SimulatedDisk { Path = $@"D:\vm{n}\db.vhdx" },
                    ],
                    NetworkAdapters = [new SimulatedAdapter { SwitchName = "prod", VlanId = 7 }],
                    Checkpoints = [new SimulatedCheckpoint { Name = "one" }],
                }),
        ];
}
