using ExchangeVirt.HyperV.Simulator.Engine;
using ExchangeVirt.HyperV.Simulator.Model;

namespace ExchangeVirt.HyperV.Simulator.Methods;

/// <summary>Migrates VMs to the hosts that the description names.</summary>
internal static class MigrationMethods
{
    /// <summary>Migrates a VM: always a job; when it is done the VM is no longer here.</summary>
    public static Reply Migrate(MethodCall call) => Start(call, new RemoveMachine(), "MigrateVirtualSystemToHost");

    /// <summary>Checks by a job that fails where a migration would.</summary>
    public static Reply Check(MethodCall call) => Start(call, new Nothing(), "CheckVirtualSystemIsMigratable");

    /// <summary>Checks at once.</summary>
    public static Reply CheckToHost(MethodCall call) =>
        call.MachineOf(call.Reference("ComputerSystem")) is { } machine
            ? Reply.Of(Answer.Done, "IsMigratable", Obstacle(call, machine) is null)
            : Reply.Invalid("ComputerSystem is no virtual machine of this host.");

    private static Reply Start(MethodCall call, Effect effect, string method)
    {
        var t = call.Transaction;
        if (call.MachineOf(call.Reference("ComputerSystem")) is not { } machine)
        {
            return Reply.Invalid("ComputerSystem is no virtual machine of this host.");
        }

        if (call.Text("MigrationSettingData").Length > 0)
        {
            call.Embedded("MigrationSettingData", "Msvm_VirtualSystemMigrationSettingData");
        }

        if (t.PendingJob(machine.Id) is not null)
        {
            return Reply.Refused(ReturnCodes.InvalidState, $"'{machine.Name}' is busy.");
        }

        return Reply.Of(
            JobRunner.Start(
                t,
                new JobOrder(JobTypes.Unknown, machine, t.Timings.MigrationSeconds, effect)
                {
                    ClassName = "Msvm_MigrationJob",
                    AlwaysJob = true,
                    Method = method,
                    Failure = Obstacle(call, machine),
                }
            )
        );
    }

    private static JobError? Obstacle(MethodCall call, VirtualMachine machine)
    {
        var description = call.Transaction.Description;
        var destination = call.Text("DestinationHost");
        if (!description.LiveMigrationEnabled)
        {
            return new JobError(ReturnCodes.NotSupported, "Live migration is not enabled on this host.");
        }

        if (!description.MigrationDestinations.Contains(destination, StringComparer.OrdinalIgnoreCase))
        {
            return new JobError(
                ReturnCodes.Failed,
                $"The migration failed: the host '{destination}' cannot be reached."
            );
        }

        return PowerStates.IsPersistent(machine.State) && machine.Snapshots.IsEmpty
            ? null
            : new JobError(ReturnCodes.InvalidState, $"'{machine.Name}' cannot be migrated as it is now.");
    }
}
