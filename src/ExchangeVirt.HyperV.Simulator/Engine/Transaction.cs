using System.Text;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.HyperV.Simulator.Faults;
using ExchangeVirt.HyperV.Simulator.Model;
using ExchangeVirt.HyperV.Simulator.Schema;

namespace ExchangeVirt.HyperV.Simulator.Engine;

/// <summary>One step of the host at one moment: what it reads and what it changes. Nothing of it is seen before it ends.</summary>
internal sealed class Transaction(
    HostState state,
    DateTimeOffset now,
    CimSchema schema,
    Templates templates,
    Func<Guid>? newGuid
)
{
    /// <summary>Gets the state as this step left it so far.</summary>
    public HostState State { get; set; } = state;

    /// <summary>Gets the moment.</summary>
    public DateTimeOffset Now => now;

    /// <summary>Gets the schema.</summary>
    public CimSchema Schema => schema;

    /// <summary>Gets the injected source of identifiers, or null.</summary>
    public Func<Guid>? NewGuid => newGuid;

    /// <summary>Gets the default settings of new devices.</summary>
    public Templates Templates => templates;

    /// <summary>Gets what the host was described as.</summary>
    public SimulatedHostDescription Description => State.Description;

    /// <summary>Gets how long things take.</summary>
    public SimulatedTimings Timings => State.Description.Timings;

    /// <summary>Gets the maker of VMs.</summary>
    public MachineFactory Factory => new(schema, templates, State.Description, NewId);

    /// <summary>Makes an identifier: from the injected source, or else the next that follows from the seed.</summary>
    public string NewId()
    {
        if (newGuid is not null)
        {
            return Names.Of(newGuid());
        }

        State = State with { Identifiers = State.Identifiers + 1 };
        var text = $"{State.Description.HostName}/{State.Description.Seed}/{State.Identifiers}";
        return Names.Of(new Guid(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(text))[..16]));
    }

    /// <summary>Finds a VM by its GUID.</summary>
    public VirtualMachine? Machine(string? id) =>
        id is not null && State.Machines.TryGetValue(id.ToUpperInvariant(), out var machine) ? machine : null;

    /// <summary>Finds a VM that must be there.</summary>
    public VirtualMachine RequireMachine(string id) =>
        Machine(id) ?? throw new CimException(CimError.NotFound, $"There is no virtual machine {id} on this host.");

    /// <summary>Stores a VM.</summary>
    public void Put(VirtualMachine machine) =>
        State = State with { Machines = State.Machines.SetItem(machine.Id, machine) };

    /// <summary>Finds the unfinished job of a VM.</summary>
    public Job? PendingJob(string machineId) =>
        State.Jobs.Values.FirstOrDefault(job => job.FinishedAt is null && job.MachineId == machineId);

    /// <summary>Meets a fault: finds one that applies and uses it up by one.</summary>
    public SimulatedFault? Meet(SimulatedFaultKind kind, VirtualMachine? machine = null, string? method = null)
    {
        if (State.Faults.Find(fault => Applies(fault, kind, machine, method)) is not { } met)
        {
            return null;
        }

        State = State with
        {
            Faults = met.Remaining switch
            {
                null => State.Faults,
                <= 1 => State.Faults.Remove(met),
                { } left => State.Faults.Replace(met, met with { Remaining = left - 1 }),
            },
        };
        return met;
    }

    /// <summary>Says whether a fault applies, without using it up.</summary>
    public bool Has(SimulatedFaultKind kind, VirtualMachine? machine = null) =>
        State.Faults.Exists(fault => Applies(fault, kind, machine, null));

    private static bool Applies(
        SimulatedFault fault,
        SimulatedFaultKind kind,
        VirtualMachine? machine,
        string? method
    ) =>
        fault.Kind == kind
        && (
            fault.Machine is null
            || (
                machine is not null
                && (
                    string.Equals(fault.Machine, machine.Id, StringComparison.OrdinalIgnoreCase)
                    || string.Equals(fault.Machine, machine.Name, StringComparison.OrdinalIgnoreCase)
                )
            )
        )
        && (fault.Method is null || string.Equals(fault.Method, method, StringComparison.OrdinalIgnoreCase));
}
