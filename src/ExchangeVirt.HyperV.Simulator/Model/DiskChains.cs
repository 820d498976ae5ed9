using ExchangeVirt.HyperV.Simulator.CimXml;
using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.HyperV.Simulator.Schema;

namespace ExchangeVirt.HyperV.Simulator.Model;

/// <summary>Grows and merges the chains of disks beneath snapshots.</summary>
internal static class DiskChains
{
    private const ulong LeafBytes = 4UL << 20;

    /// <summary>Puts a new differencing disk on top of each of a configuration's disks.</summary>
    public static (MachineConfiguration Configuration, HostState State) Grow(
        CimSchema schema,
        HostState state,
        MachineConfiguration configuration,
        Func<string> newId
    )
    {
        foreach (var disk in configuration.Disks.ToList())
        {
            if (
                disk.Texts("HostResource") is not [var path, ..]
                || !state.Files.TryGetValue(HostState.Key(path), out var file)
            )
            {
                continue;
            }

            var id = newId();
            var leaf = new DiskFile(
                Names.Avhdx(path, id),
                file.Size,
                SimulatedDiskType.Differencing,
                path,
                id,
                LeafBytes
            );
            state = state with { Files = state.Files.SetItem(HostState.Key(leaf.Path), leaf) };
            configuration = configuration.Replace(disk.Change(schema, "HostResource", new[] { leaf.Path }));
        }

        return (configuration, state);
    }

    /// <summary>Merges every differencing disk that nothing but its parent's reader needs, until none is left.</summary>
    public static (VirtualMachine Machine, HostState State) Collapse(
        CimSchema schema,
        HostState state,
        VirtualMachine machine
    )
    {
        while (Mergeable(state, machine) is var (parent, child))
        {
            if (child is null)
            {
                state = state with { Files = state.Files.Remove(HostState.Key(parent.Path)) };
                continue;
            }

            machine = Retarget(schema, machine, child.Path, parent.Path);
            var files = state.Files.Remove(HostState.Key(child.Path)).ToBuilder();
            foreach (var (key, file) in state.Files)
            {
                if (Same(file.Parent, child.Path))
                {
                    files[key] = file with { Parent = parent.Path };
                }
            }

            state = state with { Files = files.ToImmutable() };
        }

        return (machine, state);
    }

    private static (DiskFile Parent, DiskFile? Child)? Mergeable(HostState state, VirtualMachine machine)
    {
        var used = Used(machine).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var folders = used.Select(Names.Folder).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var leaves = state
            .Files.Values.Where(f =>
                IsLeaf(f.Path) && folders.Contains(Names.Folder(f.Path)) && Belongs(state, f, used)
            )
            .ToList();
        foreach (var leaf in leaves)
        {
            if (!used.Contains(leaf.Path) && !leaves.Any(other => Same(other.Parent, leaf.Path)))
            {
                return (leaf, null);
            }

            var siblings = leaves.Count(other => Same(other.Parent, leaf.Parent));
            if (
                leaf.Parent is { } parent
                && siblings == 1
                && !used.Contains(parent)
                && state.Files.TryGetValue(HostState.Key(parent), out var below)
            )
            {
                return (below, leaf);
            }
        }

        return null;
    }

    // A leaf belongs to the machine when its chain of parents, or that of a file above it, meets one of its disks.
    private static bool Belongs(HostState state, DiskFile leaf, HashSet<string> used)
    {
        var roots = used.Select(path => Root(state, path)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return roots.Contains(Root(state, leaf.Path));
    }

    private static string Root(HostState state, string path)
    {
        while (IsLeaf(path) && state.Files.TryGetValue(HostState.Key(path), out var file) && file.Parent is { } parent)
        {
            path = parent;
        }

        return path;
    }

    private static IEnumerable<string> Used(VirtualMachine machine) =>
        machine
            .Snapshots.Select(snapshot => snapshot.Configuration)
            .Append(machine.Configuration)
            .SelectMany(configuration => configuration.Disks)
            .SelectMany(disk => disk.Texts("HostResource"));

    private static VirtualMachine Retarget(CimSchema schema, VirtualMachine machine, string from, string to) =>
        machine with
        {
            Configuration = Retarget(schema, machine.Configuration, from, to),
            Snapshots = machine.Snapshots.ConvertAll(snapshot =>
                snapshot with
                {
                    Configuration = Retarget(schema, snapshot.Configuration, from, to),
                }
            ),
        };

    private static MachineConfiguration Retarget(
        CimSchema schema,
        MachineConfiguration configuration,
        string from,
        string to
    )
    {
        foreach (var disk in configuration.Disks.Where(d => d.Texts("HostResource").Any(p => Same(p, from))).ToList())
        {
            configuration = configuration.Replace(disk.Change(schema, "HostResource", new[] { to }));
        }

        return configuration;
    }

    private static bool IsLeaf(string path) => path.EndsWith(".avhdx", StringComparison.OrdinalIgnoreCase);

    private static bool Same(string? left, string? right) =>
        string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
