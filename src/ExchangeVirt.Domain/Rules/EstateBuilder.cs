using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Rules;

/// <summary>A declared host with what its agent saw; no observation leaves its facts unknown.</summary>
/// <param name="Definition">The host as declared.</param>
/// <param name="Observed">What its agent saw last; null where it never answered.</param>
public sealed record EstateHostSource(HostDefinition Definition, ObservedHost? Observed);

/// <summary>Makes the facts that the rules judge from what agents saw and manifests declare.</summary>
/// <remarks>
/// A host's and a VM's rules look at that host alone: an estate of one host judges a change on it in the time of that host.
/// </remarks>
public static class EstateBuilder
{
    /// <summary>Builds an estate of hosts with all their guests.</summary>
    /// <param name="hosts">The hosts.</param>
    /// <param name="bound">The declared VM that each GUID is bound to; all other guests are foreign.</param>
    /// <param name="groups">The DAGs.</param>
    /// <param name="policyOf">The policy of a declared VM; null: its host's.</param>
    /// <param name="now">The moment.</param>
    public static Estate Build(
        IEnumerable<EstateHostSource> hosts,
        IReadOnlyDictionary<Guid, DesiredVirtualMachine> bound,
        IEnumerable<AvailabilityGroup> groups,
        Func<DesiredVirtualMachine, Policy?>? policyOf,
        DateTimeOffset now
    )
    {
        ArgumentNullException.ThrowIfNull(hosts);
        ArgumentNullException.ThrowIfNull(bound);
        ArgumentNullException.ThrowIfNull(groups);
        var sources = hosts.ToList();
        var members = bound
            .Values.Where(machine => machine.Exchange.AvailabilityGroup is not null)
            .ToLookup(machine => new ObjectKey(machine.Key.Namespace, machine.Exchange.AvailabilityGroup!));
        return new Estate(
            new EstateFacts
            {
                TakenAt = now,
                Hosts = [.. sources.Select(Host)],
                VirtualMachines = [.. sources.SelectMany(source => Guests(source, bound, policyOf))],
                AvailabilityGroups =
                [
                    .. groups.Select(group => new EstateAvailabilityGroup(
                        group.Key.ToString(),
                        [.. members[group.Key].Select(member => member.Key.ToString()).Order(StringComparer.Ordinal)],
                        group.Witness,
                        group.WitnessName
                    )),
                ],
            }
        );
    }

    /// <summary>Describes a declared VM as it would be once everything asked for is applied, so that a wish can be refused before anything exists.</summary>
    /// <param name="desired">The VM as declared.</param>
    /// <param name="policy">Its policy.</param>
    /// <returns>Facts without a host: what depends on one is unknown.</returns>
    public static EstateVirtualMachine Declared(DesiredVirtualMachine desired, Policy policy)
    {
        ArgumentNullException.ThrowIfNull(desired);
        return new EstateVirtualMachine
        {
            Name = desired.Key.ToString(),
            Exchange = Exchange(desired),
            ProcessorCount = desired.ProcessorCount,
            Memory = new EstateMemory(desired.Memory, Dynamic: false),
            AutomaticStopAction = AutomaticStopAction.ShutDown,
            AutomaticStartAction = desired.AutomaticStart?.Action,
            CheckpointType = CheckpointType.Disabled,
            AutomaticCheckpoints = false,
            Guest = new EstateGuest(desired.GuestOperatingSystem),
            Policy = policy,
        };
    }

    private static EstateHost Host(EstateHostSource source)
    {
        var (definition, observed) = source;
        if (observed is null)
        {
            return new EstateHost { Name = definition.Name, Policy = definition.Policy };
        }

        return new EstateHost
        {
            Name = definition.Name,
            OperatingSystem = observed.OperatingSystem,
            Processor = observed.Processors,
            Memory = observed.Memory,
            NumaNodes = observed.NumaNodes,
            NumaSpanning = observed.NumaSpanning,
            Services = observed.ForeignApplications,
            Volumes = observed
                .Volumes?.Select(volume => new EstateVolume(volume.Path, volume.Free, volume.Kind, PhysicalDisks: null))
                .ToList(),
            Policy = definition.Policy,
        };
    }

    private static IEnumerable<EstateVirtualMachine> Guests(
        EstateHostSource source,
        IReadOnlyDictionary<Guid, DesiredVirtualMachine> bound,
        Func<DesiredVirtualMachine, Policy?>? policyOf
    )
    {
        foreach (var seen in source.Observed?.VirtualMachines ?? [])
        {
            var desired = bound.GetValueOrDefault(seen.Id);
            var guest = Guest(seen, source.Definition.Name);
            yield return desired is null
                ? guest
                : guest with
                {
                    Name = desired.Key.ToString(),
                    Exchange = Exchange(desired),
                    Guest = new EstateGuest(desired.GuestOperatingSystem),
                    Policy = policyOf?.Invoke(desired) ?? source.Definition.Policy,
                };
        }
    }

    private static EstateVirtualMachine Guest(ObservedVirtualMachine seen, string host) =>
        new()
        {
            Name = seen.Name,
            Host = host,
            ProcessorCount = seen.ProcessorCount,
            Memory = seen.Memory is { } memory
                ? new EstateMemory(memory.Startup, memory.Dynamic, memory.Assigned)
                : null,
            PowerState = seen.PowerState,
            PowerStateSince = seen.PowerStateSince,
            SavedState = seen.HasSavedState,
            Operation = seen.Operation,
            AutomaticStopAction = seen.AutomaticStopAction,
            AutomaticStartAction = seen.AutomaticStartAction,
            AutomaticRecoveryAction = seen.AutomaticRecoveryAction,
            CheckpointType = seen.CheckpointType,
            AutomaticCheckpoints = seen.AutomaticCheckpoints,
            Checkpoints = seen.Checkpoints?.Select(each => new EstateCheckpoint(each.Kind, each.TakenAt)).ToList(),
            Clustered = seen.Clustered,
            Disks = seen.Disks?.Select(Disk).ToList(),
        };

    private static EstateDisk Disk(ObservedDisk disk) =>
        new()
        {
            Name = $"{disk.Controller} {disk.ControllerNumber}:{disk.Slot}",
            Format = disk.Format,
            Type = disk.Type,
            Path = disk.Path,
        };

    private static EstateExchange Exchange(DesiredVirtualMachine desired) =>
        new(
            desired.Exchange.Version switch
            {
                ExchangeVersion.Exchange2016 => ExchangeProduct.Exchange2016,
                ExchangeVersion.Exchange2019 => ExchangeProduct.Exchange2019,
                ExchangeVersion.ExchangeSE => ExchangeProduct.ExchangeSE,
                _ => null,
            },
            desired.Exchange.CumulativeUpdate,
            desired.Exchange.Role,
            desired.Exchange.AvailabilityGroup is { } group
                ? new ObjectKey(desired.Key.Namespace, group).ToString()
                : null
        );
}
