using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.CimXml;
using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.HyperV.Simulator.Engine;
using ExchangeVirt.HyperV.Simulator.Model;

namespace ExchangeVirt.HyperV.Simulator.Methods;

/// <summary>Virtual disk files.</summary>
internal static class ImageMethods
{
    private const string SettingData = "Msvm_VirtualHardDiskSettingData";
    private const uint ChainBroken = 32787;

    /// <summary>Describes a file, one level of the chain.</summary>
    public static Reply GetSettingData(MethodCall call) =>
        call.Transaction.State.File(call.Text("Path")) is { } file
            ? Reply.Of(Answer.Done, "SettingData", CimXmlWriter.Write(Describe(call, file)))
            : Missing(call.Text("Path"));

    /// <summary>Describes what a file takes on its volume.</summary>
    public static Reply GetState(MethodCall call) =>
        call.Transaction.State.File(call.Text("Path")) is { } file
            ? Reply.Of(
                Answer.Done,
                "State",
                CimXmlWriter.Write(
                    new InstanceBuilder(call.Transaction.Schema.Class("Msvm_VirtualHardDiskState"))
                        .Set("FileSize", file.Allocated)
                        .Set("MinInternalSize", file.Size)
                        .Build()
                )
            )
            : Missing(call.Text("Path"));

    /// <summary>Checks a file and its parents.</summary>
    public static Reply Validate(MethodCall call)
    {
        var path = call.Text("Path");
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var at = path; at is not null; )
        {
            if (!seen.Add(at))
            {
                return Reply.Refused(ChainBroken, $"The chain of '{path}' is a circle.");
            }

            if (call.Transaction.State.File(at) is not { } file)
            {
                return Missing(at);
            }

            at = file.Parent;
        }

        return Reply.Of(Answer.Done);
    }

    /// <summary>Makes a file; never over one that exists.</summary>
    public static Reply Create(MethodCall call)
    {
        var wanted = call.Embedded("VirtualDiskSettingData", SettingData);
        return Write(call, wanted, wanted.Number("MaxInternalSize"), "CreateVirtualHardDisk");
    }

    /// <summary>Copies a file into a new one, which is how a template becomes a disk.</summary>
    public static Reply Convert(MethodCall call)
    {
        var wanted = call.Embedded("VirtualDiskSettingData", SettingData);
        return call.Transaction.State.File(call.Text("SourcePath")) is { } source
            ? Write(call, wanted, (long)source.Size, "ConvertVirtualHardDisk")
            : Missing(call.Text("SourcePath"));
    }

    /// <summary>Makes a disk larger.</summary>
    public static Reply Resize(MethodCall call)
    {
        var t = call.Transaction;
        var path = call.Text("Path");
        var size = (ulong)(call.Number("MaxInternalSize") ?? 0);
        if (t.State.File(path) is not { } file)
        {
            return Missing(path);
        }

        if (size < file.Size || file.Type is SimulatedDiskType.Differencing)
        {
            return Reply.Invalid($"'{path}' cannot be resized to {size} bytes.");
        }

        if (Holder(t.State, path) is { } holder && !MayResize(holder, path))
        {
            return Reply.Refused(ReturnCodes.InUse, $"'{path}' is in use by '{holder.Name}'.");
        }

        var larger = file with { Size = size, Allocated = Math.Max(file.Allocated, Disks.Allocation(file.Type, size)) };
        return NoSpace(t.State, larger, file.Allocated) ?? Start(t, larger, "ResizeVirtualHardDisk");
    }

    private static Reply Write(MethodCall call, CimObject wanted, long? size, string method)
    {
        var t = call.Transaction;
        var path = wanted.Text("Path") ?? "";
        var type = (SimulatedDiskType)(wanted.Number("Type") ?? (int)SimulatedDiskType.Dynamic);
        var parent = type is SimulatedDiskType.Differencing ? wanted.Text("ParentPath") ?? "" : null;
        if (
            t.State.VolumeOf(path) is not { IsOnline: true }
            || !Enum.IsDefined(type)
            || wanted.Number("Format") is not (2 or 3 or null)
        )
        {
            return Reply.Invalid($"'{path}' is on no volume of this host, or its type or format is unknown.");
        }

        if (t.State.File(path) is not null)
        {
            return Reply.Refused(ReturnCodes.Failed, $"'{path}' exists already. (0x80070050)");
        }

        if (parent is not null)
        {
            if (t.State.File(parent) is not { } below)
            {
                return Missing(parent);
            }

            size = (long)below.Size;
        }

        if (size is not > 0)
        {
            return Reply.Invalid($"MaxInternalSize of '{path}' is missing.");
        }

        var file = new DiskFile(path, (ulong)size, type, parent, t.NewId(), Disks.Allocation(type, (ulong)size));
        return NoSpace(t.State, file, 0) ?? Start(t, file, method);
    }

    private static Reply Start(Transaction t, DiskFile file, string method) =>
        Reply.Of(
            JobRunner.Start(
                t,
                new JobOrder(JobTypes.Unknown, null, t.Timings.DiskSeconds, new WriteFile(file))
                {
                    ClassName = "Msvm_StorageJob",
                    Method = method,
                }
            )
        );

    private static Reply? NoSpace(HostState state, DiskFile file, ulong before) =>
        file.Allocated - before <= state.VolumeOf(file.Path)!.Free
            ? null
            : Reply.Refused(
                ReturnCodes.Failed,
                $"There is not enough space on the disk for '{file.Path}'. (0x80070070)"
            );

    private static VirtualMachine? Holder(HostState state, string path) =>
        state.Machines.Values.FirstOrDefault(m =>
            PowerStates.HoldsMemory(m.State)
            && m.Configuration.Disks.Any(d => d.Texts("HostResource").Contains(path, StringComparer.OrdinalIgnoreCase))
        );

    private static bool MayResize(VirtualMachine holder, string path) =>
        holder.State is PowerStates.Running
        && holder.Configuration.Disks.Any(d =>
            d.Texts("HostResource").Contains(path, StringComparer.OrdinalIgnoreCase)
            && DeviceSlots.Closed(holder, holder.Configuration, d) is null
        );

    private static CimObject Describe(MethodCall call, DiskFile file) =>
        new InstanceBuilder(call.Transaction.Schema.Class(SettingData))
            .Set("InstanceID", file.DiskId)
            .Set("ElementName", file.Path[(file.Path.LastIndexOf('\\') + 1)..])
            .Set("Path", file.Path)
            .Set("Type", (int)file.Type)
            .Set("Format", file.Path.EndsWith(".vhd", StringComparison.OrdinalIgnoreCase) ? 2 : 3)
            .Set("ParentPath", file.Parent ?? "")
            .Set("MaxInternalSize", file.Size)
            .Set("BlockSize", file.Type is SimulatedDiskType.Fixed ? 0 : 32U << 20)
            .Set("LogicalSectorSize", 512)
            .Set("PhysicalSectorSize", 4096)
            .Set("VirtualDiskId", file.DiskId)
            .Build();

    private static Reply Missing(string path) => Reply.Refused(ReturnCodes.FileNotFound, $"'{path}' was not found.");
}
