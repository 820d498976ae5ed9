using System.Text.Json.Nodes;

namespace ExchangeVirt.Scenarios.Tests.Support;

/// <summary>A folder of one test, with its manifests, state and temporary files; gone afterwards.</summary>
internal sealed class Workplace : IDisposable
{
    public Workplace()
    {
        Directory.CreateDirectory(Temporary);
        Directory.CreateDirectory(Manifests);
        Directory.CreateDirectory(Hosts);
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("exvirt-scenario-").FullName;

    public string Temporary => Combine("tmp");

    public string Manifests => Combine("manifests");

    public string State => Combine("state");

    public string Hosts => Combine("hosts");

    public string Simulation => Combine("simulation");

    public string Combine(string name) => System.IO.Path.Combine(Path, name);

    public void Declare(string file, string manifest) =>
        File.WriteAllText(System.IO.Path.Combine(Manifests, file), manifest);

    /// <summary>Starts the hosts that the test described, and declares them as <c>sim up</c> says.</summary>
    public async Task<RunningProcess> SimulateAsync()
    {
        var up = Exvirt.Start(this, "sim", "up", Hosts, "--dir", Simulation);
        await up.WaitForOutputAsync("# Up.");
        Declare("hosts.yaml", up.Output);
        return up;
    }

    /// <summary>What <c>sim up</c> left for others to find.</summary>
    public JsonNode Estate() => JsonNode.Parse(File.ReadAllText(System.IO.Path.Combine(Simulation, "estate.json")))!;

    public string[] Run(params string[] more) =>
        [
            "run",
            "--manifests",
            Manifests,
            "--state",
            State,
            "--certificates",
            System.IO.Path.Combine(Simulation, "certificates"),
            .. more,
        ];

    /// <summary>Reads one resource with its status; null where there is none.</summary>
    public async Task<JsonNode?> GetAsync(string kind, string name)
    {
        var got = await Exvirt.RunAsync(this, "get", kind, name, "--state", State, "-o", "json");
        return got.ExitCode == 0 ? JsonNode.Parse(got.Output) : null;
    }

    /// <summary>Lists the actions that all agents carried out, from their journals.</summary>
    public IReadOnlyList<string> ActionsDone() =>
        [
            .. Directory
                .EnumerateFiles(System.IO.Path.Combine(Simulation, "hosts"), "journal*", SearchOption.AllDirectories)
                .SelectMany(ReadShared)
                .Where(static line => line.StartsWith('{'))
                .Select(static line => JsonNode.Parse(line)!)
                .Select(static entry => entry.ToJsonString()),
        ];

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static string[] ReadShared(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n');
    }
}
