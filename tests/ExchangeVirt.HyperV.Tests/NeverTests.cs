using ExchangeVirt.Domain.Planning;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.HyperV.Tests.Support;

namespace ExchangeVirt.HyperV.Tests;

public sealed class NeverTests(ITestOutputHelper output)
{
    private static readonly string[] s_allowed =
    [
        "GetSummaryInformation",
        "GetVirtualHardDiskSettingData",
        "GetErrorEx",
        "ModifySystemSettings",
        "ModifyResourceSettings",
        "AddResourceSettings",
        "AddFeatureSettings",
        "ModifyFeatureSettings",
        "RemoveFeatureSettings",
        "DestroySnapshot",
        "InitiateShutdown",
        "RequestStateChange",
        "DestroySystem",
    ];

    /// <summary>Gets every state that Msvm_ComputerSystem can report, also those that no description can begin with.</summary>
    public static TheoryData<ushort> States =>
        [2, 3, 4, 6, 9, 10, 11, 0, 1, 5, 32768, 32769, 32770, 32773, 32776, 32777, 32779, 32780, 32781, 32785, 32796];

    [Theory]
    [MemberData(nameof(States))]
    public async Task No_action_in_any_state_turns_off_saves_pauses_resumes_resets_or_reverts(ushort state)
    {
        SimulatedMachine machine = DriverHost.Machine() with
        {
            State = state switch
            {
                2 => SimulatedPowerState.Running,
                6 or 32779 => SimulatedPowerState.Saved,
                9 => SimulatedPowerState.Paused,
                _ => SimulatedPowerState.Off,
            },
            Checkpoints = [new SimulatedCheckpoint { Name = "one" }],
        };
        var done = 0;
        for (var i = 0; i < ActionTests.EveryAction("", "").Count; i++)
        {
            await using DriverHost host = new(
                DriverHost.Describe(machine) with
                {
                    Files = [new SimulatedDiskFile { Path = @"D:\VMs\ex01\db.vhdx", Size = 1UL << 40 }],
                }
            );
            Pretend(host, state);
            var vm = await host.ReadMachineAsync();
            var action = ActionTests.EveryAction(vm.Checkpoints![0].Id, vm.NetworkAdapters![0].Id)[i];
            try
            {
                await host.ApplyAsync(vm, action);
                done++;
            }
            catch (HyperVException refusal)
            {
                // Which of them are refused, other tests say; here only what was asked of the host counts.
                output.WriteLine($"{state} {action.Name}: {refusal.Reason}");
            }

            foreach (var (_, method, arguments) in host.Session.Invoked)
            {
                Assert.Contains(method, s_allowed);
                if (method == "RequestStateChange")
                {
                    var asked = (ushort)arguments["RequestedState"].Value!;
                    Assert.True(
                        (asked == 2 && state == 3 && action is StartVirtualMachine)
                            || (asked == 3 && state is 6 or 32779 && action is DiscardSavedState),
                        $"{action.Name} in the state {state} asked for {asked}"
                    );
                }

                if (method == "InitiateShutdown")
                {
                    Assert.Equal((false, (ushort)2), (arguments["Force"].Value, state));
                }

                if (method == "DestroySystem")
                {
                    Assert.Equal(3, state);
                }
            }
        }

        output.WriteLine($"{done} of the actions were carried out in the state {state}.");
    }

    [Fact]
    public async Task A_saved_state_behind_a_VM_that_calls_itself_off_is_not_resumed()
    {
        await using var host = DriverHost.With(DriverHost.Machine() with { State = SimulatedPowerState.Saved });
        Pretend(host, 3);

        var failure = await Assert.ThrowsAsync<HyperVException>(() => host.ApplyAsync(new StartVirtualMachine()));

        Assert.Equal((FaultKind.Forbidden, "SavedStatePresent"), (failure.Kind, failure.Reason));
        Assert.Empty(host.Changes());
    }

    // The simulated host lies about the state; what it would then do does not matter, only what is asked of it.
    private static void Pretend(DriverHost host, ushort state)
    {
        CimObject? Lie(CimObject item) =>
            Guid.TryParse(item.Text("Name"), out _) ? item.With("EnabledState", CimValue.UInt16(state)) : null;

        host.Session.OnQuery = (space, wql) =>
            wql.Contains("FROM Msvm_ComputerSystem", StringComparison.Ordinal)
                ? [.. host.Host.QueryAsync(space, wql, CancellationToken.None).Result.Select(item => Lie(item) ?? item)]
                : null;
        host.Session.OnGet = path =>
            path.ClassName == "Msvm_ComputerSystem"
                ? Lie(host.Host.GetAsync(path, CancellationToken.None).Result)
                : null;
    }
}
