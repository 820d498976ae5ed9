using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Agent.Contract.Client;
using ExchangeVirt.Agent.Contract.Security;
using ExchangeVirt.Agent.Contract.Wire;
using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Cli.Simulation;

/// <summary>Changes a VM behind the operator's back, and measures on the agent's event stream until it is as it was.</summary>
/// <param name="host">The simulated host.</param>
/// <param name="control">How it is changed.</param>
/// <param name="reader">The certificate that the stream is read with.</param>
/// <param name="clock">The clock of the measurement.</param>
internal sealed class DriftMeasurement(SimulatedHost host, HostControl control, TlsFiles reader, TimeProvider clock)
{
    /// <summary>Makes the change and waits until it is undone.</summary>
    /// <param name="virtualMachine">The VM's name in Hyper-V.</param>
    /// <param name="changes">What is changed, in order.</param>
    /// <param name="patience">How long to wait at most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="CommandException">The change was refused, or changed nothing.</exception>
    public async Task<DriftOutcome> RunAsync(
        string virtualMachine,
        IReadOnlyList<SimulatedChange> changes,
        TimeSpan patience,
        CancellationToken cancellationToken
    )
    {
        using var deadline = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        await using var agent = new HostAgentConnector(AgentConnection.Options(reader, clock)).Connect(
            host.Endpoint,
            host.Name
        );
        VisibleState? before = null;
        VisibleState? last = null;
        Guid id = default;
        long started = 0;
        try
        {
            await foreach (var said in agent.WatchAsync(resume: null, either.Token))
            {
                if (before is null && said is HostSnapshot snapshot)
                {
                    var machine = Find(snapshot.Host, virtualMachine);
                    id = machine.Id;
                    before = VisibleState.Of(machine);
                    started = clock.GetTimestamp();
                    await control.ChangeAsync(virtualMachine, changes, either.Token);
                }
                else if (said is VirtualMachineChanged changed && changed.VirtualMachine.Id == id)
                {
                    var now = VisibleState.Of(changed.VirtualMachine);
                    if (last is not null && now == before)
                    {
                        return new DriftOutcome(clock.GetElapsedTime(started), last.DifferencesTo(before));
                    }

                    last = now == before ? null : now;
                }
            }
        }
        catch (OperationCanceledException)
            when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return last is null || before is null
                ? throw new CommandException(
                    $"Nothing changed on {host.Name}: {virtualMachine} had those values already, or its events were lost."
                )
                : new DriftOutcome(null, last.DifferencesTo(before));
        }
        catch (AgentFaultException fault)
        {
            throw new CommandException(fault.Fault.Message, ExitCode.Failure, fault);
        }

        throw new CommandException($"The event stream of {host.Name} ended.");
    }

    private ObservedVirtualMachine Find(ObservedHost observed, string name) =>
        observed.VirtualMachines.FirstOrDefault(machine =>
            machine.Name.Equals(name, StringComparison.OrdinalIgnoreCase)
        )
        ?? throw new CommandException(
            $"{host.Name} has no VM '{name}'. It has {string.Join(", ", observed.VirtualMachines.Select(static machine => machine.Name))}."
        );
}

/// <summary>Says how a change behind the operator's back ended.</summary>
/// <param name="UndoneAfter">How long it lasted; null where it was not undone in the time given.</param>
/// <param name="Differences">What was seen changed, in words.</param>
internal sealed record DriftOutcome(TimeSpan? UndoneAfter, IReadOnlyList<string> Differences);
