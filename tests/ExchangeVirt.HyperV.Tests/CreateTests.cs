using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.HyperV.Simulator.Faults;
using ExchangeVirt.HyperV.Tests.Support;

namespace ExchangeVirt.HyperV.Tests;

public sealed class CreateTests
{
    private const string Os = @"D:\VMs\ex01\os.vhdx";
    private const string Database = @"D:\VMs\ex01\db.vhdx";
    private const string Existing = @"D:\VMs\ex01\log.vhdx";
    private const string Template = @"D:\Templates\ws2025.vhdx";

    [Theory]
    [InlineData(1, SimulatedAnswers.Jobs)]
    [InlineData(2, SimulatedAnswers.Jobs)]
    [InlineData(2, SimulatedAnswers.Synchronous)]
    public async Task A_created_VM_is_right_from_the_start_and_stays_off(int generation, SimulatedAnswers answers)
    {
        await using DriverHost host = new(Describe() with { Answers = answers });

        var result = await host.CreateAsync(Blueprint() with { Generation = generation });

        Assert.True(result.Changed);
        var vm = await RequireAsBlueprintAsync(host, result.VirtualMachineId, generation);
        Assert.Equal(generation == 1 ? "IDE" : "SCSI", vm.Disks!.Single(static disk => disk.Path == Os).Controller);
        Assert.DoesNotContain("RequestStateChange", host.Changes());
    }

    [Fact]
    public async Task Creating_it_again_changes_nothing()
    {
        await using DriverHost host = new(Describe());
        var first = await host.CreateAsync(Blueprint());
        host.Session.Forget();

        var second = await host.CreateAsync(Blueprint());

        Assert.Equal((first.VirtualMachineId, false), (second.VirtualMachineId, second.Changed));
        Assert.Empty(host.Changes());
    }

    [Fact]
    public async Task A_creation_that_was_cut_off_anywhere_is_completed_by_repeating_it()
    {
        await using DriverHost whole = new(Describe());
        await whole.CreateAsync(Blueprint());
        var steps = whole.Changes().Count;
        Assert.InRange(steps, 10, 40);

        for (var cut = 1; cut <= steps; cut++)
        {
            foreach (var before in new[] { true, false })
            {
                await using DriverHost host = new(Describe());
                CutOff(host, cut, before);
                await Assert.ThrowsAsync<HyperVException>(() => host.CreateAsync(Blueprint()));
                host.Session.OnInvoke = static (_, _) => null;
                host.Session.AfterInvoke = static _ => { };

                // What had been begun goes on in the host while the agent is away.
                await host.PassAsync(TimeSpan.FromSeconds(30));
                await RequireNotStartedAsync(host);
                var result = await host.CreateAsync(Blueprint());

                await RequireAsBlueprintAsync(host, result.VirtualMachineId, 2);
                Assert.Single((await host.ReadAsync()).VirtualMachines);
            }
        }
    }

    [Fact]
    public async Task A_missing_volume_is_named_and_nothing_is_created()
    {
        await using DriverHost host = new(Describe());

        var failure = await Assert.ThrowsAsync<HyperVException>(() =>
            host.CreateAsync(
                Blueprint() with
                {
                    Disks = [ActionTests.Disk("db", @"E:\VMs\db.vhdx", ByteSize.FromGibibytes(10))],
                    NetworkAdapters = [new DesiredNetworkAdapter("Storage", "Storage", null)],
                }
            )
        );

        Assert.Equal((FaultKind.FailedPrecondition, "CannotCreate"), (failure.Kind, failure.Reason));
        Assert.Contains(@"E:\VMs\db.vhdx", failure.Message, StringComparison.Ordinal);
        Assert.Contains("\"Storage\"", failure.Message, StringComparison.Ordinal);
        Assert.Empty(host.Changes());
        Assert.Empty((await host.ReadAsync()).VirtualMachines);
    }

    [Fact]
    public async Task A_volume_that_went_offline_is_named_and_nothing_is_created()
    {
        await using DriverHost host = new(Describe());
        host.Host.Control.Inject(new SimulatedFault { Kind = SimulatedFaultKind.VolumeOffline, Volume = @"D:\" });

        var failure = await Assert.ThrowsAsync<HyperVException>(() => host.CreateAsync(Blueprint()));

        Assert.Equal((FaultKind.FailedPrecondition, "CannotCreate"), (failure.Kind, failure.Reason));
        Assert.Contains(Existing, failure.Message, StringComparison.Ordinal);
        Assert.Empty(host.Changes());
    }

    [Fact]
    public async Task Everything_wrong_with_a_blueprint_is_said_at_once()
    {
        await using DriverHost host = new(Describe());

        var failure = await Assert.ThrowsAsync<HyperVException>(() =>
            host.CreateAsync(
                Blueprint() with
                {
                    Generation = 3,
                    ProcessorCount = 0,
                    Memory = new ByteSize(5),
                    Disks =
                    [
                        ActionTests.Disk("a", Os),
                        ActionTests.Disk("b", Os.ToUpperInvariant()),
                        new DesiredDisk { Name = "c", PassThroughUniqueId = "600A" },
                    ],
                }
            )
        );

        Assert.Equal((FaultKind.InvalidArgument, "InvalidBlueprint"), (failure.Kind, failure.Reason));
        foreach (var part in new[] { "generation", "virtual processor", "2Mi", "declared twice", "\"c\"" })
        {
            Assert.Contains(part, failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_name_that_is_in_use_is_refused()
    {
        await using DriverHost host = new(
            Describe() with
            {
                VirtualMachines = [DriverHost.Machine() with { Notes = null }],
            }
        );

        var failure = await Assert.ThrowsAsync<HyperVException>(() => host.CreateAsync(Blueprint()));

        Assert.Equal((FaultKind.FailedPrecondition, "NameInUse"), (failure.Kind, failure.Reason));
        Assert.Empty(host.Changes());
    }

    [Fact]
    public async Task Two_VMs_with_the_mark_are_not_told_apart()
    {
        await using DriverHost host = new(
            Describe() with
            {
                VirtualMachines = [DriverHost.Machine(), DriverHost.Machine("restored copy")],
            }
        );

        var failure = await Assert.ThrowsAsync<HyperVException>(() => host.CreateAsync(Blueprint()));

        Assert.Equal((FaultKind.Forbidden, "OwnerMarkAmbiguous"), (failure.Kind, failure.Reason));
        Assert.Empty(host.Changes());
    }

    [Fact]
    public async Task An_existing_file_is_attached_as_it_is()
    {
        await using DriverHost host = new(Describe());

        var result = await host.CreateAsync(Blueprint());

        var made = host
            .Session.Invoked.Where(static call => call.Method is "CreateVirtualHardDisk" or "ConvertVirtualHardDisk")
            .Select(static call => (string)call.Arguments["VirtualDiskSettingData"].Value!);
        Assert.DoesNotContain(made, static text => text.Contains("log.vhdx", StringComparison.Ordinal));
        var vm = await host.RunAsync(
            host.Driver.ReadVirtualMachineAsync(result.VirtualMachineId, CancellationToken.None)
        );
        var kept = vm!.Disks!.Single(static disk => disk.Path == Existing);
        Assert.Equal((VirtualDiskType.Dynamic, ByteSize.FromGibibytes(7)), (kept.Type, kept.Size));
    }

    [Fact]
    public async Task A_copy_is_as_large_as_declared()
    {
        await using DriverHost host = new(Describe());

        var result = await host.CreateAsync(Blueprint());

        var vm = await host.RunAsync(
            host.Driver.ReadVirtualMachineAsync(result.VirtualMachineId, CancellationToken.None)
        );
        var copied = vm!.Disks!.Single(static disk => disk.Path == Os);
        Assert.Equal((VirtualDiskType.Fixed, ByteSize.FromGibibytes(200)), (copied.Type, copied.Size));
        var blank = vm.Disks!.Single(static disk => disk.Path == Database);
        Assert.Equal((VirtualDiskType.Fixed, ByteSize.FromGibibytes(500)), (blank.Type, blank.Size));
    }

    private static SimulatedHostDescription Describe() =>
        DriverHost.Describe() with
        {
            Files =
            [
                new SimulatedDiskFile { Path = Template, Size = 127UL << 30 },
                new SimulatedDiskFile { Path = Existing, Size = 7UL << 30 },
            ],
        };

    private static VirtualMachineBlueprint Blueprint() =>
        new()
        {
            Name = "ex01",
            Generation = 2,
            ProcessorCount = 12,
            Memory = ByteSize.FromGibibytes(128),
            Owner = DriverHost.Owner,
            AutomaticStart = new DesiredAutomaticStart(AutomaticStartAction.Start, TimeSpan.FromSeconds(60)),
            Disks =
            [
                ActionTests.Disk("db", Database, ByteSize.FromGibibytes(500)),
                ActionTests.Disk("log", Existing),
                ActionTests.Disk("os", Os, ByteSize.FromGibibytes(200), Template) with
                {
                    Purposes = [DiskPurpose.OperatingSystem],
                },
            ],
            NetworkAdapters =
            [
                new DesiredNetworkAdapter("Mail", "Mail", 20),
                new DesiredNetworkAdapter("Backup", "Backup", null),
            ],
        };

    private static void CutOff(DriverHost host, int step, bool before)
    {
        var count = 0;
        static Exception Crash() => new CimException(CimError.Unreachable, "The agent was killed here.");
        host.Session.OnInvoke = (_, method) =>
            !method.StartsWith("Get", StringComparison.Ordinal) && ++count == step && before ? throw Crash() : null;
        host.Session.AfterInvoke = method =>
        {
            if (!method.StartsWith("Get", StringComparison.Ordinal) && count == step)
            {
                throw Crash();
            }
        };
    }

    private static async Task RequireNotStartedAsync(DriverHost host)
    {
        if ((await host.ReadAsync()).VirtualMachines is not [{ CreationIncomplete: true } vm])
        {
            return;
        }

        Assert.Equal(DriverHost.Owner, vm.Owner);
        var failure = await Assert.ThrowsAsync<HyperVException>(() => host.ApplyAsync(vm, new StartVirtualMachine()));
        Assert.Equal("CreationIncomplete", failure.Reason);
    }

    private static async Task<ObservedVirtualMachine> RequireAsBlueprintAsync(DriverHost host, Guid id, int generation)
    {
        var vm = (await host.ReadAsync()).VirtualMachines.Single(item => item.Id == id);
        Assert.Equal(PowerState.Off, vm.PowerState);
        Assert.Equal(("ex01", generation, 12), (vm.Name, vm.Generation, vm.ProcessorCount));
        Assert.Equal((ByteSize.FromGibibytes(128), false), (vm.Memory!.Startup, vm.Memory.Dynamic));
        Assert.Equal(AutomaticStopAction.ShutDown, vm.AutomaticStopAction);
        Assert.Equal(AutomaticRecoveryAction.Restart, vm.AutomaticRecoveryAction);
        Assert.Equal(
            (AutomaticStartAction.Start, TimeSpan.FromSeconds(60)),
            (vm.AutomaticStartAction, vm.AutomaticStartDelay)
        );
        Assert.Equal((CheckpointType.Disabled, false), (vm.CheckpointType, vm.AutomaticCheckpoints));
        Assert.Equal(DriverHost.Owner, vm.Owner);
        Assert.False(vm.CreationIncomplete);
        Assert.Equal(
            [Database, Existing, Os],
            vm.Disks!.Select(static disk => disk.Path!).Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            [("Backup", "Backup", null), ("Mail", "Mail", 20)],
            vm.NetworkAdapters!.Select(static item => (item.Name, item.SwitchName, item.VlanId)).Order()
        );
        return vm;
    }
}
