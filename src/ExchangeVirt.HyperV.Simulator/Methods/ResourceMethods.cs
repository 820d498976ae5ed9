using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.Engine;
using ExchangeVirt.HyperV.Simulator.Model;

namespace ExchangeVirt.HyperV.Simulator.Methods;

/// <summary>Adds, changes and removes devices.</summary>
internal static class ResourceMethods
{
    /// <summary>Changes devices; the InstanceID inside each instance selects it.</summary>
    public static Reply ModifyResourceSettings(MethodCall call)
    {
        var wanted = call.AllEmbedded("ResourceSettings");
        return Edit(
            call,
            JobTypes.ModifyResources,
            "ModifyResourceSettings",
            wanted.Select(w => call.MachineOfSettings(w.Text("InstanceID"))),
            (machine, configuration, results) =>
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

                return Engine.Edit.To(configuration);
            }
        );
    }

    /// <summary>Adds devices to a VM.</summary>
    public static Reply AddResourceSettings(MethodCall call)
    {
        var wanted = call.AllEmbedded("ResourceSettings");
        return Edit(
            call,
            JobTypes.AddResources,
            "AddResourceSettings",
            [call.MachineOf(call.Reference("AffectedConfiguration"))],
            (machine, configuration, results) =>
            {
                foreach (var one in wanted)
                {
                    var (edit, added) = SettingsEditor.Add(call.Transaction, machine, configuration, one);
                    if (edit.Configuration is null)
                    {
                        return edit;
                    }

                    configuration = edit.Configuration;
                    results.Add(added!);
                }

                return Engine.Edit.To(configuration);
            }
        );
    }

    /// <summary>Removes devices by reference.</summary>
    public static Reply RemoveResourceSettings(MethodCall call)
    {
        var paths = call.References("ResourceSettings") ?? [];
        return Edit(
            call,
            JobTypes.RemoveResources,
            "RemoveResourceSettings",
            paths.Select(call.MachineOf),
            (machine, configuration, _) =>
            {
                foreach (var path in paths)
                {
                    var edit = SettingsEditor.Remove(call.Transaction, machine, configuration, path);
                    if (edit.Configuration is null)
                    {
                        return edit;
                    }

                    configuration = edit.Configuration;
                }

                return Engine.Edit.To(configuration);
            }
        );
    }

    private static Reply Edit(
        MethodCall call,
        ushort jobType,
        string method,
        IEnumerable<VirtualMachine?> machines,
        Func<VirtualMachine, MachineConfiguration, List<CimPath>, Edit> change
    )
    {
        if (machines.Distinct().ToList() is not [{ } machine])
        {
            return Reply.Invalid("The settings are not those of exactly one virtual machine of this host.");
        }

        if (SettingsEditor.Closed(call.Transaction, machine) is { } closed)
        {
            return Reply.Of(closed);
        }

        var results = new List<CimPath>();
        var edit = change(machine, machine.Configuration, results);
        if (edit.Configuration is null)
        {
            return Reply.Of(edit.Refusal);
        }

        var answer = ManagementMethods.Configure(
            call.Transaction,
            machine,
            jobType,
            edit.Configuration,
            results,
            method
        );
        object? resulting = answer.Code == ReturnCodes.Done ? answer.Results : null;
        return method == "RemoveResourceSettings"
            ? Reply.Of(answer)
            : Reply.Of(answer, "ResultingResourceSettings", resulting);
    }
}
