using ExchangeVirt.Cli.Output;
using ExchangeVirt.Cli.Simulation;
using ExchangeVirt.Operator;

namespace ExchangeVirt.Cli.Demo;

/// <summary>Goes through the demonstration: heal, three changes behind the operator's back, a look at Observe, the sum.</summary>
/// <param name="context">The world.</param>
/// <param name="screen">Where it is shown.</param>
/// <param name="estate">The simulated hosts.</param>
/// <param name="running">The operator.</param>
/// <param name="manifests">The directory of manifests that the operator watches.</param>
internal sealed class DemoScript(
    CommandContext context,
    IDemoScreen screen,
    SimulatedEstate estate,
    OperatorProcess running,
    string manifests
)
{
    private static readonly TimeSpan s_frame = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly Dictionary<string, string> _restarts = new(StringComparer.Ordinal);
    private readonly List<DriftReport> _drifts = [];

    /// <summary>Goes through all of it.</summary>
    /// <param name="deadline">How long healing may take.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="CommandException">Something did not happen that should have; the message says what.</exception>
    public async Task<DemoSummary> RunAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        var started = context.Clock.GetTimestamp();
        screen.Chapter("Healing: the estate is brought to what its manifests declare");
        await WaitForAsync("the estate is as declared", EstateGoals.IsHealed, deadline, cancellationToken);
        var healed = context.Clock.GetElapsedTime(started);
        screen.Say($"All machines that fit are as declared after {Age.Measured(healed)}.");

        screen.Chapter("Behind the operator's back: three changes that Hyper-V allows on a running machine");
        await DriftAsync(
            "checkpoints are allowed again",
            "hv01",
            "EX01",
            "checkpoints",
            "Production",
            cancellationToken
        );
        await DriftAsync(
            "automatic checkpoints are turned on",
            "hv02",
            "EX02",
            "automaticCheckpoints",
            "true",
            cancellationToken
        );
        await CheckpointAsync(cancellationToken);
        await WaitForAsync("the estate is as declared again", EstateGoals.IsHealed, s_patience, cancellationToken);

        await ObserveAsync(cancellationToken);
        await WaitForAsync("the estate is as declared again", EstateGoals.IsHealed, s_patience, cancellationToken);
        var view = await EstateView.ReadAsync(running.Store, cancellationToken);
        return new DemoSummary(healed, context.Clock.GetElapsedTime(started), _drifts, [.. _restarts.Keys], view);
    }

    private async Task CheckpointAsync(CancellationToken cancellationToken)
    {
        // Hyper-V takes no checkpoint while they are disabled, so whoever takes one allows them first.
        await DriftAsync(
            "a checkpoint is taken",
            "hv03",
            "EX03",
            [SimulatedChanges.Set("checkpoints", "Production"), SimulatedChanges.Do("takeCheckpoint", "just in case")],
            cancellationToken
        );
    }

    private Task DriftAsync(
        string what,
        string hostName,
        string machine,
        string setting,
        string value,
        CancellationToken cancellationToken
    ) => DriftAsync(what, hostName, machine, [SimulatedChanges.Set(setting, value)], cancellationToken);

    private async Task DriftAsync(
        string what,
        string hostName,
        string machine,
        IReadOnlyList<Agent.Contract.Wire.SimulatedChange> changes,
        CancellationToken cancellationToken
    )
    {
        var host = estate.Hosts.Single(host => host.Name == hostName);
        screen.Say($"{machine} on {hostName}: {what} …");
        using var control = new HostControl(host, estate.Operator, context.Clock);
        var outcome = await new DriftMeasurement(host, control, estate.Reader, context.Clock).RunAsync(
            machine,
            changes,
            s_patience,
            cancellationToken
        );
        var undone =
            outcome.UndoneAfter
            ?? throw new CommandException(
                $"{machine} on {hostName}: {what}, and that was not undone within {s_patience.TotalSeconds:0} s: {string.Join("; ", outcome.Differences)}."
            );
        _drifts.Add(new DriftReport(machine, what, undone));
        screen.Say($"{machine}: {string.Join("; ", outcome.Differences)}. Undone after {Age.Measured(undone)}.");
        screen.Show(await EstateView.ReadAsync(running.Store, cancellationToken));
    }

    private async Task ObserveAsync(CancellationToken cancellationToken)
    {
        screen.Chapter("Observe, the shipped default: the same change is reported, and left alone");
        SampleEstate.EditPolicy(manifests, "enforcement: Enforce", "enforcement: Observe");
        await WaitForAsync("the policy says Observe", EstateGoals.IsObserving, s_patience, cancellationToken);
        var host = estate.Hosts.Single(static host => host.Name == "hv01");
        using (var control = new HostControl(host, estate.Operator, context.Clock))
        {
            await control.ChangeAsync("EX01", [SimulatedChanges.Set("checkpoints", "Production")], cancellationToken);
        }

        await WaitForAsync(
            "ex01's status tells of the drift",
            static view => EstateGoals.IsDrifted(view, "ex01"),
            s_patience,
            cancellationToken
        );
        var machine = (await EstateView.ReadAsync(running.Store, cancellationToken)).Machine("ex01");
        var synced = MachineLine.Condition(machine?.Status, "Synced");
        screen.Say($"ex01: Synced is {synced?.Status}, reason {synced?.Reason}. {synced?.Message}");
        foreach (var action in machine?.Status?.Pending?.Actions ?? [])
        {
            screen.Say($"ex01: would {action.Name}; blocked by {action.BlockedBy}.");
        }

        SampleEstate.EditPolicy(manifests, "enforcement: Observe", "enforcement: Enforce");
        screen.Say("The policy says Enforce again.");
    }

    private async Task WaitForAsync(
        string goal,
        Func<EstateView, bool> isReached,
        TimeSpan patience,
        CancellationToken cancellationToken
    )
    {
        using var deadline = new CancellationTokenSource(patience, context.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var view = EstateView.Empty;
        try
        {
            while (true)
            {
                view = await EstateView.ReadAsync(running.Store, either.Token);
                screen.Show(view);
                NoteRestarts(view);
                if (isReached(view))
                {
                    return;
                }

                await Task.Delay(s_frame, context.Clock, either.Token);
            }
        }
        catch (OperationCanceledException)
            when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new CommandException(
                $"It was not reached within {patience.TotalSeconds:0} s that {goal}. What is missing:{Environment.NewLine}"
                    + string.Join(Environment.NewLine, EstateGoals.Missing(view).Select(static line => $"  {line}")),
                ExitCode.NotReady
            );
        }
    }

    private void NoteRestarts(EstateView view)
    {
        foreach (var grant in view.Groups.SelectMany(static group => group.Status?.Disruptions ?? []))
        {
            if (_restarts.TryAdd(grant.Member, grant.Operation ?? ""))
            {
                screen.Say($"{grant.Member} has its DAG's one slot: {grant.Reason ?? grant.Operation}");
            }
        }
    }
}
