using System.CommandLine;
using ExchangeVirt.Agent.Hosting;
using ExchangeVirt.Agent.State;

namespace ExchangeVirt.Agent.CommandLine;

/// <summary>What a person at the host can ask for.</summary>
/// <param name="run">Runs the agent until it is stopped; gives the exit code.</param>
/// <param name="time">The clock.</param>
internal sealed class AgentCommands(Func<AgentConfiguration, CancellationToken, Task<int>> run, TimeProvider time)
{
    public RootCommand Build()
    {
        var root = new RootCommand(
            "The agent of ExchangeVirtOperator: reads and changes the Hyper-V host it runs on, for one operator installation."
        );
        root.Subcommands.Add(Run());
        root.Subcommands.Add(Pause());
        root.Subcommands.Add(Resume());
        root.Subcommands.Add(Rebind());
        root.Subcommands.Add(Version());
        return root;
    }

    private Command Run()
    {
        var command = new Command("run", "Serves the host over mutual TLS until it is stopped.");
        var config = Text("--config", "A YAML or JSON file with the same settings; switches win over it.");
        var listen = Text("--listen", "Address and port; port 0 takes any that is free. Default 0.0.0.0:7443.");
        var certificate = Text("--cert", "The host's certificate, PEM. «exvirt certs» makes it.");
        var key = Text("--key", "Its private key, PEM.");
        var authority = Text("--ca", "The private authority that operators' certificates must come from, PEM.");
        var state = Text("--state", "A directory of its own, where journal, binding and pause are kept.");
        var hostName = Text("--host-name", "The host's name in messages. Default: the machine's name.");
        var endpointFile = Text("--endpoint-file", "A file that the bound address is written to.");
        var simulate = Text("--simulate", "Serves the simulated host that this file describes, on any system.");
        var simulateState = Text(
            "--simulate-state",
            "The simulated host's state. Default: simulated-host.json in --state."
        );
        var allowTls12 = new Option<bool>("--allow-tls12")
        {
            Description = "Speaks TLS 1.2 too, for Windows Server 2016 and 2019, which have no 1.3.",
        };
        var jsonLogs = new Option<bool>("--json-logs") { Description = "Writes logs as JSON lines." };
        var exitWithInput = new Option<bool>("--exit-on-stdin-close")
        {
            Description = "Ends when standard input closes, so that it never outlives the process that started it.",
        };
        Option[] options =
        [
            config,
            listen,
            certificate,
            key,
            authority,
            state,
            hostName,
            endpointFile,
            simulate,
            simulateState,
            allowTls12,
            jsonLogs,
            exitWithInput,
        ];
        foreach (var option in options)
        {
            command.Options.Add(option);
        }

        command.SetAction(
            (parsed, cancellationToken) =>
            {
                var file = parsed.GetValue(config) is { } path ? AgentConfiguration.Load(path) : new();
                Func<AgentConfiguration, CancellationToken, Task<int>> start = parsed.GetValue(exitWithInput)
                    ? (configuration, stop) => InputWatch.RunAsync(token => run(configuration, token), stop)
                    : run;
                return start(
                    file.With(
                        new AgentConfiguration
                        {
                            Listen = parsed.GetValue(listen),
                            Certificate = parsed.GetValue(certificate),
                            Key = parsed.GetValue(key),
                            Authority = parsed.GetValue(authority),
                            State = parsed.GetValue(state),
                            HostName = parsed.GetValue(hostName),
                            EndpointFile = parsed.GetValue(endpointFile),
                            Simulate = parsed.GetValue(simulate),
                            SimulateState = parsed.GetValue(simulateState),
                            AllowTls12 = parsed.GetValue(allowTls12) ? true : null,
                            JsonLogs = parsed.GetValue(jsonLogs) ? true : null,
                        }
                    ),
                    cancellationToken
                );
            }
        );
        return command;
    }

    private Command Pause()
    {
        var command = new Command(
            "pause",
            "Stops the agent from changing anything, whatever the operator asks: the action in flight ends, none follows."
        );
        var state = State();
        var reason = Text("--reason", "Why; shown in status and in every refusal.");
        command.Options.Add(state);
        command.Options.Add(reason);
        command.SetAction(parsed =>
        {
            var why = parsed.GetValue(reason) ?? $"Paused by {Environment.UserName}.";
            new PauseMarker(parsed.GetRequiredValue(state)).Set(why, time.GetUtcNow());
            parsed.InvocationConfiguration.Output.WriteLine($"Paused: {why} «exvirt-agent resume» ends it.");
            return 0;
        });
        return command;
    }

    private static Command Resume()
    {
        var command = new Command("resume", "Lets the agent change things again.");
        var state = State();
        command.Options.Add(state);
        command.SetAction(parsed =>
        {
            var was = new PauseMarker(parsed.GetRequiredValue(state)).Clear();
            parsed.InvocationConfiguration.Output.WriteLine(was ? "Resumed." : "The agent was not paused.");
            return 0;
        });
        return command;
    }

    private static Command Rebind()
    {
        var command = new Command(
            "rebind",
            "Makes the agent obey another operator installation from the next call on. VMs keep their marks until they are adopted anew."
        );
        var state = State();
        var installation = new Option<string>("--installation")
        {
            Description = "The new installation's UID.",
            Required = true,
        };
        command.Options.Add(state);
        command.Options.Add(installation);
        command.SetAction(parsed =>
        {
            var next = parsed.GetRequiredValue(installation);
            InstallationBinding.Rebind(parsed.GetRequiredValue(state), next);
            parsed.InvocationConfiguration.Output.WriteLine(
                $"The agent obeys installation {next} from the next call on."
            );
            return 0;
        });
        return command;
    }

    private static Command Version()
    {
        var command = new Command("version", "Prints the version.");
        command.SetAction(static parsed =>
        {
            parsed.InvocationConfiguration.Output.WriteLine($"exvirt-agent {AgentApplication.Version}");
            return 0;
        });
        return command;
    }

    private static Option<string> State() =>
        new("--state") { Description = "The agent's state directory.", Required = true };

    private static Option<string?> Text(string name, string description) => new(name) { Description = description };
}
