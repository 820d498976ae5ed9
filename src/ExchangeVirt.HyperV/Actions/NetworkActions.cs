using ExchangeVirt.Domain.Model;
using ExchangeVirt.HyperV.Calls;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Reading;

namespace ExchangeVirt.HyperV.Actions;

/// <summary>Adds adapters and connects them: the port, then its connection to a switch, then the VLAN as a feature of the connection.</summary>
internal sealed class NetworkActions(ActionContext context)
{
    private const string Port = "Msvm_SyntheticEthernetPortSettingData";
    private const string Connection = "Msvm_EthernetPortAllocationSettingData";
    private const string Vlan = "Msvm_EthernetSwitchPortVlanSettingData";
    private const ushort ResourceTypePort = 10;
    private const ushort ResourceTypeConnection = 33;
    private const ushort Enabled = 2;
    private const uint AccessMode = 1;

    /// <summary>Adds a declared adapter, connected. One of that name that is there already is connected instead.</summary>
    public async Task<ActionResult> AddAsync(
        VirtualMachineReading vm,
        DesiredNetworkAdapter adapter,
        CancellationToken cancellationToken
    )
    {
        if (Named(vm, adapter.Name).FirstOrDefault() is { } present)
        {
            return await ConnectAsync(vm, present.Id, adapter, cancellationToken);
        }

        RequireSwitch(vm.Switches, adapter);
        var what = $"Adding the network adapter \"{adapter.Name}\" to {vm.Label}";
        var port = (await context.TemplateAsync(Port, Wmi.SyntheticPort, ResourceTypePort, cancellationToken))
            .With("ElementName", CimValue.Text(adapter.Name))
            .With("VirtualSystemIdentifiers", CimValue.TextArray([context.Calls.Options.NewGuid().ToString("B")]))
            .With("StaticMacAddress", CimValue.Of(false));
        var outcome = await AddAsync(vm, what, port, cancellationToken);
        var shown = await context.VerifyAsync(
            vm.Id,
            what,
            outcome,
            reading => Named(reading, adapter.Name).Any(),
            cancellationToken
        );
        var connected = await ConnectAsync(shown, Named(shown, adapter.Name).First().Id, adapter, cancellationToken);
        return connected with { Changed = true, Warning = outcome.Warning ?? connected.Warning };
    }

    /// <summary>Connects an adapter to its declared switch and VLAN.</summary>
    public async Task<ActionResult> ConnectAsync(
        VirtualMachineReading vm,
        string adapterId,
        DesiredNetworkAdapter adapter,
        CancellationToken cancellationToken
    )
    {
        var present =
            WithId(vm, adapterId)
            ?? throw new HyperVException(
                FaultKind.FailedPrecondition,
                HyperVReasons.AdapterNotFound,
                $"{vm.Label} has no network adapter {adapterId} (declared as \"{adapter.Name}\"). Observe and plan afresh."
            );
        if (IsAsDeclared(present, adapter))
        {
            return new ActionResult(vm.Id, false);
        }

        var what = $"Connecting the network adapter \"{present.Name}\" of {vm.Label} to {adapter.SwitchName}";
        var reading = vm;
        string? warning = null;
        if (!Same(present.SwitchName, adapter.SwitchName))
        {
            (reading, warning) = await ConnectSwitchAsync(vm, what, present, adapter, cancellationToken);
        }

        if (WithId(reading, adapterId)?.VlanId != adapter.VlanId)
        {
            warning = await SetVlanAsync(reading, what, present.Id, adapter, cancellationToken) ?? warning;
        }

        return new ActionResult(vm.Id, true, warning);
    }

    /// <summary>Finds the switch of a name.</summary>
    /// <exception cref="HyperVException">There is none, or several share the name.</exception>
    public static CimObject RequireSwitch(IReadOnlyList<CimObject> switches, DesiredNetworkAdapter adapter)
    {
        var named = switches.Where(item => Same(item.Text("ElementName"), adapter.SwitchName)).ToList();
        return named switch
        {
            [var only] => only,
            [] => throw new HyperVException(
                FaultKind.NotFound,
                HyperVReasons.SwitchNotFound,
                $"This host has no virtual switch \"{adapter.SwitchName}\" for the network adapter \"{adapter.Name}\"."
            ),
            _ => throw new HyperVException(
                FaultKind.FailedPrecondition,
                HyperVReasons.SwitchAmbiguous,
                $"This host has {named.Count} virtual switches called \"{adapter.SwitchName}\"; rename all but one."
            ),
        };
    }

    private async Task<(VirtualMachineReading Reading, string? Warning)> ConnectSwitchAsync(
        VirtualMachineReading vm,
        string what,
        ObservedNetworkAdapter present,
        DesiredNetworkAdapter adapter,
        CancellationToken cancellationToken
    )
    {
        var target = CimValue.TextArray([RequireSwitch(vm.Switches, adapter).Path.ToString()]);
        CallOutcome outcome;
        if (AdapterMapper.ConnectionOf(vm.Devices, present.Id) is { } connection)
        {
            outcome = await context.InvokeAsync(
                what,
                "ModifyResourceSettings",
                cancellationToken,
                (
                    "ResourceSettings",
                    context.EmbeddedArray(
                        connection.With("HostResource", target).With("EnabledState", CimValue.UInt16(Enabled))
                    )
                )
            );
        }
        else
        {
            var port = vm.Devices.First(device =>
                AdapterMapper.IsPort(device) && device.Text("InstanceID") == present.Id
            );
            var added = (
                await context.TemplateAsync(Connection, Wmi.PortConnection, ResourceTypeConnection, cancellationToken)
            )
                .With("Parent", CimValue.Text(port.Path.ToString()))
                .With("HostResource", target)
                .With("EnabledState", CimValue.UInt16(Enabled));
            outcome = await AddAsync(vm, what, added, cancellationToken);
        }

        var shown = await context.VerifyAsync(
            vm.Id,
            what,
            outcome,
            reading => Same(WithId(reading, present.Id)?.SwitchName, adapter.SwitchName),
            cancellationToken
        );
        return (shown, outcome.Warning);
    }

    private async Task<string?> SetVlanAsync(
        VirtualMachineReading vm,
        string what,
        string adapterId,
        DesiredNetworkAdapter adapter,
        CancellationToken cancellationToken
    )
    {
        var connection =
            AdapterMapper.ConnectionOf(vm.Devices, adapterId)
            ?? throw new HyperVException(
                FaultKind.Failed,
                HyperVReasons.SettingsMissing,
                $"{what}: the adapter has no connection."
            );
        var vlan = AdapterMapper.VlanOf(vm.Vlans, connection);
        what += adapter.VlanId is { } id ? $", VLAN {id}" : ", untagged";
        CallOutcome outcome;
        if (adapter.VlanId is not { } vlanId)
        {
            outcome = await context.InvokeAsync(
                what,
                "RemoveFeatureSettings",
                cancellationToken,
                ("FeatureSettings", CimValue.ReferenceArray([vlan!.Path]))
            );
        }
        else if (vlan is not null)
        {
            outcome = await context.InvokeAsync(
                what,
                "ModifyFeatureSettings",
                cancellationToken,
                ("FeatureSettings", context.EmbeddedArray(WithAccess(vlan, vlanId)))
            );
        }
        else
        {
            outcome = await context.InvokeAsync(
                what,
                "AddFeatureSettings",
                cancellationToken,
                ("AffectedConfiguration", CimValue.Reference(connection.Path)),
                (
                    "FeatureSettings",
                    context.EmbeddedArray(
                        WithAccess(context.Calls.Session.NewInstance(Wmi.Virtualization, Vlan), vlanId)
                    )
                )
            );
        }

        await context.VerifyAsync(
            vm.Id,
            what,
            outcome,
            reading => WithId(reading, adapterId)?.VlanId == adapter.VlanId,
            cancellationToken
        );
        return outcome.Warning;
    }

    private static CimObject WithAccess(CimObject vlan, int vlanId) =>
        vlan.With("OperationMode", CimValue.UInt32(AccessMode))
            .With("AccessVlanId", CimValue.UInt16(checked((ushort)vlanId)));

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

    private static bool IsAsDeclared(ObservedNetworkAdapter present, DesiredNetworkAdapter adapter) =>
        Same(present.SwitchName, adapter.SwitchName) && present.VlanId == adapter.VlanId;

    private static IEnumerable<ObservedNetworkAdapter> Named(VirtualMachineReading vm, string name) =>
        (vm.Observed.NetworkAdapters ?? []).Where(item => Same(item.Name, name));

    private static ObservedNetworkAdapter? WithId(VirtualMachineReading vm, string id) =>
        (vm.Observed.NetworkAdapters ?? []).FirstOrDefault(item =>
            item.Id.Equals(id, StringComparison.OrdinalIgnoreCase)
        );

    private static bool Same(string? left, string right) => right.Equals(left, StringComparison.OrdinalIgnoreCase);
}
