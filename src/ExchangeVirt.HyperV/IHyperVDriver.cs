using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;

namespace ExchangeVirt.HyperV;

/// <summary>What can be seen and done on one host.</summary>
public interface IHyperVDriver
{
    /// <summary>Reads the host and all its VMs in a number of CIM calls that does not depend on how many VMs there are.</summary>
    /// <exception cref="HyperVException">
    /// With <see cref="FaultKind.Unavailable"/> where the management service was not seen in the same pass: a host that
    /// cannot be read is unavailable, never empty.
    /// </exception>
    Task<ObservedHost> ReadHostAsync(CancellationToken cancellationToken);

    /// <summary>Reads one VM afresh.</summary>
    /// <returns>Null where the host answers and does not have it.</returns>
    Task<ObservedVirtualMachine?> ReadVirtualMachineAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Carries one action out and waits until Hyper-V's job has ended (a guest's shutdown only until it is accepted).</summary>
    /// <param name="id">The VM; null for <see cref="CreateVirtualMachine"/>.</param>
    /// <param name="action">What to do.</param>
    /// <param name="expectedFingerprint">The fingerprint that the action was planned from; null for creation.</param>
    /// <param name="cancellationToken">Ends the wait; a job once begun goes on.</param>
    /// <exception cref="HyperVException">The host refused, or the facts changed.</exception>
    Task<ActionResult> ApplyAsync(
        Guid? id,
        VirtualMachineAction action,
        string? expectedFingerprint,
        CancellationToken cancellationToken
    );

    /// <summary>Streams which VM changed; ends with an exception when the host's event service goes away.</summary>
    /// <remarks>Hints: what they name is read again.</remarks>
    IAsyncEnumerable<HostChange> WatchAsync(CancellationToken cancellationToken);
}

/// <summary>What an action did.</summary>
/// <param name="VirtualMachineId">The VM it was done to, or that it made.</param>
/// <param name="Changed">False where the VM already was as asked.</param>
/// <param name="Warning">What the host warned of; null where nothing.</param>
public sealed record ActionResult(Guid VirtualMachineId, bool Changed, string? Warning = null);

/// <summary>Something changed on the host.</summary>
/// <param name="VirtualMachineId">The VM; null: it cannot be told, read everything (events were lost, or the service restarted).</param>
/// <param name="Removed">Whether the VM is gone.</param>
public sealed record HostChange(Guid? VirtualMachineId, bool Removed = false);

/// <summary>Why a host refused, by what the operator does next.</summary>
public enum FaultKind
{
    /// <summary>The facts changed since the action was planned, or the VM is in the wrong state: look again, plan afresh.</summary>
    FailedPrecondition,

    /// <summary>The VM is busy with a job, backup or move: wait.</summary>
    Busy,

    /// <summary>The host's management service does not answer, or refuses access: nothing is known.</summary>
    Unavailable,

    /// <summary>The request itself is wrong.</summary>
    InvalidArgument,

    /// <summary>What it names is not there (a VM, a switch, a file).</summary>
    NotFound,

    /// <summary>This product never does that (resume a saved state, touch another's checkpoint, an unbound VM).</summary>
    Forbidden,

    /// <summary>Hyper-V tried and failed; its text says why.</summary>
    Failed,

    /// <summary>Begun and not seen to end: observe before anything else.</summary>
    OutcomeUnknown,
}

/// <summary>A host refused or failed.</summary>
public sealed class HyperVException : Exception
{
    /// <summary>Makes the failure.</summary>
    /// <param name="kind">What the operator does next.</param>
    /// <param name="reason">A stable CamelCase word, documented in docs/errors.md.</param>
    /// <param name="message">What was tried, on what, what came back, and what to do.</param>
    /// <param name="returnCode">Hyper-V's return value or job error code, where there was one.</param>
    /// <param name="innerException">The CIM failure below it.</param>
    public HyperVException(
        FaultKind kind,
        string reason,
        string message,
        long? returnCode = null,
        Exception? innerException = null
    )
        : base(message, innerException)
    {
        Kind = kind;
        Reason = reason;
        ReturnCode = returnCode;
    }

    /// <summary>Gets what the operator does next.</summary>
    public FaultKind Kind { get; }

    /// <summary>Gets the stable CamelCase word.</summary>
    public string Reason { get; }

    /// <summary>Gets Hyper-V's code.</summary>
    public long? ReturnCode { get; }
}
