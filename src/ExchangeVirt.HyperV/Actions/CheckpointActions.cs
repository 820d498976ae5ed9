using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Reading;

namespace ExchangeVirt.HyperV.Actions;

/// <summary>Removes a user's checkpoint, which merges its files downwards; nothing is ever applied or reverted.</summary>
internal sealed class CheckpointActions(ActionContext context)
{
    public async Task<ActionResult> MergeAsync(
        VirtualMachineReading vm,
        MergeCheckpoint action,
        CancellationToken cancellationToken
    )
    {
        var present = vm.Observed.Checkpoints ?? [];
        if (present.FirstOrDefault(item => Is(item, action.CheckpointId)) is not { } checkpoint)
        {
            return new ActionResult(vm.Id, false);
        }

        if (checkpoint.Kind is not CheckpointKind.User)
        {
            throw new HyperVException(
                FaultKind.Forbidden,
                HyperVReasons.ForeignCheckpoint,
                $"The checkpoint \"{checkpoint.Name}\" of {vm.Label} is {Kind(checkpoint.Kind)}; only its maker removes it."
            );
        }

        if (present.FirstOrDefault(static item => item.Kind is not CheckpointKind.User) is { } foreign)
        {
            throw new HyperVException(
                foreign.Kind is CheckpointKind.Recovery ? FaultKind.Busy : FaultKind.Forbidden,
                HyperVReasons.ForeignCheckpointPresent,
                $"{vm.Label} has a checkpoint, \"{foreign.Name}\", that is {Kind(foreign.Kind)}; nothing is merged while it is there."
            );
        }

        var what = $"Merging the checkpoint \"{checkpoint.Name}\" of {vm.Label}";
        var settings = vm.Checkpoints.First(item =>
            item.Text("InstanceID")?.Equals(checkpoint.Id, StringComparison.OrdinalIgnoreCase) == true
        );
        var service = await context.Calls.ServiceAsync("Msvm_VirtualSystemSnapshotService", cancellationToken);
        var outcome = await context.Calls.InvokeAsync(
            what,
            service,
            "DestroySnapshot",
            new Dictionary<string, CimValue>(StringComparer.Ordinal)
            {
                ["AffectedSnapshot"] = CimValue.Reference(settings.Path),
            },
            cancellationToken
        );
        await context.VerifyAsync(
            vm.Id,
            what,
            outcome,
            reading => reading.Observed.Checkpoints?.Any(item => Is(item, checkpoint.Id)) == false,
            cancellationToken
        );
        return new ActionResult(vm.Id, true, outcome.Warning);
    }

    private static bool Is(ObservedCheckpoint checkpoint, string id) =>
        checkpoint.Id.Equals(id, StringComparison.OrdinalIgnoreCase);

    private static string Kind(CheckpointKind kind) =>
        kind switch
        {
            CheckpointKind.Recovery => "a backup product's",
            CheckpointKind.Replica => "Hyper-V Replica's",
            CheckpointKind.Planned => "a planned virtual machine's",
            CheckpointKind.Missing => "one whose files are missing",
            _ => "a user's",
        };
}
