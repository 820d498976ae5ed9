using System.Diagnostics;
using System.Text.RegularExpressions;

namespace ExchangeVirt.Cli.Simulation;

/// <summary>
/// Runs one agent as a child process that ends with this one, however this one ends: the agent watches its standard input,
/// which closes even when its parent is killed.
/// </summary>
internal sealed partial class AgentProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_ready = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly TimeProvider _clock;
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AgentProcess(Process process, LogTail log, TimeProvider clock)
    {
        _process = process;
        _clock = clock;
        Log = log;
    }

    /// <summary>The last lines that the agent wrote.</summary>
    public LogTail Log { get; }

    /// <summary>The process's id.</summary>
    public int Id => _process.Id;

    /// <summary>The address that the agent serves.</summary>
    public Uri Endpoint => _listening.Task.Result;

    /// <summary>Starts an agent and waits until it serves.</summary>
    /// <param name="arguments">Its command line.</param>
    /// <param name="log">Takes what it writes.</param>
    /// <param name="clock">The clock of the deadlines.</param>
    /// <param name="cancellationToken">Ends the agent again.</param>
    /// <exception cref="CommandException">It ended, or did not serve in time; the message holds what it wrote last.</exception>
    public static async Task<AgentProcess> StartAsync(
        IEnumerable<string> arguments,
        LogTail log,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var process =
            Process.Start(AgentExecutable.Start(arguments))
            ?? throw new CommandException("The operating system did not start the agent.");
        var agent = new AgentProcess(process, log, clock);
        process.OutputDataReceived += agent.Take;
        process.ErrorDataReceived += agent.Take;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await agent.WaitUntilServingAsync(cancellationToken);
            return agent;
        }
        catch
        {
            await agent.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until the process has ended, for whatever reason.</summary>
    public Task WaitForExitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    /// <summary>Asks the agent to end, and ends it by its id where it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        using (_process)
        {
            try
            {
                _process.StandardInput.Close();
                using var patience = new CancellationTokenSource(s_farewell, _clock);
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
                await _process.WaitForExitAsync(CancellationToken.None);
            }
            catch (IOException)
            {
                // The pipe is broken because the agent ended before us, which is what was wanted.
                await _process.WaitForExitAsync(CancellationToken.None);
            }
        }
    }

    private async Task WaitUntilServingAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(s_ready, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var exited = _process.WaitForExitAsync(either.Token);
        if (await Task.WhenAny(_listening.Task, exited) == _listening.Task)
        {
            return;
        }

        cancellationToken.ThrowIfCancellationRequested();
        var what = patience.IsCancellationRequested
            ? $"did not serve within {s_ready.TotalSeconds:0} s"
            : $"ended with exit code {_process.ExitCode}";
        throw new CommandException(
            $"The agent {string.Join(' ', _process.StartInfo.ArgumentList)} {what}. It wrote:{Environment.NewLine}"
                + string.Join(Environment.NewLine, Log.Lines)
        );
    }

    private void Take(object sender, DataReceivedEventArgs written)
    {
        if (written.Data is not { } line)
        {
            return;
        }

        Log.Add(line);
        if (Serving().Match(line) is { Success: true } match)
        {
            _listening.TrySetResult(new Uri(match.Value));
        }
    }

    [GeneratedRegex(@"https://127\.0\.0\.1:[1-9][0-9]*", RegexOptions.NonBacktracking)]
    private static partial Regex Serving();
}
