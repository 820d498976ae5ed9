using ExchangeVirt.Domain.Model;
using ExchangeVirt.HyperV.Calls;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Reading;

namespace ExchangeVirt.HyperV.Actions;

/// <summary>
/// Starts a VM that is off, asks a guest to shut down, drops a saved state, unregisters. Of all states that Hyper-V can be asked for,
/// two are ever asked: 2 from off, and 3 from saved, where it drops the state file and cuts nothing off.
/// </summary>
internal sealed class PowerActions(ActionContext context)
{
    private const ushort RequestRunning = 2;
    private const ushort RequestOff = 3;
    private const uint NotReady = 32780;
    private const uint GuestLocked = 32781;
    private const uint ShutdownInProgress = 32782;

    public async Task<ActionResult> StartAsync(VirtualMachineReading vm, CancellationToken cancellationToken)
    {
        if (vm.Observed.PowerState is PowerState.Running or PowerState.Starting)
        {
            return new ActionResult(vm.Id, false);
        }

        if (vm.Observed.PowerState is not PowerState.Off)
        {
            throw Guards.WrongState(vm, "starting", "Off");
        }

        if (vm.Observed.HasSavedState is true)
        {
            throw new HyperVException(
                FaultKind.Forbidden,
                HyperVReasons.SavedStatePresent,
                $"The configuration of {vm.Label} names a saved state; starting would resume it, which is never done."
            );
        }

        if (vm.Observed.CreationIncomplete)
        {
            throw new HyperVException(
                FaultKind.FailedPrecondition,
                HyperVReasons.CreationIncomplete,
                $"The creation of {vm.Label} was begun and not ended; it is started once the creation has been completed."
            );
        }

        Guards.RequireNotClustered(vm, "starting it");
        var what = $"Starting {vm.Label}";
        await RequireStillAsync(vm, [Wmi.Off], "starting", cancellationToken);
        var outcome = await RequestStateAsync(what, vm, RequestRunning, cancellationToken);
        await context.VerifyAsync(
            vm.Id,
            what,
            outcome,
            static reading => reading.Observed.PowerState is PowerState.Running or PowerState.Starting,
            cancellationToken
        );
        return new ActionResult(vm.Id, true, outcome.Warning);
    }

    public async Task<ActionResult> DiscardSavedStateAsync(
        VirtualMachineReading vm,
        CancellationToken cancellationToken
    )
    {
        if (vm.Observed.PowerState is PowerState.Off && vm.Observed.HasSavedState is not true)
        {
            return new ActionResult(vm.Id, false);
        }

        if (vm.Observed.PowerState is not (PowerState.Saved or PowerState.FastSaved))
        {
            throw Guards.WrongState(vm, "discarding a saved state", "Saved");
        }

        Guards.RequireNotClustered(vm, "discarding its saved state");
        var what = $"Discarding the saved state of {vm.Label}";

        // The same request cuts the power of a running VM, so the state is read once more, right before.
        await RequireStillAsync(vm, [Wmi.Saved, Wmi.FastSaved], "discarding a saved state", cancellationToken);
        var outcome = await RequestStateAsync(what, vm, RequestOff, cancellationToken);
        await context.VerifyAsync(
            vm.Id,
            what,
            outcome,
            static reading => reading.Observed is { PowerState: PowerState.Off, HasSavedState: not true },
            cancellationToken
        );
        return new ActionResult(vm.Id, true, outcome.Warning);
    }

    public async Task<ActionResult> ShutDownGuestAsync(
        VirtualMachineReading vm,
        string reason,
        CancellationToken cancellationToken
    )
    {
        if (vm.Observed.PowerState is PowerState.Off or PowerState.Stopping)
        {
            return new ActionResult(vm.Id, false);
        }

        if (vm.Observed.PowerState is not PowerState.Running)
        {
            throw Guards.WrongState(vm, "asking the guest to shut down", "Running");
        }

        var what = $"Asking the guest of {vm.Label} to shut down";
        var components = await context.Calls.QueryAsync(
            $"SELECT * FROM Msvm_ShutdownComponent WHERE SystemName='{WmiIdentity.SystemName(vm.Id)}'",
            cancellationToken
        );
        if (components is not [var component, ..])
        {
            throw NotReadyYet(what, "its shutdown integration service is not there", null);
        }

        var result = await InitiateAsync(what, component.Path, reason, cancellationToken);
        return result.ReturnValue switch
        {
            ReturnCodes.Done or ReturnCodes.JobStarted => new ActionResult(vm.Id, true),
            NotReady => throw NotReadyYet(what, "the guest is not ready for it", NotReady),
            GuestLocked => throw new HyperVException(
                FaultKind.FailedPrecondition,
                HyperVReasons.GuestLocked,
                $"{what}: someone is logged on to the guest with a locked session, and it would shut down only by force, which is "
                    + "never used. Log that session off.",
                GuestLocked
            ),
            ShutdownInProgress => throw new HyperVException(
                FaultKind.Busy,
                HyperVReasons.ShutdownInProgress,
                $"{what}: the guest is already shutting down.",
                ShutdownInProgress
            ),
            var code => throw ReturnCodes.Refused(what, code),
        };
    }

    public async Task<ActionResult> UnregisterAsync(VirtualMachineReading vm, CancellationToken cancellationToken)
    {
        if (vm.Observed.PowerState is not PowerState.Off || vm.Observed.HasSavedState is true)
        {
            throw Guards.WrongState(vm, "unregistering", "Off and without a saved state");
        }

        if (vm.Observed.Checkpoints is not { Count: 0 })
        {
            throw new HyperVException(
                FaultKind.FailedPrecondition,
                HyperVReasons.CheckpointsPresent,
                $"{vm.Label} has checkpoints; unregistering it would lose how its disk files belong together. Merge them first."
            );
        }

        Guards.RequireNotClustered(vm, "unregistering it");
        var what = $"Unregistering {vm.Label}";
        await RequireStillAsync(vm, [Wmi.Off], "unregistering", cancellationToken);
        var outcome = await context.InvokeAsync(
            what,
            "DestroySystem",
            cancellationToken,
            ("AffectedSystem", CimValue.Reference(vm.System.Path))
        );
        var gone = await context.UntilAsync(
            async () => await context.ReadAsync(vm.Id, cancellationToken) is null,
            cancellationToken
        );
        return gone ? new ActionResult(vm.Id, true, outcome.Warning) : throw context.NotShown(what, outcome);
    }

    private async Task RequireStillAsync(
        VirtualMachineReading vm,
        long[] states,
        string action,
        CancellationToken cancellationToken
    )
    {
        CimObject now;
        try
        {
            now = await context.Calls.Session.GetAsync(vm.System.Path, cancellationToken);
        }
        catch (CimException failure)
        {
            throw CimFaults.OfRead(failure, $"Reading the state of {vm.Label}");
        }

        if (now.Number("EnabledState") is not { } state || !states.Contains(state))
        {
            throw new HyperVException(
                FaultKind.FailedPrecondition,
                HyperVReasons.WrongPowerState,
                $"{vm.Label} became {PowerStates.From(now.Number("EnabledState"))} in between; {action} is not done."
            );
        }
    }

    private Task<CallOutcome> RequestStateAsync(
        string what,
        VirtualMachineReading vm,
        ushort state,
        CancellationToken cancellationToken
    ) =>
        context.Calls.InvokeAsync(
            what,
            vm.System.Path,
            "RequestStateChange",
            new Dictionary<string, CimValue>(StringComparer.Ordinal) { ["RequestedState"] = CimValue.UInt16(state) },
            cancellationToken
        );

    private async Task<CimMethodResult> InitiateAsync(
        string what,
        CimPath component,
        string reason,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await context.Calls.Session.InvokeAsync(
                component,
                "InitiateShutdown",
                new Dictionary<string, CimValue>(StringComparer.Ordinal)
                {
                    ["Force"] = CimValue.Of(false),
                    ["Reason"] = CimValue.Text(reason),
                },
                cancellationToken
            );
        }
        catch (CimException failure)
            when (failure.Error is CimError.NotFound or CimError.MethodNotAvailable or CimError.Failed)
        {
            // A guest that is still booting answers so. Source: hyperv-wmi §10, 4.
            throw NotReadyYet(what, failure.Message, null);
        }
        catch (CimException failure)
        {
            throw CimFaults.OfCall(failure, what);
        }
    }

    private static HyperVException NotReadyYet(string what, string why, long? code) =>
        new(
            FaultKind.Busy,
            HyperVReasons.GuestNotReady,
            $"{what}: {why}. It may still be booting; it is asked again later, and never turned off instead.",
            code
        );
}
