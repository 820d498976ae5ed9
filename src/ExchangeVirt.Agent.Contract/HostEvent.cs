using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Agent.Contract;

/// <summary>Something that an agent's stream says: a closed family.</summary>
public abstract record HostEvent
{
    private protected HostEvent() { }

    /// <summary>Gets the position to resume at once this event was taken in; null where it moves none.</summary>
    public ResumeToken? Token { get; init; }
}

/// <summary>The first event of every stream.</summary>
/// <param name="Agent">Who streams.</param>
/// <param name="Resumed">Whether the token was known; if not, <see cref="HostSnapshot"/> or <see cref="HostUnavailable"/> follows.</param>
/// <param name="Newest">With <paramref name="Resumed"/>: what was missed follows at once, up to this sequence; before that, what was known does not hold.</param>
public sealed record WatchOpened(AgentDescription Agent, bool Resumed, ulong Newest = 0) : HostEvent;

/// <summary>The whole host: replaces all that was known. Given only when its end marker arrived.</summary>
/// <param name="Host">The host.</param>
public sealed record HostSnapshot(ObservedHost Host) : HostEvent;

/// <summary>The host's own facts, its operations or its pause changed.</summary>
/// <param name="Facts">The facts; its list of VMs is empty and says nothing. See <see cref="HostEvents.Apply"/>.</param>
public sealed record HostFactsChanged(ObservedHost Facts) : HostEvent;

/// <summary>A VM is new or changed.</summary>
/// <param name="VirtualMachine">As it is now.</param>
public sealed record VirtualMachineChanged(ObservedVirtualMachine VirtualMachine) : HostEvent;

/// <summary>A VM is not on the host any more.</summary>
/// <param name="Id">Its GUID.</param>
public sealed record VirtualMachineRemoved(Guid Id) : HostEvent;

/// <summary>The agent began an action.</summary>
/// <param name="Operation">What it does.</param>
public sealed record OperationBegan(OperationInFlight Operation) : HostEvent;

/// <summary>An action ended: one of <paramref name="Done"/> and <paramref name="Fault"/> is set.</summary>
/// <param name="OperationId">The id that the operator gave it.</param>
/// <param name="VirtualMachineId">The VM; null where its creation failed.</param>
/// <param name="Action">The action's name.</param>
/// <param name="Done">What it did.</param>
/// <param name="Fault">Why it failed.</param>
public sealed record OperationEnded(
    string OperationId,
    Guid? VirtualMachineId,
    string Action,
    ActionDone? Done,
    AgentFault? Fault
) : HostEvent;

/// <summary>The host's management service cannot be read: nothing is known, which is not «no VMs». A snapshot follows its return.</summary>
/// <param name="Fault">Why.</param>
public sealed record HostUnavailable(AgentFault Fault) : HostEvent;

/// <summary>The agent lives, and what was said still holds.</summary>
/// <param name="At">The host's clock.</param>
public sealed record HostHeartbeat(DateTimeOffset At) : HostEvent;

/// <summary>Folds an event stream into the latest view of a host.</summary>
public static class HostEvents
{
    /// <summary>Gives the host as known after an event.</summary>
    /// <param name="known">The host as known before; null: nothing is known.</param>
    /// <param name="next">The event.</param>
    /// <returns>Null while nothing is known: before the first snapshot and while the host is unavailable.</returns>
    public static ObservedHost? Apply(ObservedHost? known, HostEvent next) =>
        next switch
        {
            HostSnapshot snapshot => snapshot.Host,
            HostUnavailable => null,
            HostFactsChanged changed when known is not null => changed.Facts with
            {
                VirtualMachines = known.VirtualMachines,
            },
            VirtualMachineChanged changed when known is not null => known with
            {
                VirtualMachines =
                [
                    .. known.VirtualMachines.Where(machine => machine.Id != changed.VirtualMachine.Id),
                    changed.VirtualMachine,
                ],
            },
            VirtualMachineRemoved removed when known is not null => known with
            {
                VirtualMachines = [.. known.VirtualMachines.Where(machine => machine.Id != removed.Id)],
            },
            OperationBegan began when known is not null => known with
            {
                Operations = [.. Without(known, began.Operation.OperationId), began.Operation],
            },
            OperationEnded ended when known is not null => known with
            {
                Operations = [.. Without(known, ended.OperationId)],
            },
            _ => known,
        };

    private static IEnumerable<OperationInFlight> Without(ObservedHost known, string operationId) =>
        known.Operations.Where(operation =>
            !string.Equals(operation.OperationId, operationId, StringComparison.Ordinal)
        );
}
