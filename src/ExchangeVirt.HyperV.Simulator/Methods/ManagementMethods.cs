using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.CimXml;
using ExchangeVirt.HyperV.Simulator.Engine;
using ExchangeVirt.HyperV.Simulator.Model;

namespace ExchangeVirt.HyperV.Simulator.Methods;

/// <summary>Defines, changes and destroys VMs.</summary>
internal static class ManagementMethods
{
    private static readonly string[] s_identity =
    [
        "InstanceID",
        "VirtualSystemIdentifier",
        "VirtualSystemType",
        "VirtualSystemSubType",
        "CreationTime",
        "ConfigurationID",
        "ConfigurationFile",
        "Version",
    ];

    /// <summary>Defines a VM; memory, processor and the generation's default devices are made whatever is passed.</summary>
    public static Reply DefineSystem(MethodCall call)
    {
        if (call.Reference("ReferenceConfiguration") is not null)
        {
            return Reply.Refused(
                ReturnCodes.NotSupported,
                "The simulated host defines no VM from another one's configuration."
            );
        }

        var t = call.Transaction;
        var wanted =
            call.Text("SystemSettings").Length == 0
                ? null
                : call.Embedded("SystemSettings", "Msvm_VirtualSystemSettingData");
        var generation = wanted?.Text("VirtualSystemSubType") switch
        {
            null or "Microsoft:Hyper-V:SubType:1" => 1,
            "Microsoft:Hyper-V:SubType:2" => 2,
            _ => 0,
        };
        if (generation == 0)
        {
            return Reply.Invalid($"There is no VirtualSystemSubType '{wanted?.Text("VirtualSystemSubType")}'.");
        }

        var machine = t.Factory.New(t.NewId(), generation, t.Now);
        var system = machine.Configuration.System;
        foreach (var (property, value) in wanted?.Properties.AsEnumerable() ?? [])
        {
            if (value.Value is not null && !s_identity.Contains(property, StringComparer.OrdinalIgnoreCase))
            {
                system = system.With(property, value);
            }
        }

        machine = machine with { Configuration = machine.Configuration with { System = system } };
        if (SettingsRanges.Wrong(t, machine, machine.Configuration, system) is { } wrong)
        {
            return Reply.Invalid(wrong);
        }

        var (configured, refusal) = WithResources(call, machine);
        if (configured is null)
        {
            return Reply.Of(refusal);
        }

        var order = new JobOrder(JobTypes.Define, null, t.Timings.DefineSeconds, new AddMachine(configured))
        {
            Method = "DefineSystem",
        };
        var answer = JobRunner.Start(t, order);
        return Reply.Of(answer, "ResultingSystem", answer.Results.FirstOrDefault());
    }

    /// <summary>Changes a VM's settings; the InstanceID inside the instance selects which.</summary>
    public static Reply ModifySystemSettings(MethodCall call)
    {
        var wanted = call.Embedded("SystemSettings", "Msvm_VirtualSystemSettingData");
        if (call.MachineOfSettings(wanted.Text("InstanceID")) is not { } machine)
        {
            return Reply.Invalid($"No virtual machine has the settings '{wanted.Text("InstanceID")}'.");
        }

        if (SettingsEditor.Closed(call.Transaction, machine) is { } closed)
        {
            return Reply.Of(closed);
        }

        var edit = SettingsEditor.Modify(call.Transaction, machine, machine.Configuration, wanted);
        return edit.Configuration is { } configuration
            ? Reply.Of(Configure(call.Transaction, machine, JobTypes.Modify, configuration, [], "ModifySystemSettings"))
            : Reply.Of(edit.Refusal);
    }

    /// <summary>Destroys a VM that is Off or Saved; its files stay.</summary>
    public static Reply DestroySystem(MethodCall call)
    {
        var t = call.Transaction;
        if (call.MachineOf(call.Reference("AffectedSystem")) is not { } machine)
        {
            return Reply.Invalid("AffectedSystem is no virtual machine of this host.");
        }

        if (machine.State is not (PowerStates.Off or PowerStates.Saved) || t.PendingJob(machine.Id) is not null)
        {
            return Reply.Refused(
                ReturnCodes.InvalidState,
                $"'{machine.Name}' is {PowerStates.Name(machine.State)} or busy; a VM is deleted only when it is Off or Saved and at rest."
            );
        }

        return Reply.Of(
            JobRunner.Start(
                t,
                new JobOrder(JobTypes.Destroy, machine, t.Timings.DefineSeconds, new RemoveMachine())
                {
                    Method = "DestroySystem",
                }
            )
        );
    }

    /// <summary>Orders that a VM gets a configuration.</summary>
    public static Answer Configure(
        Transaction transaction,
        VirtualMachine machine,
        ushort jobType,
        MachineConfiguration configuration,
        IEnumerable<CimPath> results,
        string method
    ) =>
        JobRunner.Start(
            transaction,
            new JobOrder(
                jobType,
                machine,
                transaction.Timings.ModifySeconds,
                new Configure(configuration, [.. results])
            )
            {
                Method = method,
            }
        );

    private static (VirtualMachine? Machine, Answer Refusal) WithResources(MethodCall call, VirtualMachine machine)
    {
        var configuration = machine.Configuration;
        foreach (var wanted in call.AllEmbedded("ResourceSettings"))
        {
            var present = wanted.ClassName switch
            {
                "Msvm_MemorySettingData" => configuration.Memory,
                "Msvm_ProcessorSettingData" => configuration.Processor,
                _ => null,
            };
            var edit = present is null
                ? SettingsEditor.Add(call.Transaction, machine, configuration, wanted).Edit
                : SettingsEditor.Modify(
                    call.Transaction,
                    machine,
                    configuration,
                    wanted.Change(call.Transaction.Schema, "InstanceID", present.Text("InstanceID"))
                );
            if (edit.Configuration is null)
            {
                return (null, edit.Refusal);
            }

            configuration = edit.Configuration;
        }

        return (machine with { Configuration = configuration }, Answer.Done);
    }
}
