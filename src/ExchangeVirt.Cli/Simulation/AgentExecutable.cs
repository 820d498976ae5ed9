using System.Diagnostics;

namespace ExchangeVirt.Cli.Simulation;

/// <summary>Finds the agent that was built with this program: it lies beside it.</summary>
internal static class AgentExecutable
{
    private const string Name = "exvirt-agent";

    /// <summary>Prepares a start of the agent with all of its streams in our hands.</summary>
    /// <exception cref="CommandException">The agent is not there.</exception>
    public static ProcessStartInfo Start(params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        var library = Path.Combine(AppContext.BaseDirectory, Name + ".dll");
        var native = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? Name + ".exe" : Name);
        if (Environment.ProcessPath is { } self && IsDotnet(self) && File.Exists(library))
        {
            // Started as «dotnet exvirt.dll»: the runtime may be where no native launcher would look for it.
            start.FileName = self;
            start.ArgumentList.Add(library);
        }
        else if (File.Exists(native))
        {
            start.FileName = native;
        }
        else
        {
            throw new CommandException(
                $"The agent is missing: {native} does not exist. It is built and published together with exvirt; keep the folder whole."
            );
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    private static bool IsDotnet(string path) =>
        Path.GetFileNameWithoutExtension(path).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
}
