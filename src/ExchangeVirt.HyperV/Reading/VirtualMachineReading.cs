using ExchangeVirt.Domain.Model;
using ExchangeVirt.HyperV.Cim;

namespace ExchangeVirt.HyperV.Reading;

/// <summary>One VM as it is now, with the instances that a change starts from.</summary>
internal sealed record VirtualMachineReading
{
    public required ObservedVirtualMachine Observed { get; init; }

    /// <summary>Gets the VM's own instance.</summary>
    public required CimObject System { get; init; }

    /// <summary>Gets the realized configuration.</summary>
    public required CimObject Settings { get; init; }

    /// <summary>Gets the device settings of the realized configuration.</summary>
    public required IReadOnlyList<CimObject> Devices { get; init; }

    public required IReadOnlyList<CimObject> Vlans { get; init; }

    public required IReadOnlyList<CimObject> Switches { get; init; }

    /// <summary>Gets the settings of every checkpoint.</summary>
    public required IReadOnlyList<CimObject> Checkpoints { get; init; }

    public Guid Id => Observed.Id;

    /// <summary>Gets the name and GUID, for messages.</summary>
    public string Label => $"\"{Observed.Name}\" ({Observed.Id})";

    public IEnumerable<CimObject> DevicesOf(string className) =>
        Devices.Where(device => device.ClassName.Equals(className, StringComparison.OrdinalIgnoreCase));

    public IEnumerable<CimObject> DevicesOfSubType(string resourceSubType) =>
        Devices.Where(device => device.Text("ResourceSubType") == resourceSubType);
}
