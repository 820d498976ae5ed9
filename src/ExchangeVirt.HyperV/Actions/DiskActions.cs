using System.Globalization;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.HyperV.Calls;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Reading;

namespace ExchangeVirt.HyperV.Actions;

/// <summary>Attaches virtual disk files: first a drive in a free slot of a controller, then the file in the drive.</summary>
internal sealed class DiskActions(ActionContext context)
{
    private const ushort ResourceTypeScsi = 6;
    private const ushort ResourceTypeDisk = 17;
    private const ushort ResourceTypeLogicalDisk = 31;
    private const string Allocation = "Msvm_ResourceAllocationSettingData";
    private const string Storage = "Msvm_StorageAllocationSettingData";

    /// <summary>Attaches a declared disk whose file exists; a missing file is refused and never made here.</summary>
    public async Task<ActionResult> AttachAsync(
        VirtualMachineReading vm,
        DesiredDisk disk,
        CancellationToken cancellationToken
    )
    {
        if (disk.InGuestIscsi)
        {
            return new ActionResult(vm.Id, false);
        }

        var path = RequireFile(disk, vm.Label);
        if (IsAttached(vm, path))
        {
            return new ActionResult(vm.Id, false);
        }

        var (_, code) = await context.DiskFacts.AskAsync(path, cancellationToken);
        if (code == ReturnCodes.FileNotFound)
        {
            throw new HyperVException(
                FaultKind.NotFound,
                HyperVReasons.DiskFileMissing,
                $"The file {path} of the disk \"{disk.Name}\" is not on this host. A file that is missing is never made for a virtual "
                    + "machine that was once created: its volume may be offline.",
                code
            );
        }

        if (code != ReturnCodes.Done)
        {
            throw ReturnCodes.Refused($"Reading the virtual disk {path}", code);
        }

        return await AttachFileAsync(vm, path, false, cancellationToken);
    }

    /// <summary>Attaches a file that is known to exist.</summary>
    public async Task<ActionResult> AttachFileAsync(
        VirtualMachineReading vm,
        string path,
        bool toIde,
        CancellationToken cancellationToken
    )
    {
        if (IsAttached(vm, path))
        {
            return new ActionResult(vm.Id, false);
        }

        await RequireUnusedAsync(vm, path, cancellationToken);
        var what = $"Attaching {path} to {vm.Label}";
        var drive = EmptyDrive(vm, toIde) ?? await AddDriveAsync(vm, what, toIde, cancellationToken);
        var storage = (
            await context.TemplateAsync(Storage, Wmi.VirtualHardDisk, ResourceTypeLogicalDisk, cancellationToken)
        )
            .With("Parent", CimValue.Text(drive.Path.ToString()))
            .With("HostResource", CimValue.TextArray([path]));
        var outcome = await AddAsync(vm, what, storage, cancellationToken);
        await context.VerifyAsync(vm.Id, what, outcome, reading => IsAttached(reading, path), cancellationToken);
        return new ActionResult(vm.Id, true, outcome.Warning);
    }

    public static string RequireFile(DesiredDisk disk, string label) =>
        disk.VirtualHardDisk?.Path
        ?? throw new HyperVException(
            FaultKind.InvalidArgument,
            HyperVReasons.PassThroughNotAttached,
            $"The disk \"{disk.Name}\" of {label} is a passed-through disk, and this agent attaches virtual disk files only. Attach it "
                + "in Hyper-V Manager; it is watched from then on."
        );

    public static bool IsAttached(VirtualMachineReading vm, string path) =>
        (vm.Observed.Disks ?? []).Any(disk =>
            path.Equals(disk.Path, StringComparison.OrdinalIgnoreCase)
            || path.Equals(disk.RootPath, StringComparison.OrdinalIgnoreCase)
        );

    // One file in two virtual machines destroys it. A checkpoint's settings count too: its file is a parent of the file in use.
    private async Task RequireUnusedAsync(VirtualMachineReading vm, string path, CancellationToken cancellationToken)
    {
        var used = (await context.Calls.QueryAsync($"SELECT * FROM {Storage}", cancellationToken)).FirstOrDefault(
            storage => path.Equals(DiskMapper.PathOf(storage), StringComparison.OrdinalIgnoreCase)
        );
        if (used is not null)
        {
            throw new HyperVException(
                FaultKind.FailedPrecondition,
                HyperVReasons.DiskInUse,
                $"The file {path} is already in use ({used.Text("InstanceID")}), so it is not attached to {vm.Label}."
            );
        }
    }

    private async Task<CimObject> AddDriveAsync(
        VirtualMachineReading vm,
        string what,
        bool toIde,
        CancellationToken cancellationToken
    )
    {
        var (reading, controller, slot) = await FreeSlotAsync(vm, what, toIde, cancellationToken);
        var drive = (await context.TemplateAsync(Allocation, Wmi.DiskDrive, ResourceTypeDisk, cancellationToken))
            .With("Parent", CimValue.Text(controller.Path.ToString()))
            .With("AddressOnParent", CimValue.Text(slot.ToString(CultureInfo.InvariantCulture)));
        var outcome = await AddAsync(reading, $"{what}: adding a drive", drive, cancellationToken);
        var shown = await context.VerifyAsync(
            vm.Id,
            $"{what}: adding a drive",
            outcome,
            now => DriveAt(now, controller, slot) is not null,
            cancellationToken
        );
        return DriveAt(shown, controller, slot)!;
    }

    private async Task<(VirtualMachineReading Reading, CimObject Controller, int Slot)> FreeSlotAsync(
        VirtualMachineReading vm,
        string what,
        bool toIde,
        CancellationToken cancellationToken
    )
    {
        if (FreeSlot(vm, toIde) is { } free)
        {
            return (vm, free.Controller, free.Slot);
        }

        if (toIde || vm.DevicesOfSubType(Wmi.ScsiController).Count() >= Wmi.ScsiControllers)
        {
            throw NoSlot(what, "every slot of its controllers is taken");
        }

        if (vm.Observed.PowerState is not PowerState.Off)
        {
            throw NoSlot(what, "no SCSI controller has a free slot, and one can be added only while the VM is off");
        }

        var before = vm.DevicesOfSubType(Wmi.ScsiController).Count();
        var controller = await context.TemplateAsync(
            Allocation,
            Wmi.ScsiController,
            ResourceTypeScsi,
            cancellationToken
        );
        var outcome = await AddAsync(vm, $"{what}: adding a SCSI controller", controller, cancellationToken);
        var shown = await context.VerifyAsync(
            vm.Id,
            $"{what}: adding a SCSI controller",
            outcome,
            now => now.DevicesOfSubType(Wmi.ScsiController).Count() > before,
            cancellationToken
        );
        return FreeSlot(shown, false) is { } added
            ? (shown, added.Controller, added.Slot)
            : throw NoSlot(what, "the SCSI controller that was added has no free slot");
    }

    private static (CimObject Controller, int Slot)? FreeSlot(VirtualMachineReading vm, bool onIde)
    {
        foreach (var controller in vm.DevicesOfSubType(onIde ? Wmi.IdeController : Wmi.ScsiController))
        {
            for (var slot = 0; slot < (onIde ? 2 : Wmi.ScsiSlots); slot++)
            {
                if (DeviceAt(vm, controller, slot) is null)
                {
                    return (controller, slot);
                }
            }
        }

        return null;
    }

    private static CimObject? DeviceAt(VirtualMachineReading vm, CimObject controller, int slot) =>
        vm.DevicesOf(Allocation)
            .FirstOrDefault(device =>
                Points(device, controller)
                && device.Text("AddressOnParent") == slot.ToString(CultureInfo.InvariantCulture)
            );

    private static CimObject? DriveAt(VirtualMachineReading vm, CimObject controller, int slot) =>
        DeviceAt(vm, controller, slot) is { } device && device.Text("ResourceSubType") == Wmi.DiskDrive ? device : null;

    // A drive without a file is what a crash between the two steps leaves behind; it is used first.
    private static CimObject? EmptyDrive(VirtualMachineReading vm, bool onIde) =>
        vm.DevicesOfSubType(Wmi.DiskDrive)
            .FirstOrDefault(drive =>
                vm.DevicesOfSubType(onIde ? Wmi.IdeController : Wmi.ScsiController)
                    .Any(controller => Points(drive, controller))
                && !vm.DevicesOf(Storage).Any(file => Points(file, drive))
            );

    private static bool Points(CimObject device, CimObject parent) =>
        parent.Text("InstanceID") is { } id
        && id.Equals(WmiIdentity.KeyOf(device.Text("Parent"), "InstanceID"), StringComparison.OrdinalIgnoreCase);

    private Task<CallOutcome> AddAsync(
        VirtualMachineReading vm,
        string what,
        CimObject settings,
        CancellationToken cancellationToken
    ) =>
        context.InvokeAsync(
            what,
            "AddResourceSettings",
            cancellationToken,
            ("AffectedConfiguration", CimValue.Reference(vm.Settings.Path)),
            ("ResourceSettings", context.EmbeddedArray(settings))
        );

    private static HyperVException NoSlot(string what, string why) =>
        new(FaultKind.FailedPrecondition, HyperVReasons.NoFreeSlot, $"{what}: {why}.");
}
