using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Reading;

namespace ExchangeVirt.HyperV.Actions;

/// <summary>Changes what stands in a VM's own settings: the whole instance is read, changed and written back.</summary>
internal sealed class SystemSettingsActions(ActionContext context)
{
    public const string SnapshotType = "UserSnapshotType";
    public const string AutomaticSnapshots = "AutomaticSnapshotsEnabled";
    public const string Notes = "Notes";
    public const ushort SnapshotsDisabled = 2;

    public Task<ActionResult> MarkOwnerAsync(
        VirtualMachineReading vm,
        OwnerMark owner,
        CancellationToken cancellationToken
    ) =>
        ModifyAsync(
            vm,
            $"Marking {vm.Label} as {owner.Object}'s",
            reading => reading.Observed.Owner == owner,
            settings =>
                settings.With(
                    Notes,
                    CimValue.TextArray(
                        OwnerNotes.Write(settings.Texts(Notes), owner, OwnerNotes.IsBeingCreated(settings.Texts(Notes)))
                    )
                ),
            cancellationToken
        );

    public Task<ActionResult> DisableCheckpointsAsync(VirtualMachineReading vm, CancellationToken cancellationToken) =>
        ModifyAsync(
            vm,
            $"Disabling checkpoints of {vm.Label}",
            static reading => reading.Observed.CheckpointType is CheckpointType.Disabled,
            static settings => settings.With(SnapshotType, CimValue.UInt16(SnapshotsDisabled)),
            cancellationToken
        );

    // Before Windows Server 1709 there are no automatic checkpoints and no such property.
    public Task<ActionResult> DisableAutomaticCheckpointsAsync(
        VirtualMachineReading vm,
        CancellationToken cancellationToken
    ) =>
        ModifyAsync(
            vm,
            $"Disabling automatic checkpoints of {vm.Label}",
            static reading => reading.Observed.AutomaticCheckpoints is null or false,
            static settings => settings.With(AutomaticSnapshots, CimValue.Of(false)),
            cancellationToken
        );

    public Task<ActionResult> SetStopActionAsync(
        VirtualMachineReading vm,
        AutomaticStopAction action,
        CancellationToken cancellationToken
    )
    {
        if (action is AutomaticStopAction.Save)
        {
            throw new HyperVException(
                FaultKind.Forbidden,
                HyperVReasons.SaveForbidden,
                $"A saved state is never supported for Exchange, so the stop action Save is not set on {vm.Label}."
            );
        }

        return ModifyAsync(
            vm,
            $"Setting the automatic stop action of {vm.Label} to {action}",
            reading => reading.Observed.AutomaticStopAction == action,
            settings => settings.With("AutomaticShutdownAction", CimValue.UInt16(StopValue(action))),
            cancellationToken
        );
    }

    public Task<ActionResult> SetStartActionAsync(
        VirtualMachineReading vm,
        SetAutomaticStartAction start,
        CancellationToken cancellationToken
    )
    {
        Guards.RequireNotClustered(vm, "changing its automatic start action");
        return ModifyAsync(
            vm,
            $"Setting the automatic start action of {vm.Label} to {start.Action}",
            reading =>
                reading.Observed.AutomaticStartAction == start.Action
                && (start.Delay is null || reading.Observed.AutomaticStartDelay == start.Delay),
            settings => WithStart(settings, start.Action, start.Delay),
            cancellationToken
        );
    }

    public Task<ActionResult> SetRecoveryActionAsync(
        VirtualMachineReading vm,
        AutomaticRecoveryAction action,
        CancellationToken cancellationToken
    )
    {
        if (action is AutomaticRecoveryAction.Revert)
        {
            throw new HyperVException(
                FaultKind.Forbidden,
                HyperVReasons.RevertForbidden,
                $"Reverting to a checkpoint is never supported for Exchange, so the recovery action Revert is not set on {vm.Label}."
            );
        }

        return ModifyAsync(
            vm,
            $"Setting the automatic recovery action of {vm.Label} to {action}",
            reading => reading.Observed.AutomaticRecoveryAction == action,
            settings => settings.With("AutomaticRecoveryAction", CimValue.UInt16(RecoveryValue(action))),
            cancellationToken
        );
    }

    /// <summary>Writes changed settings, unless they already are as wanted, and waits until they show.</summary>
    public async Task<ActionResult> ModifyAsync(
        VirtualMachineReading vm,
        string what,
        Func<VirtualMachineReading, bool> asWanted,
        Func<CimObject, CimObject> change,
        CancellationToken cancellationToken
    )
    {
        if (asWanted(vm))
        {
            return new ActionResult(vm.Id, false);
        }

        var outcome = await context.InvokeAsync(
            what,
            "ModifySystemSettings",
            cancellationToken,
            ("SystemSettings", context.Embedded(change(vm.Settings)))
        );
        await context.VerifyAsync(vm.Id, what, outcome, asWanted, cancellationToken);
        return new ActionResult(vm.Id, true, outcome.Warning);
    }

    public static CimObject WithStart(CimObject settings, AutomaticStartAction action, TimeSpan? delay)
    {
        var changed = settings.With("AutomaticStartupAction", CimValue.UInt16(StartValue(action)));
        return delay is { } time ? changed.With("AutomaticStartupActionDelay", CimValue.Interval(time)) : changed;
    }

    public static ushort StopValue(AutomaticStopAction action) =>
        action switch
        {
            AutomaticStopAction.TurnOff => 2,
            AutomaticStopAction.ShutDown => 4,
            _ => throw new ArgumentOutOfRangeException(nameof(action), action, "Not a stop action that is ever set."),
        };

    public static ushort RecoveryValue(AutomaticRecoveryAction action) =>
        action switch
        {
            AutomaticRecoveryAction.None => 2,
            AutomaticRecoveryAction.Restart => 3,
            _ => throw new ArgumentOutOfRangeException(
                nameof(action),
                action,
                "Not a recovery action that is ever set."
            ),
        };

    private static ushort StartValue(AutomaticStartAction action) =>
        action switch
        {
            AutomaticStartAction.Nothing => 2,
            AutomaticStartAction.StartIfRunning => 3,
            AutomaticStartAction.Start => 4,
            _ => throw new ArgumentOutOfRangeException(nameof(action), action, "Not a start action."),
        };
}
