using ExchangeVirt.Domain.Model;
using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Resources.Mapping;

/// <summary>
/// Maps what is left of an object that is not sound, so that it is still known, counted and found while nothing is done for
/// it. Whatever is null here should not be: no field is taken for granted.
/// </summary>
internal static class Salvage
{
    /// <summary>What keeps a virtual machine known: its names, its group, and how much of a host it takes as far as that can be read.</summary>
    public static DesiredVirtualMachine From(ExchangeVirtualMachine entity)
    {
        var spec = entity.Spec;
        var exchange = spec?.Exchange;
        return new DesiredVirtualMachine
        {
            Key = Desired.KeyOf(entity),
            VirtualMachineName = Desired.VirtualMachineNameOf(entity),
            Exchange = new ExchangeServer(
                Words.To<Domain.Model.ExchangeVersion>(exchange?.Version ?? V1Alpha1.ExchangeVersion.ExchangeSE),
                exchange?.CumulativeUpdate,
                Words.To<Domain.Model.ExchangeRole>(exchange?.Role ?? V1Alpha1.ExchangeRole.Mailbox),
                Desired.GroupNameOf(entity),
                Standalone: false
            ),
            GuestOperatingSystem = Words.To<Domain.Model.GuestOperatingSystem>(
                spec?.Guest?.OperatingSystem ?? V1Alpha1.GuestOperatingSystem.WindowsServer2022
            ),
            ProcessorCount = Math.Clamp(spec?.Processors?.Count ?? 0, 0, 2048),
            Memory = ByteSize.TryParse(spec?.Memory?.Size, out var memory) ? memory : ByteSize.Zero,
            PowerState = Words.ToOptional<DesiredPowerState, RequestedPowerState>(spec?.PowerState),
        };
    }

    /// <summary>The built-in policy under the object's name: it observes.</summary>
    public static Policy From(VirtualizationPolicy entity) =>
        new() { Name = entity.Metadata.Name, Paused = entity.Spec?.Paused ?? false };

    /// <summary>A group of which no member may go down.</summary>
    public static AvailabilityGroup From(DatabaseAvailabilityGroup entity) =>
        new() { Key = Desired.KeyOf(entity), MaxUnavailable = 0 };

    /// <summary>A host on which nothing is placed.</summary>
    public static HostDefinition From(HyperVHost entity, Policy policy) =>
        new()
        {
            Name = entity.Metadata.Name,
            Problem = "its HyperVHost cannot be acted on",
            Policy = policy,
        };
}
