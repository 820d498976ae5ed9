using System.Reflection;
using ExchangeVirt.Cli.Simulation;

namespace ExchangeVirt.Cli.Demo;

/// <summary>Holds the sample estate of <c>deploy/samples/contoso</c>, which travels in this assembly.</summary>
internal static class SampleEstate
{
    private const string Prefix = "samples/contoso/";
    private const string Hosts = "simulated-hosts/";
    private const string PolicyFile = "policy.yaml";

    /// <summary>Gives every file of the sample by its path below <c>deploy/samples/contoso</c>.</summary>
    public static IReadOnlyDictionary<string, string> Files { get; } = Read();

    /// <summary>Writes the descriptions of the simulated hosts.</summary>
    /// <returns>The files.</returns>
    public static IReadOnlyList<string> WriteHosts(string directory)
    {
        Directory.CreateDirectory(directory);
        var written = new List<string>();
        foreach (
            var (name, content) in Files.Where(static file => file.Key.StartsWith(Hosts, StringComparison.Ordinal))
        )
        {
            written.Add(Path.Combine(directory, name[Hosts.Length..]));
            File.WriteAllText(written[^1], content);
        }

        return written;
    }

    /// <summary>Writes the manifests, with the endpoints that the simulated hosts listen on in place of the sample's.</summary>
    /// <exception cref="InvalidOperationException">The sample names no endpoint for a host.</exception>
    public static void WriteManifests(string directory, IEnumerable<SimulatedHost> hosts)
    {
        Directory.CreateDirectory(directory);
        var manifests = Files
            .Where(static file => !file.Key.Contains('/', StringComparison.Ordinal))
            .ToDictionary(StringComparer.Ordinal);
        foreach (var host in hosts)
        {
            var sample = $"https://{host.Name}.contoso.example:7443";
            var file = manifests.Single(manifest => manifest.Value.Contains(sample, StringComparison.Ordinal)).Key;
            manifests[file] = manifests[file].Replace(sample, host.Endpoint.GetLeftPart(UriPartial.Authority));
        }

        foreach (var (name, content) in manifests)
        {
            File.WriteAllText(Path.Combine(directory, name), content);
        }
    }

    /// <summary>Changes one word of the policy in a directory of manifests, as a person would.</summary>
    /// <exception cref="InvalidOperationException">The policy does not hold the text.</exception>
    public static void EditPolicy(string directory, string from, string to)
    {
        var path = Path.Combine(directory, PolicyFile);
        var policy = File.ReadAllText(path);
        if (!policy.Contains(from, StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"The sample's policy does not say '{from}'.");
        }

        // Written beside and moved: nobody reads half a manifest.
        File.WriteAllText(path + ".new", policy.Replace(from, to));
        File.Move(path + ".new", path, overwrite: true);
    }

    private static SortedDictionary<string, string> Read()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (
            var name in assembly
                .GetManifestResourceNames()
                .Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal))
        )
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            files.Add(name[Prefix.Length..], reader.ReadToEnd());
        }

        return files;
    }
}
