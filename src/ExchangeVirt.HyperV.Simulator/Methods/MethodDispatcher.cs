using System.Collections.Frozen;
using System.Collections.Immutable;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.CimXml;
using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.HyperV.Simulator.Engine;
using ExchangeVirt.HyperV.Simulator.Faults;
using ExchangeVirt.HyperV.Simulator.Model;
using ExchangeVirt.HyperV.Simulator.Schema;

namespace ExchangeVirt.HyperV.Simulator.Methods;

/// <summary>Checks an invocation against the schema and hands it to the method.</summary>
internal sealed class MethodDispatcher(CimSchema schema)
{
    private static readonly FrozenDictionary<string, Func<MethodCall, Reply>> s_methods = new Dictionary<
        string,
        Func<MethodCall, Reply>
    >(StringComparer.OrdinalIgnoreCase)
    {
        ["Msvm_ComputerSystem.RequestStateChange"] = ComputerSystemMethods.RequestStateChange,
        ["Msvm_ShutdownComponent.InitiateShutdown"] = ComputerSystemMethods.InitiateShutdown,
        ["Msvm_VirtualSystemManagementService.DefineSystem"] = ManagementMethods.DefineSystem,
        ["Msvm_VirtualSystemManagementService.DestroySystem"] = ManagementMethods.DestroySystem,
        ["Msvm_VirtualSystemManagementService.ModifySystemSettings"] = ManagementMethods.ModifySystemSettings,
        ["Msvm_VirtualSystemManagementService.ModifyResourceSettings"] = ResourceMethods.ModifyResourceSettings,
        ["Msvm_VirtualSystemManagementService.AddResourceSettings"] = ResourceMethods.AddResourceSettings,
        ["Msvm_VirtualSystemManagementService.RemoveResourceSettings"] = ResourceMethods.RemoveResourceSettings,
        ["Msvm_VirtualSystemManagementService.AddFeatureSettings"] = FeatureMethods.Add,
        ["Msvm_VirtualSystemManagementService.ModifyFeatureSettings"] = FeatureMethods.Modify,
        ["Msvm_VirtualSystemManagementService.RemoveFeatureSettings"] = FeatureMethods.Remove,
        ["Msvm_VirtualSystemManagementService.GetSummaryInformation"] = SummaryMethods.GetSummaryInformation,
        ["Msvm_VirtualSystemManagementService.FormatError"] = JobMethods.FormatError,
        ["Msvm_VirtualEthernetSwitchManagementService.AddFeatureSettings"] = FeatureMethods.Add,
        ["Msvm_VirtualEthernetSwitchManagementService.ModifyFeatureSettings"] = FeatureMethods.Modify,
        ["Msvm_VirtualEthernetSwitchManagementService.RemoveFeatureSettings"] = FeatureMethods.Remove,
        ["Msvm_VirtualSystemSnapshotService.CreateSnapshot"] = SnapshotMethods.CreateSnapshot,
        ["Msvm_VirtualSystemSnapshotService.DestroySnapshot"] = SnapshotMethods.DestroySnapshot,
        ["Msvm_VirtualSystemSnapshotService.DestroySnapshotTree"] = SnapshotMethods.DestroySnapshotTree,
        ["Msvm_VirtualSystemSnapshotService.ApplySnapshot"] = SnapshotMethods.ApplySnapshot,
        ["Msvm_VirtualSystemMigrationService.MigrateVirtualSystemToHost"] = MigrationMethods.Migrate,
        ["Msvm_VirtualSystemMigrationService.CheckVirtualSystemIsMigratable"] = MigrationMethods.Check,
        ["Msvm_VirtualSystemMigrationService.CheckVirtualSystemIsMigratableToHost"] = MigrationMethods.CheckToHost,
        ["Msvm_ImageManagementService.CreateVirtualHardDisk"] = ImageMethods.Create,
        ["Msvm_ImageManagementService.ConvertVirtualHardDisk"] = ImageMethods.Convert,
        ["Msvm_ImageManagementService.ResizeVirtualHardDisk"] = ImageMethods.Resize,
        ["Msvm_ImageManagementService.GetVirtualHardDiskSettingData"] = ImageMethods.GetSettingData,
        ["Msvm_ImageManagementService.GetVirtualHardDiskState"] = ImageMethods.GetState,
        ["Msvm_ImageManagementService.ValidateVirtualHardDisk"] = ImageMethods.Validate,
        ["Msvm_ConcreteJob.GetErrorEx"] = JobMethods.GetErrorEx,
        ["Msvm_ConcreteJob.GetError"] = JobMethods.GetError,
        ["Msvm_ConcreteJob.RequestStateChange"] = JobMethods.RequestStateChange,
        ["Msvm_MigrationJob.GetErrorEx"] = JobMethods.GetErrorEx,
        ["Msvm_StorageJob.GetErrorEx"] = JobMethods.GetErrorEx,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private readonly CimXmlReader _xml = new(schema);

    /// <summary>Gets the text in which an invocation may name a VM.</summary>
    public static string Mentions(CimPath target, IReadOnlyDictionary<string, CimValue> arguments) =>
        string.Join(
            '\n',
            arguments
                .Values.SelectMany(value => value.Value is ImmutableArray<object> items ? items : [value.Value ?? ""])
                .Select(value => value.ToString())
                .Prepend(target.ToString())
        );

    /// <summary>Refuses what the schema does not have: class, method, parameter, type.</summary>
    /// <exception cref="CimException">With what WMI would say.</exception>
    public void Check(CimPath target, string method, IReadOnlyDictionary<string, CimValue> arguments)
    {
        var declaration = Declaration(target, method);
        foreach (var (name, value) in arguments)
        {
            if (!declaration.Parameters.TryGetValue(name, out var parameter) || !parameter.IsIn)
            {
                throw new CimException(
                    CimError.InvalidParameter,
                    $"{target.ClassName}.{method} has no in parameter '{name}'; it has {string.Join(", ", declaration.Parameters.Values.Where(p => p.IsIn).Select(p => p.Name))}."
                );
            }

            Check(target, method, parameter, value);
        }
    }

    /// <summary>Invokes a method whose call was checked.</summary>
    public CimMethodResult Invoke(
        Transaction transaction,
        VirtualMachine? machine,
        CimPath target,
        string method,
        IReadOnlyDictionary<string, CimValue> arguments
    )
    {
        var declaration = Declaration(target, method);
        if (!s_methods.TryGetValue($"{target.ClassName}.{method}", out var handler))
        {
            throw new CimException(
                CimError.NotSupported,
                $"The simulated host does not do {target.ClassName}.{method}."
            );
        }

        var reply = Faulty(transaction, machine, method);
        if (reply is null)
        {
            var before = transaction.State;
            try
            {
                reply = handler(new MethodCall(transaction, target, arguments, _xml));
            }
            catch (CimException refused) when (refused.Error is CimError.InvalidParameter)
            {
                reply = Reply.Invalid(refused.Message);
            }

            if (!reply.Answer.IsAccepted)
            {
                transaction.State = before;
                reply = AsJob(transaction, machine, declaration, reply);
            }
        }

        return Result(declaration, reply);
    }

    private CimMethodDeclaration Declaration(CimPath target, string method)
    {
        var cimClass = schema.Class(target.Namespace, target.ClassName);
        return cimClass.Methods.TryGetValue(method, out var declaration)
            ? declaration
            : throw new CimException(CimError.MethodNotFound, $"{cimClass.Name} has no method '{method}'.");
    }

    private void Check(CimPath target, string method, CimParameterDeclaration parameter, CimValue value)
    {
        var wanted = parameter.Type;
        if (!wanted.Accepts(value))
        {
            throw new CimException(
                CimError.InvalidParameter,
                $"{target.ClassName}.{method}: the parameter '{parameter.Name}' is a {wanted.Type}{(wanted.IsArray ? "[]" : "")}, not a {value.Type}{(value.IsArray ? "[]" : "")}."
            );
        }

        IEnumerable<object> items =
            value.Value is ImmutableArray<object> array ? array
            : value.Value is { } one ? [one]
            : [];
        foreach (var path in items.OfType<CimPath>())
        {
            if (!schema.Class(path.Namespace, path.ClassName).IsA(wanted.ReferencedClass!))
            {
                throw new CimException(
                    CimError.InvalidParameter,
                    $"{target.ClassName}.{method}: the parameter '{parameter.Name}' refers to a {wanted.ReferencedClass}, not to a {path.ClassName}."
                );
            }
        }
    }

    private static Reply? Faulty(Transaction transaction, VirtualMachine? machine, string method)
    {
        SimulatedFault? Met(SimulatedFaultKind kind) => transaction.Meet(kind, machine, method);
        if (Met(SimulatedFaultKind.AccessDeniedAsReturnValue) is not null)
        {
            return Reply.Refused(ReturnCodes.AccessDenied, "Access denied.");
        }

        if (Met(SimulatedFaultKind.Busy) is not null)
        {
            return Reply.Refused(ReturnCodes.InvalidState, "The virtual machine is busy.");
        }

        if (Met(SimulatedFaultKind.MethodTimesOut) is not null)
        {
            return Reply.Refused(ReturnCodes.Timeout, "The method timed out.");
        }

        return Met(SimulatedFaultKind.MethodReturns) is { } fault
            ? Reply.Refused(fault.Code, fault.Text ?? "The method failed.")
            : null;
    }

    // A refusal by the VM's state may come at once or as a job that fails; both are documented.
    private static Reply AsJob(
        Transaction transaction,
        VirtualMachine? machine,
        CimMethodDeclaration declaration,
        Reply reply
    ) =>
        transaction.Description.Refusals is SimulatedAnswers.Jobs
        && reply.Answer.Code == ReturnCodes.InvalidState
        && declaration.Parameters.ContainsKey("Job")
        && declaration.Name != "RequestStateChange"
            ? Reply.Of(
                JobRunner.Start(
                    transaction,
                    new JobOrder(JobTypes.Modify, machine, transaction.Timings.ModifySeconds, new Nothing())
                    {
                        Failure = new JobError(reply.Answer.Code, reply.Answer.Why),
                        AlwaysJob = true,
                    }
                )
            )
            : reply;

    private static CimMethodResult Result(CimMethodDeclaration declaration, Reply reply)
    {
        var values = reply.Out.SetItem("Job", reply.Answer.Job);
        var all = declaration
            .Parameters.Values.Where(parameter => parameter.IsOut)
            .ToImmutableSortedDictionary(
                parameter => parameter.Name,
                parameter =>
                    parameter.Name == "Job"
                        ? new CimValue(CimType.Reference, false, reply.Answer.Job)
                        : CimValues.Of(parameter.Type, values.GetValueOrDefault(parameter.Name)),
                StringComparer.OrdinalIgnoreCase
            );
        return new CimMethodResult(reply.Answer.Code, all);
    }
}
