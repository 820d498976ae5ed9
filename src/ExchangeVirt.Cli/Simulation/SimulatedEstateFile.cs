using System.Diagnostics;
using System.Text.Json;
using ExchangeVirt.Agent.Contract.Security;

namespace ExchangeVirt.Cli.Simulation;

/// <summary>Says which simulated hosts are up, and how to reach them: what <c>sim up</c> leaves for other commands while it runs.</summary>
/// <param name="ProcessId">The process of <c>sim up</c>.</param>
/// <param name="Hosts">The hosts, by name.</param>
/// <param name="Operator">The certificate of the operator's role, its key and the authority.</param>
/// <param name="Reader">The certificate of the reader's role, its key and the authority.</param>
internal sealed record SimulatedEstateFile(
    int ProcessId,
    IReadOnlyList<SimulatedHost> Hosts,
    TlsFiles Operator,
    TlsFiles Reader
)
{
    private const string Name = "estate.json";
    private static readonly JsonSerializerOptions s_form = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The directory that is used where none is named; only its owner can enter it.</summary>
    public static string DefaultDirectory { get; } =
        Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData) is { Length: > 0 } data
                ? data
                : Path.Combine(Path.GetTempPath(), Environment.UserName),
            "exvirt",
            "sim"
        );

    /// <summary>Reads the file of a directory.</summary>
    /// <exception cref="CommandException">No simulated hosts are up there.</exception>
    public static SimulatedEstateFile Read(string directory) =>
        TryReadAlive(directory)
        ?? throw new CommandException(
            $"No simulated hosts are up in {directory}. Start them in another terminal: exvirt sim up DIR; "
                + "and where that was given --dir, give it here too."
        );

    /// <summary>Reads the file of a directory.</summary>
    /// <returns>Null where no simulated hosts are up there.</returns>
    public static SimulatedEstateFile? TryReadAlive(string directory) =>
        TryRead(directory) is { } found && found.IsAlive() ? found : null;

    /// <summary>Finds one of the hosts.</summary>
    /// <exception cref="CommandException">There is none of the name.</exception>
    public SimulatedHost Host(string name) =>
        Hosts.FirstOrDefault(host => host.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new CommandException(
            $"There is no simulated host '{name}'. There are {string.Join(", ", Hosts.Select(static host => host.Name))}."
        );

    /// <summary>Writes the file, replaced whole.</summary>
    public void Write(string directory)
    {
        var path = Path.Combine(directory, Name);
        File.WriteAllText(path + ".new", JsonSerializer.Serialize(this, s_form));
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>Deletes what an earlier run left that was killed; touches nothing that such a run did not make.</summary>
    public static void Sweep(string directory)
    {
        if (TryRead(directory) is { } left && !left.IsAlive())
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static SimulatedEstateFile? TryRead(string directory)
    {
        try
        {
            return JsonSerializer.Deserialize<SimulatedEstateFile>(
                File.ReadAllText(Path.Combine(directory, Name)),
                s_form
            );
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    private bool IsAlive()
    {
        try
        {
            using var process = Process.GetProcessById(ProcessId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
