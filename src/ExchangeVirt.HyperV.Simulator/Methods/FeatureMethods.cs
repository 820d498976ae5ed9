using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.CimXml;
using ExchangeVirt.HyperV.Simulator.Engine;
using ExchangeVirt.HyperV.Simulator.Model;

namespace ExchangeVirt.HyperV.Simulator.Methods;

/// <summary>Features of a network adapter's connection: here the VLAN.</summary>
internal static class FeatureMethods
{
    private const string Connection = "Msvm_EthernetPortAllocationSettingData";
    private const string Vlan = "Msvm_EthernetSwitchPortVlanSettingData";

    /// <summary>Adds a VLAN to a connection that has none.</summary>
    public static Reply Add(MethodCall call)
    {
        var path = call.Reference("AffectedConfiguration");
        var machine = call.MachineOf(path);
        var connection = path is null
            ? null
            : machine?.Configuration.Find(path.Keys.GetValueOrDefault("InstanceID") ?? "");
        if (machine is null || connection?.ClassName != Connection)
        {
            return Reply.Invalid("AffectedConfiguration is no connection of a network adapter of this host's VMs.");
        }

        return Change(
            call,
            machine,
            "AddFeatureSettings",
            (configuration, results) =>
            {
                foreach (var wanted in call.AllEmbedded("FeatureSettings"))
                {
                    var connectionId = connection.Text("InstanceID")!;
                    var prefix = connectionId + '\\';
                    if (
                        configuration
                            .Of(Vlan)
                            .Any(v => v.Text("InstanceID")!.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                    )
                    {
                        return Edit.Refused(
                            ReturnCodes.InvalidParameter,
                            "The connection has a VLAN already: modify it."
                        );
                    }

                    var made = Overlay(call, wanted, prefix + call.Transaction.NewId());
                    var edit = Judge(call, machine, configuration, made);
                    if (edit.Configuration is null)
                    {
                        return edit;
                    }

                    configuration = edit.Configuration;
                    results.Add(made.Path);
                }

                return Edit.To(configuration);
            }
        );
    }

    /// <summary>Changes features; the InstanceID inside each instance selects it.</summary>
    public static Reply Modify(MethodCall call)
    {
        var wanted = call.AllEmbedded("FeatureSettings");
        return wanted.Select(w => call.MachineOfSettings(w.Text("InstanceID"))).Distinct().ToList() is not [{ } machine]
            ? Reply.Invalid("The settings are not those of exactly one virtual machine of this host.")
            : Change(
                call,
                machine,
                "ModifyFeatureSettings",
                (configuration, results) =>
                {
                    foreach (var one in wanted)
                    {
                        var edit = SettingsEditor.Modify(call.Transaction, machine, configuration, one);
                        if (edit.Configuration is null)
                        {
                            return edit;
                        }

                        configuration = edit.Configuration;
                        results.Add(Names.Settings(one.ClassName, one.Text("InstanceID")!));
                    }

                    return Edit.To(configuration);
                }
            );
    }

    /// <summary>Removes features by reference.</summary>
    public static Reply Remove(MethodCall call)
    {
        var paths = call.References("FeatureSettings") ?? [];
        return paths.Select(call.MachineOf).Distinct().ToList() is not [{ } machine]
            ? Reply.Invalid("The settings are not those of exactly one virtual machine of this host.")
            : Change(
                call,
                machine,
                "RemoveFeatureSettings",
                (configuration, _) =>
                {
                    if (Closed(machine) is { } closed)
                    {
                        return closed;
                    }

                    var gone = paths
                        .Select(p => p.Keys.GetValueOrDefault("InstanceID"))
                        .ToHashSet(StringComparer.OrdinalIgnoreCase);
                    return Edit.To(
                        configuration with
                        {
                            Devices = configuration.Devices.RemoveAll(d =>
                                d.ClassName == Vlan && gone.Contains(d.Text("InstanceID"))
                            ),
                        }
                    );
                }
            );
    }

    private static CimObject Overlay(MethodCall call, CimObject wanted, string id)
    {
        var made =
            call.Transaction.Templates.Find(wanted.ClassName, null)
            ?? throw new CimException(CimError.InvalidParameter, $"The feature {wanted.ClassName} is not there.");
        foreach (var (property, value) in wanted.Properties.Where(p => p.Value.Value is not null))
        {
            made = made.With(property, value);
        }

        return made.Change(call.Transaction.Schema, "InstanceID", id);
    }

    private static Edit? Closed(VirtualMachine machine) =>
        machine.State is PowerStates.Off or PowerStates.Running
            ? null
            : Edit.Refused(
                ReturnCodes.InvalidState,
                $"'{machine.Name}': the VLAN cannot be changed while the virtual machine is {PowerStates.Name(machine.State)}."
            );

    private static Edit Judge(
        MethodCall call,
        VirtualMachine machine,
        MachineConfiguration configuration,
        CimObject made
    )
    {
        if (Closed(machine) is { } closed)
        {
            return closed;
        }

        return SettingsRanges.Wrong(call.Transaction, machine, configuration, made) is { } wrong
            ? Edit.Refused(ReturnCodes.InvalidParameter, wrong)
            : Edit.To(configuration with { Devices = configuration.Devices.Add(made) });
    }

    private static Reply Change(
        MethodCall call,
        VirtualMachine machine,
        string method,
        Func<MachineConfiguration, List<CimPath>, Edit> change
    )
    {
        if (SettingsEditor.Closed(call.Transaction, machine) is { } closed)
        {
            return Reply.Of(closed);
        }

        var results = new List<CimPath>();
        var edit = change(machine.Configuration, results);
        if (edit.Configuration is null)
        {
            return Reply.Of(edit.Refusal);
        }

        var answer = ManagementMethods.Configure(
            call.Transaction,
            machine,
            JobTypes.ModifyResources,
            edit.Configuration,
            results,
            method
        );
        return method == "RemoveFeatureSettings"
            ? Reply.Of(answer)
            : Reply.Of(answer, "ResultingFeatureSettings", answer.Code == ReturnCodes.Done ? answer.Results : null);
    }
}
