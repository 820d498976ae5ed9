using ExchangeVirt.Domain.Planning;
using ExchangeVirt.HyperV.Reading;

namespace ExchangeVirt.HyperV.Actions;

/// <summary>
/// Carries out one action: reads the VM afresh, refuses what must not be done whoever asks, does nothing where all is as asked, and
/// proves the effect by reading again.
/// </summary>
internal sealed class ActionRunner
{
    private readonly ActionContext _context;
    private readonly SystemSettingsActions _system;
    private readonly HardwareActions _hardware;
    private readonly PowerActions _power;
    private readonly CheckpointActions _checkpoints;
    private readonly DiskActions _disks;
    private readonly NetworkActions _network;
    private readonly CreateAction _create;

    public ActionRunner(ActionContext context)
    {
        _context = context;
        _system = new SystemSettingsActions(context);
        _hardware = new HardwareActions(context);
        _power = new PowerActions(context);
        _checkpoints = new CheckpointActions(context);
        _disks = new DiskActions(context);
        _network = new NetworkActions(context);
        _create = new CreateAction(context, _system, _hardware, _disks, _network);
    }

    public async Task<ActionResult> ApplyAsync(
        Guid? id,
        VirtualMachineAction action,
        string? expectedFingerprint,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(action);
        var installation = Guards.Installation(_context.Calls.Options);
        if (action is CreateVirtualMachine create)
        {
            Guards.RequireInstallation(create.Blueprint.Owner, installation);
            return await _create.RunAsync(create.Blueprint, cancellationToken);
        }

        if (id is not { } vm || expectedFingerprint is null)
        {
            throw new HyperVException(
                FaultKind.InvalidArgument,
                HyperVReasons.InvalidParameter,
                $"{action.Name} needs the virtual machine's id and the fingerprint that it was planned from."
            );
        }

        var reading = await _context.ReadExistingAsync(vm, cancellationToken);
        Guards.RequireBound(reading, action, installation);
        Guards.RequireNotReplica(reading);
        Guards.RequireFingerprint(reading, expectedFingerprint);
        Guards.RequireNotBusy(reading);
        try
        {
            return await RunAsync(reading, action, cancellationToken);
        }
        catch (HyperVException refusal) when (refusal.Reason == HyperVReasons.InvalidState)
        {
            // The same code says «not in this state» and «a job is pending»; which of them, the VM tells.
            if (await _context.ReadAsync(vm, cancellationToken) is { } now)
            {
                Guards.RequireNotBusy(now, refusal);
            }

            throw;
        }
    }

    private Task<ActionResult> RunAsync(
        VirtualMachineReading vm,
        VirtualMachineAction action,
        CancellationToken cancellationToken
    ) =>
        action switch
        {
            MarkOwner mark => _system.MarkOwnerAsync(vm, mark.Owner, cancellationToken),
            DisableCheckpoints => _system.DisableCheckpointsAsync(vm, cancellationToken),
            DisableAutomaticCheckpoints => _system.DisableAutomaticCheckpointsAsync(vm, cancellationToken),
            SetAutomaticStopAction stop => _system.SetStopActionAsync(vm, stop.Action, cancellationToken),
            SetAutomaticStartAction start => _system.SetStartActionAsync(vm, start, cancellationToken),
            SetAutomaticRecoveryAction recovery => _system.SetRecoveryActionAsync(
                vm,
                recovery.Action,
                cancellationToken
            ),
            SetProcessorCount processors => _hardware.SetProcessorCountAsync(vm, processors.Count, cancellationToken),
            SetFixedMemory memory => _hardware.SetFixedMemoryAsync(vm, memory.Size, cancellationToken),
            MergeCheckpoint merge => _checkpoints.MergeAsync(vm, merge, cancellationToken),
            DiscardSavedState => _power.DiscardSavedStateAsync(vm, cancellationToken),
            ShutDownGuest shutDown => _power.ShutDownGuestAsync(vm, shutDown.Reason, cancellationToken),
            StartVirtualMachine => _power.StartAsync(vm, cancellationToken),
            AttachDisk attach => _disks.AttachAsync(vm, attach.Disk, cancellationToken),
            AddNetworkAdapter add => _network.AddAsync(vm, add.Adapter, cancellationToken),
            ConnectNetworkAdapter connect => _network.ConnectAsync(
                vm,
                connect.AdapterId,
                connect.Adapter,
                cancellationToken
            ),
            UnregisterVirtualMachine => _power.UnregisterAsync(vm, cancellationToken),
            _ => throw new HyperVException(
                FaultKind.InvalidArgument,
                HyperVReasons.UnknownAction,
                $"This agent does not know the action {action.Name}; it may be older than the operator."
            ),
        };
}
