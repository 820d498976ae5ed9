using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;

namespace ExchangeVirt.Agent.Contract;

/// <summary>One action asked of an agent.</summary>
public sealed record ApplyRequest
{
    /// <summary>Gets the id of this attempt; only transport retries reuse it. At most 128 characters.</summary>
    public required string OperationId { get; init; }

    /// <summary>Gets the declared object that the VM is bound to.</summary>
    public required ObjectKey Binding { get; init; }

    /// <summary>Gets the VM; null for <see cref="CreateVirtualMachine"/> alone.</summary>
    public Guid? VirtualMachineId { get; init; }

    /// <summary>Gets the fingerprint that the action was planned from; null for <see cref="CreateVirtualMachine"/> alone.</summary>
    public string? ExpectedFingerprint { get; init; }

    /// <summary>Gets what to do.</summary>
    public required VirtualMachineAction Action { get; init; }

    /// <summary>Gets how long the agent waits for the host; after that the outcome is unknown.</summary>
    public required TimeSpan Timeout { get; init; }
}

/// <summary>What became of an action that was not refused.</summary>
public abstract record ApplyOutcome
{
    private protected ApplyOutcome() { }
}

/// <summary>The action is done.</summary>
/// <param name="VirtualMachineId">The VM it was done to, or that it made.</param>
/// <param name="Changed">False where the VM already was as asked.</param>
/// <param name="Warning">What the host warned of; null where nothing.</param>
public sealed record ActionDone(Guid VirtualMachineId, bool Changed, string? Warning = null) : ApplyOutcome;

/// <summary>The action goes on; <see cref="OperationEnded"/> tells its end, and observations list it until then.</summary>
/// <param name="Operation">The operation.</param>
public sealed record ActionAccepted(OperationInFlight Operation) : ApplyOutcome;
