using ExchangeVirt.Domain.Planning;
using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Operator.Reporting;

/// <summary>Keeps the operations that must outlive a crash in the VM's status, and reads them back.</summary>
public static class RestartOperations
{
    /// <summary>The name of a shutdown with everything that follows it.</summary>
    public const string RestartName = "Restart";

    /// <summary>The name of the time between a VM's creation and its first start.</summary>
    public const string CreateName = "Create";

    private const string Running = "Running";

    /// <summary>Reads a restart from a status.</summary>
    /// <returns>Null where none is under way.</returns>
    public static RestartOperation? From(OperationStatus? status) =>
        status is { Name: RestartName, Id: { } id, StartedAt: { } startedAt }
            ? new RestartOperation(
                id,
                startedAt,
                status.ShutdownAskedAt,
                status.PowerStateAfter == Running,
                status.OffSeenAt,
                status.StartAskedAt
            )
            : null;

    /// <summary>Writes a restart for a status.</summary>
    public static OperationStatus ToStatus(RestartOperation restart, string? reason) =>
        new()
        {
            Name = RestartName,
            Id = restart.Id,
            Stage = Stage(restart),
            StartedAt = restart.StartedAt,
            ShutdownAskedAt = restart.ShutdownAskedAt,
            OffSeenAt = restart.OffSeenAt,
            StartAskedAt = restart.StartAskedAt,
            PowerStateAfter = restart.ReturnToRunning ? Running : "Off",
            Reason = reason,
        };

    private static string Stage(RestartOperation restart) =>
        restart switch
        {
            { ShutdownAskedAt: null } => "Begun",
            { OffSeenAt: null } => "ShuttingDown",
            { StartAskedAt: null } => "Off",
            _ => "Starting",
        };
}
