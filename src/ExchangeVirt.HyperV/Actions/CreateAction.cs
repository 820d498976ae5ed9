using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.HyperV.Cim;

namespace ExchangeVirt.HyperV.Actions;

/// <summary>
/// Creates a VM so that it can be repeated after a crash anywhere: the owner mark goes in with the VM itself, beside a line that says
/// that the creation is not completed; repeating finds the VM by the mark and does what is left; the line goes last.
/// </summary>
internal sealed class CreateAction(
    ActionContext context,
    SystemSettingsActions system,
    HardwareActions hardware,
    DiskActions disks,
    NetworkActions network
)
{
    private const ushort ShutDown = 4;
    private const ushort Restart = 3;
    private const int LongestName = 100;

    private readonly VirtualDiskFiles _files = new(context);

    public async Task<ActionResult> RunAsync(VirtualMachineBlueprint blueprint, CancellationToken cancellationToken)
    {
        RequireSound(blueprint);
        var found = Find(await context.Inventory.ReadRealizedAsync(cancellationToken), blueprint);
        if (found is { } done && !OwnerNotes.IsBeingCreated(done.Settings.Texts(SystemSettingsActions.Notes)))
        {
            return new ActionResult(done.Id, false);
        }

        var missing = await CheckAsync(blueprint, found?.Id, cancellationToken);
        var id = found?.Id ?? await DefineAsync(blueprint, cancellationToken);
        var warnings = await CompleteAsync(id, blueprint, missing, cancellationToken);
        return new ActionResult(id, true, warnings.Count == 0 ? null : string.Join(' ', warnings.Distinct()));
    }

    private static void RequireSound(VirtualMachineBlueprint blueprint)
    {
        List<string> problems = [];
        if (string.IsNullOrWhiteSpace(blueprint.Name) || blueprint.Name.Length > LongestName)
        {
            problems.Add($"the name must have 1 to {LongestName} characters");
        }

        if (blueprint.Generation is not (1 or 2))
        {
            problems.Add($"the generation is 1 or 2, not {blueprint.Generation}");
        }

        if (blueprint.ProcessorCount < 1)
        {
            problems.Add($"it needs at least one virtual processor, not {blueprint.ProcessorCount}");
        }

        if (blueprint.Memory.Bytes == 0 || blueprint.Memory.Bytes % (2L << 20) != 0)
        {
            problems.Add($"its memory must be a multiple of 2Mi, not {blueprint.Memory}");
        }

        var twice = blueprint
            .Disks.Where(static disk => disk.VirtualHardDisk is not null)
            .GroupBy(static disk => disk.VirtualHardDisk!.Path, StringComparer.OrdinalIgnoreCase)
            .Where(static group => group.Count() > 1);
        problems.AddRange(twice.Select(static group => $"the file {group.Key} is declared twice"));
        problems.AddRange(
            blueprint
                .Disks.Where(static disk => disk.PassThroughUniqueId is not null)
                .Select(static disk =>
                    $"the disk \"{disk.Name}\" is a passed-through disk, which is attached by hand only"
                )
        );
        Refuse(blueprint, FaultKind.InvalidArgument, HyperVReasons.InvalidBlueprint, problems);
    }

    private static (Guid Id, CimObject Settings)? Find(
        IReadOnlyList<CimObject> realized,
        VirtualMachineBlueprint blueprint
    )
    {
        var marked = realized
            .Where(item => OwnerNotes.Read(item.Texts(SystemSettingsActions.Notes)) == blueprint.Owner)
            .ToList();
        if (marked.Count > 1)
        {
            throw new HyperVException(
                FaultKind.Forbidden,
                HyperVReasons.OwnerMarkAmbiguous,
                $"{marked.Count} virtual machines on this host carry the owner mark of {blueprint.Owner.Object}: "
                    + $"{string.Join(", ", marked.Select(static item => item.Text("VirtualSystemIdentifier")))}. One is a copy; "
                    + "remove the mark from its Notes by hand."
            );
        }

        if (marked is [var settings] && Guid.TryParse(settings.Text("VirtualSystemIdentifier"), out var id))
        {
            return (id, settings);
        }

        if (
            realized.FirstOrDefault(item =>
                blueprint.Name.Equals(item.Text("ElementName"), StringComparison.OrdinalIgnoreCase)
            ) is
            { } namesake
        )
        {
            throw new HyperVException(
                FaultKind.FailedPrecondition,
                HyperVReasons.NameInUse,
                $"This host already has a virtual machine \"{blueprint.Name}\" ({namesake.Text("VirtualSystemIdentifier")}) that is "
                    + $"not {blueprint.Owner.Object}'s. Adopt it (adoptIfExists), or choose another name."
            );
        }

        return null;
    }

    // All that can be known to fail is found before anything is made.
    private async Task<IReadOnlySet<string>> CheckAsync(
        VirtualMachineBlueprint blueprint,
        Guid? existing,
        CancellationToken cancellationToken
    )
    {
        List<string> problems = [];
        var switches = await context.Calls.QueryAsync("SELECT * FROM Msvm_VirtualEthernetSwitch", cancellationToken);
        foreach (var adapter in blueprint.NetworkAdapters)
        {
            try
            {
                NetworkActions.RequireSwitch(switches, adapter);
            }
            catch (HyperVException refusal)
            {
                problems.Add(refusal.Message.TrimEnd('.'));
            }
        }

        var attached = existing is { } id ? await context.ReadAsync(id, cancellationToken) : null;
        var wanted = blueprint.Disks.Where(disk =>
            disk.VirtualHardDisk is { } file && (attached is null || !DiskActions.IsAttached(attached, file.Path))
        );
        var missing = await _files.CheckAsync(wanted, problems, cancellationToken);
        Refuse(blueprint, FaultKind.FailedPrecondition, HyperVReasons.CannotCreate, problems);
        return missing;
    }

    private async Task<Guid> DefineAsync(VirtualMachineBlueprint blueprint, CancellationToken cancellationToken)
    {
        var what = $"Creating \"{blueprint.Name}\"";
        var settings = WithSettings(
            context
                .Calls.Session.NewInstance(Wmi.Virtualization, "Msvm_VirtualSystemSettingData")
                .With("ElementName", CimValue.Text(blueprint.Name))
                .With("VirtualSystemSubType", CimValue.Text($"Microsoft:Hyper-V:SubType:{blueprint.Generation}"))
                .With(
                    SystemSettingsActions.Notes,
                    CimValue.TextArray(OwnerNotes.Write([], blueprint.Owner, creating: true))
                ),
            blueprint
        );
        var outcome = await context.InvokeAsync(
            what,
            "DefineSystem",
            cancellationToken,
            ("SystemSettings", context.Embedded(settings))
        );

        // The resulting system is told only where no job was needed; the mark tells it always.
        Guid? id = null;
        var shown = await context.UntilAsync(
            async () =>
                (id = Find(await context.Inventory.ReadRealizedAsync(cancellationToken), blueprint)?.Id) is not null,
            cancellationToken
        );
        return shown && id is { } made ? made : throw context.NotShown(what, outcome);
    }

    private async Task<List<string>> CompleteAsync(
        Guid id,
        VirtualMachineBlueprint blueprint,
        IReadOnlySet<string> missing,
        CancellationToken cancellationToken
    )
    {
        List<string> warnings = [];
        void Note(string? warning)
        {
            if (warning is not null)
            {
                warnings.Add(warning);
            }
        }

        var vm = await context.ReadExistingAsync(id, cancellationToken);
        Guards.RequireNotBusy(vm);
        Guards.RequireNotReplica(vm);
        if (vm.Observed.PowerState is not PowerState.Off || vm.Observed.Checkpoints is not { Count: 0 })
        {
            throw Guards.WrongState(vm, "completing its creation", "Off and without checkpoints");
        }

        Note((await hardware.SetProcessorCountAsync(vm, blueprint.ProcessorCount, cancellationToken)).Warning);
        Note((await hardware.SetFixedMemoryAsync(vm, blueprint.Memory, cancellationToken)).Warning);
        Note(
            (
                await system.ModifyAsync(
                    vm,
                    $"Setting up {vm.Label}",
                    reading => IsSetUp(reading.Observed, blueprint),
                    item => WithSettings(item, blueprint),
                    cancellationToken
                )
            ).Warning
        );
        foreach (var disk in blueprint.Disks.Where(static disk => disk.VirtualHardDisk is not null))
        {
            var file = disk.VirtualHardDisk!;
            if (missing.Contains(file.Path))
            {
                Note(await _files.MakeAsync(file, cancellationToken));
            }

            vm = await context.ReadExistingAsync(id, cancellationToken);
            Note((await disks.AttachFileAsync(vm, file.Path, IsBootDisk(blueprint, disk), cancellationToken)).Warning);
        }

        foreach (var adapter in blueprint.NetworkAdapters)
        {
            vm = await context.ReadExistingAsync(id, cancellationToken);
            Note((await network.AddAsync(vm, adapter, cancellationToken)).Warning);
        }

        vm = await context.ReadExistingAsync(id, cancellationToken);
        Note(
            (
                await system.ModifyAsync(
                    vm,
                    $"Completing the creation of {vm.Label}",
                    static reading => !reading.Observed.CreationIncomplete,
                    item =>
                        item.With(
                            SystemSettingsActions.Notes,
                            CimValue.TextArray(
                                OwnerNotes.Write(
                                    item.Texts(SystemSettingsActions.Notes),
                                    blueprint.Owner,
                                    creating: false
                                )
                            )
                        ),
                    cancellationToken
                )
            ).Warning
        );
        return warnings;
    }

    private static CimObject WithSettings(CimObject settings, VirtualMachineBlueprint blueprint)
    {
        var changed = settings
            .With("AutomaticShutdownAction", CimValue.UInt16(ShutDown))
            .With("AutomaticRecoveryAction", CimValue.UInt16(Restart))
            .With(SystemSettingsActions.SnapshotType, CimValue.UInt16(SystemSettingsActions.SnapshotsDisabled));

        // Hosts before 1709 do not have the property: it is written where the host's own instance shows it.
        if (settings[SystemSettingsActions.AutomaticSnapshots] is bool)
        {
            changed = changed.With(SystemSettingsActions.AutomaticSnapshots, CimValue.Of(false));
        }

        return blueprint.AutomaticStart is { } start
            ? SystemSettingsActions.WithStart(changed, start.Action, start.Delay)
            : changed;
    }

    private static bool IsSetUp(ObservedVirtualMachine vm, VirtualMachineBlueprint blueprint) =>
        vm
            is {
                AutomaticStopAction: AutomaticStopAction.ShutDown,
                AutomaticRecoveryAction: AutomaticRecoveryAction.Restart,
                CheckpointType: CheckpointType.Disabled,
                AutomaticCheckpoints: not true,
            }
        && (
            blueprint.AutomaticStart is not { } start
            || (
                vm.AutomaticStartAction == start.Action
                && (start.Delay is null || vm.AutomaticStartDelay == start.Delay)
            )
        );

    // Generation 1 boots from IDE only.
    private static bool IsBootDisk(VirtualMachineBlueprint blueprint, DesiredDisk disk) =>
        blueprint.Generation == 1
        && ReferenceEquals(
            disk,
            blueprint.Disks.FirstOrDefault(static item => item.Purposes.Contains(DiskPurpose.OperatingSystem))
                ?? blueprint.Disks.FirstOrDefault(static item => item.VirtualHardDisk is not null)
        );

    private static void Refuse(VirtualMachineBlueprint blueprint, FaultKind kind, string reason, List<string> problems)
    {
        if (problems.Count > 0)
        {
            throw new HyperVException(
                kind,
                reason,
                $"\"{blueprint.Name}\" cannot be created, and nothing was: {string.Join("; ", problems)}."
            );
        }
    }
}
