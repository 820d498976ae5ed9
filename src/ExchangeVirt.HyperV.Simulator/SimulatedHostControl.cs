using System.Collections.Immutable;
using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.HyperV.Simulator.Engine;
using ExchangeVirt.HyperV.Simulator.Faults;
using ExchangeVirt.HyperV.Simulator.Model;

namespace ExchangeVirt.HyperV.Simulator;

/// <summary>
/// Changes a simulated host behind its operator's back, as a person at the host would, and injects faults. What Windows would
/// refuse on a running VM is refused here too, with the reason.
/// </summary>
/// <remarks>A VM is named by its GUID or by its display name where only one VM has it.</remarks>
public sealed class SimulatedHostControl
{
    private readonly HostEngine _engine;

    internal SimulatedHostControl(HostEngine engine) => _engine = engine;

    /// <summary>Gets the settings that <see cref="Set"/> knows, each with what it takes.</summary>
    public static IReadOnlyDictionary<string, string> Settings => MachineSettings.Help;

    /// <summary>Gets the actions that <see cref="Do"/> knows, each with what it does.</summary>
    public static IReadOnlyDictionary<string, string> Actions => MachineActions.Help;

    /// <summary>Lists the VMs as they are now.</summary>
    public IReadOnlyList<SimulatedMachineView> Machines() =>
        _engine.Run(t =>
            t.State.Machines.Values.Select(machine => SimulatedMachineView.Of(t.State, machine)).ToImmutableArray()
        );

    /// <summary>Changes one setting of a VM, such as <c>checkpoints</c> to <c>Production</c>, at once.</summary>
    public ControlOutcome Set(string machine, string setting, string value) =>
        _engine.Run(t => OnMachine(t, machine, found => MachineSettings.Set(t, found, setting, value)));

    /// <summary>Does something to a VM, such as <c>takeCheckpoint</c> or <c>save</c>.</summary>
    /// <param name="machine">The VM.</param>
    /// <param name="action">The action's name.</param>
    /// <param name="argument">What the action needs, or null.</param>
    public ControlOutcome Do(string machine, string action, string? argument = null) =>
        _engine.Run(t => OnMachine(t, machine, found => MachineActions.Do(t, found, action, argument)));

    /// <summary>Creates a VM that nobody asked the operator for.</summary>
    public ControlOutcome CreateMachine(SimulatedMachine machine)
    {
        ArgumentNullException.ThrowIfNull(machine);
        return _engine.Run(t =>
        {
            if (machine.Id is { } id && t.Machine(Names.Of(id)) is not null)
            {
                return ControlOutcome.Refused($"A virtual machine {Names.Of(id)} exists already.");
            }

            var made = HostBuilder.AddMachine(t, machine);
            return ControlOutcome.Accepted(made.Id);
        });
    }

    /// <summary>Injects a fault; gives it its identifier.</summary>
    public SimulatedFault Inject(SimulatedFault fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        var (injected, ended) = _engine.Run(t =>
        {
            var named = fault with { Id = t.NewId() };
            t.State = t.State with { Faults = t.State.Faults.Add(named) };
            FaultEffects.Follow(t);
            return (named, FaultEffects.SubscriptionsEnd(named.Kind));
        });
        if (ended is not null)
        {
            _engine.Events.EndAll(ended);
        }

        return injected;
    }

    /// <summary>Clears a fault, or all where none is named.</summary>
    /// <returns>How many were cleared.</returns>
    public int Clear(string? faultId = null) =>
        _engine.Run(t =>
        {
            var before = t.State.Faults.Count;
            t.State = t.State with { Faults = faultId is null ? [] : t.State.Faults.RemoveAll(f => f.Id == faultId) };
            FaultEffects.Follow(t);
            return before - t.State.Faults.Count;
        });

    /// <summary>Lists the faults that are there.</summary>
    public IReadOnlyList<SimulatedFault> Faults() => _engine.Run(t => t.State.Faults);

    private static ControlOutcome OnMachine(
        Transaction transaction,
        string machine,
        Func<VirtualMachine, ControlOutcome> then
    )
    {
        var found = transaction
            .State.Machines.Values.Where(m =>
                string.Equals(m.Id, machine, StringComparison.OrdinalIgnoreCase)
                || string.Equals(m.Name, machine, StringComparison.OrdinalIgnoreCase)
            )
            .ToList();
        return found.Count switch
        {
            1 => then(found[0]),
            0 => ControlOutcome.Refused(
                $"There is no virtual machine '{machine}'; there are: {string.Join(", ", transaction.State.Machines.Values.Select(m => m.Name))}."
            ),
            _ => ControlOutcome.Refused($"{found.Count} virtual machines are named '{machine}'; use the GUID."),
        };
    }
}
