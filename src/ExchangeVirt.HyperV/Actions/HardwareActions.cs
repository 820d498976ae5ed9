using ExchangeVirt.Domain.Model;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Reading;

namespace ExchangeVirt.HyperV.Actions;

/// <summary>Changes processors and memory. Whether the VM must be off for it is Hyper-V's to say and the planner's to know.</summary>
internal sealed class HardwareActions(ActionContext context)
{
    public Task<ActionResult> SetProcessorCountAsync(
        VirtualMachineReading vm,
        int count,
        CancellationToken cancellationToken
    )
    {
        if (count < 1)
        {
            throw Invalid($"{count} virtual processors cannot be given to {vm.Label}; the least is 1.");
        }

        return ModifyAsync(
            vm,
            $"Setting {vm.Label} to {count} virtual processors",
            "Msvm_ProcessorSettingData",
            reading => reading.Observed.ProcessorCount == count,
            processor => processor.With("VirtualQuantity", CimValue.UInt64((ulong)count)),
            cancellationToken
        );
    }

    public Task<ActionResult> SetFixedMemoryAsync(
        VirtualMachineReading vm,
        ByteSize size,
        CancellationToken cancellationToken
    )
    {
        if (size.Bytes == 0 || size.Bytes % (2L << 20) != 0)
        {
            throw Invalid($"{size} of memory cannot be given to {vm.Label}; Hyper-V gives whole multiples of 2Mi.");
        }

        var blocks = CimValue.UInt64((ulong)size.Mebibytes);
        return ModifyAsync(
            vm,
            $"Setting {vm.Label} to {size} of fixed memory",
            "Msvm_MemorySettingData",
            reading => reading.Observed.Memory is { Dynamic: false } memory && memory.Startup == size,
            memory => WithFixed(memory, blocks),
            cancellationToken
        );
    }

    // Leaving dynamic memory, the bounds follow the size, as the documentation's example has it. Where memory is fixed already they mean
    // nothing, and writing them would keep a running VM from taking the new size.
    private static CimObject WithFixed(CimObject memory, CimValue blocks)
    {
        var changed = memory.With("VirtualQuantity", blocks);
        return memory.Flag("DynamicMemoryEnabled") is false
            ? changed
            : changed
                .With("DynamicMemoryEnabled", CimValue.Of(false))
                .With("Reservation", blocks)
                .With("Limit", blocks);
    }

    private async Task<ActionResult> ModifyAsync(
        VirtualMachineReading vm,
        string what,
        string className,
        Func<VirtualMachineReading, bool> asWanted,
        Func<CimObject, CimObject> change,
        CancellationToken cancellationToken
    )
    {
        if (asWanted(vm))
        {
            return new ActionResult(vm.Id, false);
        }

        var present =
            vm.DevicesOf(className).FirstOrDefault()
            ?? throw new HyperVException(
                FaultKind.Failed,
                HyperVReasons.SettingsMissing,
                $"{what}: the VM's configuration has no {className}."
            );
        var outcome = await context.InvokeAsync(
            what,
            "ModifyResourceSettings",
            cancellationToken,
            ("ResourceSettings", context.EmbeddedArray(change(present)))
        );
        await context.VerifyAsync(vm.Id, what, outcome, asWanted, cancellationToken);
        return new ActionResult(vm.Id, true, outcome.Warning);
    }

    private static HyperVException Invalid(string message) =>
        new(FaultKind.InvalidArgument, HyperVReasons.InvalidParameter, message);
}
