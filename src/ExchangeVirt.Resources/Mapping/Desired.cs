using System.Globalization;
using ExchangeVirt.Domain.Gating;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Resources.V1Alpha1;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Resources.Mapping;

/// <summary>Maps what users declare to the domain's model: the only reader of specs that decisions rest on.</summary>
/// <remarks>
/// It never throws: an object that is not sound (see <see cref="Soundness"/>) gives what can still be said of it, by which
/// nothing may be done.
/// </remarks>
public static class Desired
{
    /// <summary>The policy that is meant where a manifest names none.</summary>
    public const string DefaultPolicy = "default";

    /// <summary>Names an entity as the domain does.</summary>
    public static ObjectKey KeyOf(IKubernetesObject<V1ObjectMeta> entity) =>
        new(entity.Metadata.NamespaceProperty ?? "", entity.Metadata.Name);

    /// <summary>Maps a virtual machine.</summary>
    public static DesiredVirtualMachine From(ExchangeVirtualMachine entity) => Read(entity).Desired;

    /// <summary>Maps a virtual machine and says what is wrong with it.</summary>
    public static (DesiredVirtualMachine Desired, IReadOnlyList<UnsoundField> Unsound) Read(
        ExchangeVirtualMachine entity
    )
    {
        var unsound = Soundness.Check(entity);
        return (unsound.Count == 0 ? FromSound(entity) : Salvage.From(entity), unsound);
    }

    /// <summary>Gives the name that the machine has in Hyper-V.</summary>
    public static string VirtualMachineNameOf(ExchangeVirtualMachine entity) =>
        entity.Spec?.VirtualMachineName ?? entity.Metadata.Name;

    /// <summary>Gives the name of the group that a virtual machine is a member of, whatever else is wrong with it.</summary>
    /// <returns>Null where it names none.</returns>
    public static string? GroupNameOf(ExchangeVirtualMachine entity) =>
        entity.Spec?.Exchange?.DatabaseAvailabilityGroup;

    /// <summary>Gives the name of the policy that a virtual machine follows.</summary>
    public static string PolicyNameOf(ExchangeVirtualMachine entity) => entity.Spec?.PolicyName ?? DefaultPolicy;

    /// <summary>Gives the name of the policy that a host follows.</summary>
    public static string PolicyNameOf(HyperVHost entity) => entity.Spec?.PolicyName ?? DefaultPolicy;

    /// <summary>Takes the stricter of what a virtual machine and its policy allow.</summary>
    public static EffectiveRules RulesFor(ExchangeVirtualMachine entity, Policy policy) =>
        EffectiveRules.Of(
            policy,
            Words.ToOptional<Domain.Model.Enforcement, V1Alpha1.Enforcement>(entity.Spec?.Enforcement),
            Words.ToOptional<Domain.Model.Disruption, V1Alpha1.Disruption>(entity.Spec?.Disruption)
        );

    /// <summary>Maps a host, under the policy that it names.</summary>
    public static HostDefinition From(HyperVHost entity, Policy policy) =>
        Soundness.CheckUnchanging(entity).Count == 0 ? FromSound(entity, policy) : Salvage.From(entity, policy);

    /// <summary>Maps a database availability group.</summary>
    public static AvailabilityGroup From(DatabaseAvailabilityGroup entity) =>
        Soundness.CheckUnchanging(entity).Count == 0 ? FromSound(entity) : Salvage.From(entity);

    /// <summary>Maps a policy; where none is declared, the built-in values hold.</summary>
    /// <param name="entity">The policy, or null where no object is named <c>default</c>. A policy of another name that does not exist is for the gate to refuse.</param>
    public static Policy From(VirtualizationPolicy? entity) =>
        entity is null ? FromSound(DefaultPolicy, new VirtualizationPolicySpec())
        : Soundness.CheckUnchanging(entity).Count == 0 ? FromSound(entity.Metadata.Name, entity.Spec)
        : Salvage.From(entity);

    /// <summary>Reads the share of the virtual machines that may be changed in an hour.</summary>
    /// <returns>Percent from 0 to 100; 100 is no limit. What cannot be read allows nothing.</returns>
    public static int MaxChangedPercentPerHour(VirtualizationPolicy? entity) =>
        int.TryParse(
            (entity?.Spec ?? new VirtualizationPolicySpec()).MaxChangedPerHour?.TrimEnd('%'),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var percent
        )
            ? percent
            : 0;

    private static DesiredVirtualMachine FromSound(ExchangeVirtualMachine entity)
    {
        var spec = entity.Spec;
        return new DesiredVirtualMachine
        {
            Key = KeyOf(entity),
            VirtualMachineName = VirtualMachineNameOf(entity),
            Generation = spec.VirtualMachineGeneration,
            Exchange = new ExchangeServer(
                Words.To<Domain.Model.ExchangeVersion>(spec.Exchange.Version),
                spec.Exchange.CumulativeUpdate,
                Words.To<Domain.Model.ExchangeRole>(spec.Exchange.Role),
                spec.Exchange.DatabaseAvailabilityGroup,
                spec.Exchange.Standalone
            ),
            GuestOperatingSystem = Words.To<Domain.Model.GuestOperatingSystem>(spec.Guest.OperatingSystem),
            ProcessorCount = spec.Processors.Count,
            Memory = BytesOf(spec.Memory.Size),
            Disks = spec.Disks is null ? null : [.. spec.Disks.Select(From)],
            NetworkAdapters = spec.NetworkAdapters is null
                ? null
                :
                [
                    .. spec.NetworkAdapters.Select(each => new DesiredNetworkAdapter(
                        each.Name,
                        each.SwitchName,
                        each.VlanId
                    )),
                ],
            PowerState = Words.ToOptional<DesiredPowerState, RequestedPowerState>(spec.PowerState),
            AutomaticStart = spec.AutomaticStart is { } start
                ? new DesiredAutomaticStart(
                    Words.To<AutomaticStartAction>(start.Action),
                    TimeSpan.FromSeconds(start.DelaySeconds)
                )
                : null,
            HostName = spec.Placement?.HostName,
            HostSelector = spec.Placement?.HostSelector?.MatchLabels ?? new Dictionary<string, string>(),
            AdoptIfExists = spec.Adoption is Adoption.IfExists,
            ShutdownTimeout = TimeSpan.FromSeconds(spec.ShutdownTimeoutSeconds),
        };
    }

    private static HostDefinition FromSound(HyperVHost entity, Policy policy) =>
        new()
        {
            Name = entity.Metadata.Name,
            Labels = entity.Metadata.Labels is { } labels
                ? new Dictionary<string, string>(labels)
                : new Dictionary<string, string>(),
            AllowedNamespaces = entity.Spec.AllowedNamespaces,
            Schedulable = entity.Spec.Schedulable,
            Draining = entity.Spec.Maintenance is HostMaintenance.Drain,
            FaultDomain = entity.Spec.FaultDomain,
            Policy = policy,
        };

    private static AvailabilityGroup FromSound(DatabaseAvailabilityGroup entity)
    {
        var spec = entity.Spec;
        var (witness, witnessName) = spec.Witness switch
        {
            { VirtualMachine: { } name } => (WitnessKind.VirtualMachine, name),
            { Host: { } name } => (WitnessKind.Host, name),
            { External: { } name } => (WitnessKind.External, name),
            _ => (WitnessKind.None, (string?)null),
        };
        return new AvailabilityGroup
        {
            Key = KeyOf(entity),
            AntiAffinity = Words.To<Strictness>(spec.AntiAffinity),
            FaultDomainSpread = Words.To<Strictness>(spec.FaultDomainSpread),
            MaxUnavailable = spec.MaxUnavailable,
            MinReady = TimeSpan.FromSeconds(spec.MinReadySeconds),
            Witness = witness,
            WitnessName = witnessName,
            ExternalMembers = [.. (spec.ExternalMembers ?? []).Select(member => member.Name)],
            IgnoredMembers =
            [
                .. (spec.IgnoredMembers ?? []).Select(member => new IgnoredMember(
                    member.Name,
                    member.Reason,
                    member.Expires
                )),
            ],
            Hook = spec.Maintenance is { } maintenance
                ? Words.To<Domain.Model.MaintenanceHook>(maintenance.Hook)
                : Domain.Model.MaintenanceHook.Unset,
        };
    }

    private static Policy FromSound(string name, VirtualizationPolicySpec spec)
    {
        return new Policy
        {
            Name = name,
            Enforcement = Words.To<Domain.Model.Enforcement>(spec.Enforcement),
            Paused = spec.Paused,
            Disruption = Words.To<Domain.Model.Disruption>(spec.Disruption),
            SavedState = Words.To<Domain.Model.SavedStatePolicy>(spec.SavedState),
            MaxRatioPercent = spec.Processor.MaxRatioPercent,
            // A limit lowered below the recommendation lowers the recommendation with it.
            RecommendedRatioPercent = Math.Min(spec.Processor.RecommendedRatioPercent, spec.Processor.MaxRatioPercent),
            HostReservedVirtualProcessors = spec.Processor.HostReservedVirtualProcessors,
            HostAccounting = Words.To<Domain.Model.HostAccounting>(spec.Processor.HostAccounting),
            CountStoppedMachines = spec.Processor.CountStoppedMachines,
            HostReserveMinimum = BytesOf(spec.Memory.HostReserve.Minimum),
            HostReservePercent = spec.Memory.HostReserve.Percent,
            PerVirtualMachineOverhead = BytesOf(spec.Memory.PerVirtualMachineOverhead),
            RemoveUserCheckpoints = Words.To<Domain.Model.CheckpointRemoval>(spec.Checkpoints.RemoveUserCheckpoints),
            RecoveryMaxAge = TimeSpan.FromHours(spec.Checkpoints.RecoveryMaxAgeHours),
            HostBackupVerified = spec.Checkpoints.HostBackupVerified,
            RestartGrace = TimeSpan.FromMinutes(spec.RestartGraceMinutes),
        };
    }

    private static DesiredDisk From(DiskSpec disk) =>
        new()
        {
            Name = disk.Name,
            Purposes = [.. (disk.Purposes ?? []).Select(purpose => Words.To<Domain.Model.DiskPurpose>(purpose))],
            VirtualHardDisk = disk.VirtualHardDisk is { } file
                ? new DesiredVirtualHardDisk(
                    file.Path,
                    file.Size is null ? null : BytesOf(file.Size),
                    Words.To<VirtualDiskType>(file.Type),
                    file.Source?.Path
                )
                : null,
            PassThroughUniqueId = disk.PassThrough?.UniqueId,
            InGuestIscsi = disk.Iscsi is { InGuest: true },
        };

    private static ByteSize BytesOf(string text) =>
        ByteSize.TryParse(text, out var size)
            ? size
            : throw new FormatException($"\"{text}\" is not a whole number of bytes such as 128Gi.");
}
