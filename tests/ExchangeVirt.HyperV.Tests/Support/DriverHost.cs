using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.HyperV.Simulator;
using ExchangeVirt.HyperV.Simulator.Description;
using Microsoft.Extensions.Time.Testing;

namespace ExchangeVirt.HyperV.Tests.Support;

/// <summary>A driver on a simulated host, with everything that it asks of the host kept.</summary>
internal sealed class DriverHost : IAsyncDisposable
{
    public const string Installation = "installation-1";

    public static readonly OwnerMark Owner = new(Installation, new ObjectKey("mail", "ex01"));

    private int _guids;

    public DriverHost(SimulatedHostDescription description)
    {
        Host = SimulatedHost.Create(description, Time);
        Session = new InterceptingSession(Host);
        Driver = new HyperVDriver(
            Session,
            Time,
            new HyperVDriverOptions
            {
                NewGuid = () => new Guid(++_guids, 0, 0, new byte[8]),
                Installation = () => BoundTo,
            }
        );
    }

    public FakeTimeProvider Time { get; } = TestTime.New();

    public SimulatedHost Host { get; }

    public InterceptingSession Session { get; }

    public HyperVDriver Driver { get; }

    public string? BoundTo { get; set; } = Installation;

    public static string Notes => OwnerNotes.Write([], Owner, creating: false).Single();

    public static DriverHost With(params SimulatedMachine[] machines) => new(Describe(machines));

    public static SimulatedHostDescription Describe(params SimulatedMachine[] machines) =>
        new()
        {
            HostName = "HV01",
            Processor = new SimulatedProcessor { Sockets = 2, CoresPerSocket = 16 },
            Memory = 512UL << 30,
            Volumes =
            [
                new SimulatedVolume
                {
                    Path = @"C:\",
                    Size = 1UL << 40,
                    Free = 1UL << 39,
                },
                new SimulatedVolume
                {
                    Path = @"D:\",
                    Size = 8UL << 40,
                    Free = 6UL << 40,
                },
            ],
            Switches = [new SimulatedSwitch { Name = "Mail" }, new SimulatedSwitch { Name = "Backup" }],
            VirtualMachines = [.. machines],
        };

    /// <summary>Makes an owned VM with one disk and one adapter.</summary>
    public static SimulatedMachine Machine(string name = "ex01") =>
        new()
        {
            Name = name,
            Processors = 8,
            Memory = new SimulatedMemory { Size = 16UL << 30 },
            Disks = [new SimulatedDisk { Path = $@"D:\VMs\{name}\os.vhdx", Type = SimulatedDiskType.Fixed }],
            NetworkAdapters =
            [
                new SimulatedAdapter
                {
                    Name = "Mail",
                    SwitchName = "Mail",
                    VlanId = 20,
                },
            ],
            Notes = Notes,
        };

    public Task<T> RunAsync<T>(Task<T> task, TimeSpan? step = null) => Time.DriveAsync(task, step);

    public Task<ObservedHost> ReadAsync() => RunAsync(Driver.ReadHostAsync(CancellationToken.None));

    public async Task<ObservedVirtualMachine> ReadMachineAsync(string name = "ex01") =>
        (await ReadAsync()).VirtualMachines.Single(vm => vm.Name == name);

    /// <summary>Carries an action out on the VM as it is now.</summary>
    public async Task<ActionResult> ApplyAsync(VirtualMachineAction action, string name = "ex01")
    {
        var vm = await ReadMachineAsync(name);
        return await ApplyAsync(vm, action);
    }

    public Task<ActionResult> ApplyAsync(ObservedVirtualMachine vm, VirtualMachineAction action) =>
        RunAsync(Driver.ApplyAsync(vm.Id, action, vm.Fingerprint, CancellationToken.None));

    public Task<ActionResult> CreateAsync(VirtualMachineBlueprint blueprint) =>
        RunAsync(Driver.ApplyAsync(null, new CreateVirtualMachine(blueprint), null, CancellationToken.None));

    /// <summary>Gets the methods that were called and change something.</summary>
    public IReadOnlyList<string> Changes() =>
        [
            .. Session
                .Invoked.Select(static call => call.Method)
                .Where(static method => !method.StartsWith("Get", StringComparison.Ordinal)),
        ];

    public static void Must(ControlOutcome outcome) => Assert.True(outcome.IsAccepted, outcome.Reason);

    /// <summary>Lets the clock run on.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(0.5))
        {
            Time.Advance(TimeSpan.FromSeconds(0.5));
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Session.DisposeAsync();
        await Host.DisposeAsync();
    }
}
