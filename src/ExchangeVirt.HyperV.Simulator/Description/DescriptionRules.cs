namespace ExchangeVirt.HyperV.Simulator.Description;

/// <summary>Checks what holds between the fields of a description.</summary>
internal static class DescriptionRules
{
    /// <summary>Notes every broken rule.</summary>
    public static void Check(SimulatedHostDescription host, YamlSection yaml)
    {
        var switches = host.Switches.Select(s => s.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (switches.Count != host.Switches.Length)
        {
            yaml.Broken("switches", "two switches share a name");
        }

        var ids = host.VirtualMachines.Where(m => m.Id is not null).Select(m => m.Id!.Value).ToList();
        if (ids.Distinct().Count() != ids.Count)
        {
            yaml.Broken("virtualMachines", "two VMs share an id");
        }

        foreach (var machine in host.VirtualMachines)
        {
            foreach (var adapter in machine.NetworkAdapters)
            {
                if (adapter.SwitchName is { } name && !switches.Contains(name))
                {
                    yaml.Broken(
                        "virtualMachines",
                        $"'{machine.Name}' is connected to a switch '{name}' that switches does not name"
                    );
                }
            }
        }

        var volumes = host.Volumes.IsEmpty ? [@"C:\"] : host.Volumes.Select(v => v.Path).ToArray();
        var paths = host
            .Files.Select(f => f.Path)
            .Concat(host.VirtualMachines.SelectMany(m => m.Disks).Select(d => d.Path));
        foreach (var path in paths.Where(p => !volumes.Any(v => p.StartsWith(v, StringComparison.OrdinalIgnoreCase))))
        {
            yaml.Broken("volumes", $"no volume holds the file '{path}'");
        }
    }
}
