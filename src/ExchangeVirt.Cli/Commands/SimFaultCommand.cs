using System.CommandLine;
using ExchangeVirt.Agent.Contract.Wire;
using ExchangeVirt.Cli.Output;
using ExchangeVirt.Cli.Simulation;

namespace ExchangeVirt.Cli.Commands;

/// <summary>Makes a simulated host misbehave.</summary>
internal static class SimFaultCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        var host = new Option<string>("--host")
        {
            Description = "The simulated host.",
            HelpName = "NAME",
            Required = true,
        };
        var fault = new Option<string?>("--fault")
        {
            Description = "What goes wrong. Absent: lists what can.",
            HelpName = "NAME",
        };
        var machine = new Option<string?>("--vm")
        {
            Description = "Only on this VM. Absent: on the whole host.",
            HelpName = "NAME",
        };
        var times = new Option<int?>("--times") { Description = "How often. Absent: until cleared.", HelpName = "N" };
        var method = new Option<string?>("--method")
        {
            Description = "Only in this WMI method, or for a query this class.",
            HelpName = "NAME",
        };
        var volume = new Option<string?>("--volume")
        {
            Description = "The volume that goes offline.",
            HelpName = "PATH",
        };
        var clear = new Option<bool>("--clear") { Description = "Ends all faults of the host." };
        var directory = SimCommand.DirectoryOption();
        var command = new TaughtCommand(
            "fault",
            """
            Makes a simulated host misbehave as real ones do: jobs that fail, a busy VM, a stopped service, lost events.

            Examples:
              exvirt sim fault --host hv01                                          lists faults, and those in force
              exvirt sim fault --host hv01 --fault JobFails --times 1
              exvirt sim fault --host hv01 --fault ManagementServiceStopped
              exvirt sim fault --host hv01 --clear
            """
        )
        {
            host,
            fault,
            machine,
            times,
            method,
            volume,
            clear,
            directory,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var estate = SimulatedEstateFile.Read(parsed.GetRequiredValue(directory));
                var target = estate.Host(parsed.GetRequiredValue(host));
                using var control = new HostControl(target, estate.Operator, context.Clock);
                if (parsed.GetValue(clear))
                {
                    await control.ClearAsync(cancellationToken);
                    await context.Out.WriteLineAsync($"{target.Name} has no faults.");
                    return ExitCode.Success;
                }

                if (parsed.GetValue(fault) is not { } name)
                {
                    List(context.Out, await control.DescribeAsync(cancellationToken));
                    return ExitCode.Success;
                }

                var wanted = new SimulatedFault { Kind = name };
                Give(parsed.GetValue(machine), value => wanted.VirtualMachine = value);
                Give(parsed.GetValue(method), value => wanted.Method = value);
                Give(parsed.GetValue(volume), value => wanted.Volume = value);
                if (parsed.GetValue(times) is { } count)
                {
                    wanted.Remaining = count;
                }

                var injected = await control.InjectAsync(wanted, cancellationToken);
                await context.Out.WriteLineAsync($"{target.Name} has the fault {name}, id {injected.FaultId}.");
                return ExitCode.Success;
            }
        );
        return command;
    }

    // On the wire absent is not the same as empty.
    private static void Give(string? value, Action<string> set)
    {
        if (value is not null)
        {
            set(value);
        }
    }

    private static void List(TextWriter output, DescribeResponse description)
    {
        output.WriteLine($"Faults: {string.Join(", ", description.FaultKinds)}.");
        output.WriteLine();
        Table("SETTING", description.Settings).Write(output);
        output.WriteLine();
        Table("ACTION", description.Actions).Write(output);
        output.WriteLine();
        output.WriteLine(
            description.Faults.Count == 0
                ? "No fault is in force."
                : $"In force: {string.Join("; ", description.Faults.Select(static fault => $"{fault.Kind} (id {fault.Id})"))}."
        );
    }

    private static TextTable Table(string heading, IDictionary<string, string> words)
    {
        var table = new TextTable(heading, "MEANING");
        foreach (var (name, meaning) in words.OrderBy(static word => word.Key, StringComparer.Ordinal))
        {
            table.Add(name, meaning);
        }

        return table;
    }
}
