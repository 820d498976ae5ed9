using ExchangeVirt.Domain.Model;
using ExchangeVirt.HyperV.Cim;

namespace ExchangeVirt.HyperV.Reading;

/// <summary>Joins a VM's adapters with their connections, switches and VLANs.</summary>
/// <remarks>
/// A connection (Msvm_EthernetPortAllocationSettingData) names its adapter as Parent and its switch in HostResource; VLAN settings
/// are named after the connection. Source: msvm-ethernetportallocationsettingdata, msvm-ethernetswitchportvlansettingdata.
/// </remarks>
internal static class AdapterMapper
{
    private const long Disconnected = 3;
    private const long AccessMode = 1;

    public static IReadOnlyList<ObservedNetworkAdapter> Map(
        IReadOnlyList<CimObject> devices,
        IReadOnlyList<CimObject> vlans,
        IReadOnlyDictionary<string, string> switchNames
    )
    {
        List<ObservedNetworkAdapter> adapters = [];
        foreach (var port in devices.Where(IsPort))
        {
            var id = port.Text("InstanceID") ?? string.Empty;
            var connection = ConnectionOf(devices, id);
            var vlan = connection is null ? null : VlanOf(vlans, connection);
            adapters.Add(
                new ObservedNetworkAdapter(
                    id,
                    port.Text("ElementName") ?? string.Empty,
                    SwitchOf(connection) is { } name ? switchNames.GetValueOrDefault(name) : null,
                    vlan?.Number("OperationMode") == AccessMode && vlan.Number("AccessVlanId") is > 0 and var vlanId
                        ? (int)vlanId
                        : null,
                    IsLegacy(port)
                )
            );
        }

        return adapters;
    }

    /// <summary>Finds the connection of an adapter.</summary>
    public static CimObject? ConnectionOf(IEnumerable<CimObject> devices, string adapterId) =>
        devices.FirstOrDefault(device =>
            Is(device, "Msvm_EthernetPortAllocationSettingData")
            && Same(WmiIdentity.KeyOf(device.Text("Parent"), "InstanceID"), adapterId)
        );

    /// <summary>Finds the VLAN settings of a connection.</summary>
    public static CimObject? VlanOf(IEnumerable<CimObject> vlans, CimObject connection) =>
        vlans.FirstOrDefault(vlan =>
            vlan.Text("InstanceID")
                ?.StartsWith(connection.Text("InstanceID") + '\\', StringComparison.OrdinalIgnoreCase) == true
        );

    public static bool IsPort(CimObject device) =>
        Is(device, "Msvm_SyntheticEthernetPortSettingData") || IsLegacy(device);

    private static bool IsLegacy(CimObject device) => Is(device, "Msvm_EmulatedEthernetPortSettingData");

    private static string? SwitchOf(CimObject? connection) =>
        connection is not null && connection.Number("EnabledState") != Disconnected
            ? connection
                .Texts("HostResource")
                .Select(static resource => WmiIdentity.KeyOf(resource, "Name"))
                .FirstOrDefault(static name => name is not null)
            : null;

    private static bool Is(CimObject device, string className) =>
        device.ClassName.Equals(className, StringComparison.OrdinalIgnoreCase);

    private static bool Same(string? left, string right) => right.Equals(left, StringComparison.OrdinalIgnoreCase);
}
