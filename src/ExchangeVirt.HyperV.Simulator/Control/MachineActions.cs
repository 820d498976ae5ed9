using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.HyperV.Simulator.Engine;
using ExchangeVirt.HyperV.Simulator.Methods;
using ExchangeVirt.HyperV.Simulator.Model;

namespace ExchangeVirt.HyperV.Simulator;

/// <summary>What a person at the host, or in the guest, does to a VM.</summary>
internal static class MachineActions
{
    /// <summary>Gets each action with what it does.</summary>
    public static IReadOnlyDictionary<string, string> Help { get; } =
        new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["start"] = "starts it, or restores its saved state",
            ["resume"] = "resumes it when it is paused",
            ["turnOff"] = "turns it off",
            ["save"] = "saves its state",
            ["pause"] = "pauses it",
            ["reset"] = "resets it",
            ["shutdown"] = "asks its guest to shut down",
            ["guestPowerOff"] = "lets its guest power off by itself",
            ["takeCheckpoint"] = "takes a user's checkpoint; argument: its name",
            ["takeRecoveryCheckpoint"] = "takes a backup's checkpoint; argument: its name",
            ["removeCheckpoint"] = "removes a checkpoint; argument: its name; without one, all",
            ["delete"] = "deletes it when it is off or saved; its files stay",
            ["guest"] = "changes how its guest shuts down; argument: ShutsDown, Ignores or Locked",
        };

    /// <summary>Does it.</summary>
    public static ControlOutcome Do(Transaction transaction, VirtualMachine machine, string action, string? argument) =>
        action.ToUpperInvariant() switch
        {
            "START" or "RESUME" => Outcome(PowerControl.Request(transaction, machine, 2)),
            "TURNOFF" => Outcome(PowerControl.Request(transaction, machine, 3)),
            "SAVE" => Outcome(PowerControl.Request(transaction, machine, 6)),
            "PAUSE" => Outcome(PowerControl.Request(transaction, machine, 9)),
            "RESET" => Outcome(PowerControl.Request(transaction, machine, 11)),
            "SHUTDOWN" => Outcome(PowerControl.Shutdown(transaction, machine, force: false)),
            "GUESTPOWEROFF" => PowerOff(transaction, machine),
            "TAKECHECKPOINT" => Take(transaction, machine, UserKind(machine), argument),
            "TAKERECOVERYCHECKPOINT" => Take(transaction, machine, SimulatedCheckpointKind.Recovery, argument),
            "REMOVECHECKPOINT" => Remove(transaction, machine, argument),
            "DELETE" => Delete(transaction, machine),
            "GUEST" => Guest(transaction, machine, argument),
            _ => ControlOutcome.Refused($"Unknown action '{action}'; known: {string.Join(", ", Help.Keys)}."),
        };

    private static SimulatedCheckpointKind UserKind(VirtualMachine machine) =>
        machine.Configuration.System.Number("UserSnapshotType") == (int)SimulatedCheckpointType.Standard
            ? SimulatedCheckpointKind.Standard
            : SimulatedCheckpointKind.Production;

    private static ControlOutcome Take(
        Transaction transaction,
        VirtualMachine machine,
        SimulatedCheckpointKind kind,
        string? name
    ) => Outcome(SnapshotMethods.Take(transaction, machine, kind, full: true, name, neverJob: true));

    private static ControlOutcome Remove(Transaction transaction, VirtualMachine machine, string? name)
    {
        var ids = machine
            .Snapshots.Where(s => name is null || s.Configuration.System.Text("ElementName") == name)
            .Select(s => s.Id)
            .ToList();
        return ids.Count == 0
            ? ControlOutcome.Refused($"'{machine.Name}' has no checkpoint '{name}'.")
            : Outcome(SnapshotMethods.Destroy(transaction, machine, [.. ids], neverJob: true));
    }

    private static ControlOutcome PowerOff(Transaction transaction, VirtualMachine machine)
    {
        if (machine.State is not PowerStates.Running || !machine.GuestUp)
        {
            return ControlOutcome.Refused($"The guest of '{machine.Name}' is not up.");
        }

        PowerControl.GuestPowersOff(transaction, machine);
        return ControlOutcome.Accepted();
    }

    private static ControlOutcome Delete(Transaction transaction, VirtualMachine machine)
    {
        if (
            machine.State is not (PowerStates.Off or PowerStates.Saved)
            || transaction.PendingJob(machine.Id) is not null
        )
        {
            return ControlOutcome.Refused($"'{machine.Name}' is {PowerStates.Name(machine.State)} or busy.");
        }

        transaction.State = transaction.State with { Machines = transaction.State.Machines.Remove(machine.Id) };
        return ControlOutcome.Accepted();
    }

    private static ControlOutcome Guest(Transaction transaction, VirtualMachine machine, string? behaviour)
    {
        if (
            !Enum.TryParse<SimulatedShutdownBehaviour>(behaviour, ignoreCase: true, out var shutdown)
            || !Enum.IsDefined(shutdown)
        )
        {
            return ControlOutcome.Refused(
                $"'{behaviour}' is none of {string.Join(", ", Enum.GetNames<SimulatedShutdownBehaviour>())}."
            );
        }

        transaction.Put(machine with { Guest = machine.Guest with { Shutdown = shutdown } });
        return ControlOutcome.Accepted();
    }

    private static ControlOutcome Outcome(Answer answer) =>
        answer.IsAccepted
            ? ControlOutcome.Accepted(answer.Results.Count > 0 ? answer.Results[0].ToString() : null)
            : ControlOutcome.Refused(answer.Why);
}
