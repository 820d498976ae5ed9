using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using ExchangeVirt.Envtest.Processes;

namespace ExchangeVirt.Kubernetes.Tests.Estates;

/// <summary>Simulated hosts, each behind an agent process, as <c>exvirt sim up</c> starts them.</summary>
internal sealed class SimulatedHosts : IAsyncDisposable
{
    private readonly GuardedProcess _process;
    private readonly JsonNode _estate;
    private readonly string _folder;

    private SimulatedHosts(GuardedProcess process, string folder)
    {
        _process = process;
        _folder = folder;
        _estate = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "estate.json")))!;
    }

    /// <summary>Gets the folder with the operator's certificate, its key and the authority.</summary>
    public string Certificates => Path.Combine(_folder, "certificates");

    /// <summary>Gets the hosts and where their agents answer.</summary>
    public IReadOnlyDictionary<string, Uri> Endpoints =>
        _estate["hosts"]!
            .AsArray()
            .ToDictionary(static host => (string)host!["name"]!, static host => new Uri((string)host!["endpoint"]!));

    /// <summary>Starts one host for each description in a folder.</summary>
    /// <param name="descriptions">The folder of descriptions.</param>
    /// <param name="folder">An empty folder for certificates and state.</param>
    public static async Task<SimulatedHosts> StartAsync(string descriptions, string folder)
    {
        var process = await GuardedProcess.StartAsync(
            new ProgramStart(Programs.Exvirt, ["sim", "up", descriptions, "--dir", folder]) { Name = "exvirt sim up" }
        );
        await process.WaitForOutputAsync("Up. Ctrl-C ends all of it.", TimeSpan.FromMinutes(2));
        return new SimulatedHosts(process, folder);
    }

    /// <summary>Changes a VM behind everybody's back.</summary>
    public async Task DriftAsync(string host, string machine, string set)
    {
        await using var drift = await GuardedProcess.StartAsync(
            new ProgramStart(
                Programs.Exvirt,
                ["sim", "drift", "--host", host, "--vm", machine, "--set", set, "--dir", _folder]
            )
        );
        Assert.True(await drift.WaitForExitAsync() == 0, drift.Log);
    }

    /// <summary>Ends the agent of a host as a crash does; it is started again by itself.</summary>
    public void KillAgent(string host)
    {
        var estate = JsonNode.Parse(File.ReadAllText(Path.Combine(_folder, "estate.json")))!;
        var agent = estate["hosts"]!.AsArray().Single(each => (string?)each!["name"] == host)!;
        Signals.Send((int)agent["processId"]!, UnixSignal.Kill);
    }

    /// <summary>Reads what an agent was asked for, and what came of it.</summary>
    public IReadOnlyList<JournalEntry> Journal(string host) => JournalEntry.Read(StateFolder(host));

    /// <summary>Gets the folder where an agent, and the host that it simulates, keep their state.</summary>
    public string StateFolder(string host) => Path.Combine(_folder, "hosts", host);

    /// <summary>Reads all VMs of all hosts and their files, with all settings and when each VM's state last changed.</summary>
    public IReadOnlyDictionary<string, string> Read() =>
        Endpoints.Keys.ToDictionary(
            static host => host,
            host =>
            {
                var state = Simulated(host);
                return $"{state["machines"]}\n{state["files"]}";
            },
            StringComparer.Ordinal
        );

    /// <summary>Reads all VMs but one of all hosts, with all settings and when each one's state last changed.</summary>
    public IReadOnlyList<string> MachinesBut(string id) =>
        [
            .. Endpoints
                .Keys.SelectMany(host => Simulated(host)["machines"]!.AsObject())
                .Where(machine => machine.Key != id)
                .Select(static machine => $"{machine.Value}"),
        ];

    /// <summary>Reads the names of all VMs of all hosts.</summary>
    public IReadOnlyList<string> MachineNames() =>
        [
            .. Endpoints
                .Keys.SelectMany(host => Simulated(host)["machines"]!.AsObject())
                .Select(static machine => XElement.Parse((string)machine.Value!["configuration"]!["system"]!))
                .Select(static settings =>
                    settings
                        .Elements("PROPERTY")
                        .Single(static property => (string?)property.Attribute("NAME") == "ElementName")
                        .Value
                ),
        ];

    /// <summary>Reads what all agents were asked for.</summary>
    public IReadOnlyList<JournalEntry> Journals() => [.. Endpoints.Keys.SelectMany(Journal)];

    /// <summary>Reads what all agents were asked for that was not known yet: each has a journal of its own, so that what is new is not what comes last.</summary>
    public IReadOnlyList<JournalEntry> JournalsBeyond(IEnumerable<JournalEntry> known)
    {
        var ids = known.Select(static entry => entry.OperationId).ToHashSet(StringComparer.Ordinal);
        return [.. Journals().Where(entry => !ids.Contains(entry.OperationId))];
    }

    private JsonNode Simulated(string host) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(StateFolder(host), "simulated-host.json")))!;

    public async ValueTask DisposeAsync()
    {
        // Its agents have ten seconds each to end, and write until then.
        await _process.StopAsync(TimeSpan.FromMinutes(1));
        await _process.DisposeAsync();
    }
}

/// <summary>One action that an agent was asked for.</summary>
/// <param name="OperationId">The operator's id of the attempt.</param>
/// <param name="Action">The action's name.</param>
/// <param name="Machine">The VM; empty for a creation that made none.</param>
/// <param name="Changed">Whether it found something to change; false too where it failed or goes on.</param>
internal sealed record JournalEntry(string OperationId, string Action, string Machine, bool Changed)
{
    /// <summary>Gets when the agent began it.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Gets whether it has ended, well or not.</summary>
    public bool Ended { get; init; }

    public static IReadOnlyList<JournalEntry> Read(string stateDirectory)
    {
        var path = Path.Combine(stateDirectory, "journal.jsonl");
        if (!File.Exists(path))
        {
            return [];
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        var records = reader
            .ReadToEnd()
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            // The last line may be half written.
            .Where(static line => line.EndsWith('}'))
            .Select(static line => JsonNode.Parse(line)!)
            .ToList();
        var results = records
            .Where(static record => record["endedId"] is not null)
            .ToDictionary(
                static record => (string)record["endedId"]!,
                static record => record["result"],
                StringComparer.Ordinal
            );
        return [.. records.Select(static record => record["intent"]).OfType<JsonNode>().Select(Entry)];

        JournalEntry Entry(JsonNode intent)
        {
            var id = (string)intent["operationId"]!;
            var result = results.GetValueOrDefault(id);
            return new JournalEntry(
                id,
                (string)intent["action"]!,
                (string?)intent["virtualMachineId"] ?? (string?)result?["done"]?["virtualMachineId"] ?? "",
                (bool?)result?["done"]?["changed"] is true
            )
            {
                At = DateTimeOffset.Parse((string)intent["at"]!, CultureInfo.InvariantCulture),
                Ended = result is not null,
            };
        }
    }
}
