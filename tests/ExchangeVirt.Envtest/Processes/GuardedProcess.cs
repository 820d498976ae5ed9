using System.Diagnostics;
using System.Globalization;

namespace ExchangeVirt.Envtest.Processes;

/// <summary>What to run, and how.</summary>
/// <param name="Program">The executable's path, or a name on PATH.</param>
/// <param name="Arguments">Its arguments.</param>
public sealed record ProgramStart(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>Gets what failures call it.</summary>
    public string Name { get; init; } = Path.GetFileName(Program);

    /// <summary>Gets where it runs; absent: where the tests run.</summary>
    public string? WorkingFolder { get; init; }

    /// <summary>Gets variables to set, or with null to remove.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Gets what is told each line that the program writes, on both streams.</summary>
    public Action<string>? OnLine { get; init; }

    /// <summary>Gets a temporary folder that goes too when the tests are killed before they could delete it.</summary>
    public string? DoomedFolder { get; init; }
}

/// <summary>A program that ends when the process that started it ends, however that happens.</summary>
/// <remarks>
/// A shell stands between and reads a pipe whose other end this process holds: the kernel closes that with the process, and
/// the shell then kills the program. Linux' parent-death signal is no way out: it is sent when the <em>thread</em> that
/// started the child ends, and threads of the pool do.
/// </remarks>
public sealed class GuardedProcess : IAsyncDisposable
{
    // The program writes its own process id as the first line before it becomes the program, so nothing can come before it.
    // Job control at its start gives it a process group, to be killed with all that it starts. What this process is deaf to, as to
    // Ctrl-C where a script started it in the background, no shell can undo for what it starts, but env can.
    // Every signal to the guard but the last only interrupts the waiting, which then goes on.
    private const string Guard = """
        folder=$1
        shift
        exec 3<&0 </dev/null
        orphaned=
        trap : INT HUP TERM
        set -m
        sh -c '
          echo "$$"
          env --default-signal=INT true 2>/dev/null && exec env --default-signal=INT -- "$@"
          exec "$@"
        ' program "$@" 3<&- &
        program=$!
        set +m
        exec 2>/dev/null
        trap 'orphaned=1; kill -KILL -- "-$program"' USR1
        (while read -r _; do :; done; kill -USR1 "$$") <&3 >/dev/null 3<&- &
        watcher=$!
        exec 3<&-
        while :; do
          wait "$program"
          status=$?
          kill -0 "$program" || break
        done
        trap '' USR1
        if [[ -n $orphaned && -n $folder ]]; then rm -rf "$folder"; fi
        kill -KILL "$watcher"
        exit "$status"
        """;

    private static readonly string? s_setsid = Executables.OnPath("setsid");

    private readonly ProgramStart _start;
    private readonly Process _process;
    private readonly LogTail _log = new();
    private readonly TaskCompletionSource<int> _id = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isDisposed;

    private GuardedProcess(ProgramStart start)
    {
        _start = start;
        _process = new Process { StartInfo = Info(start) };
        _process.OutputDataReceived += (_, line) => TakeOutput(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Gets the id of the program itself, not of the shell that guards it.</summary>
    public int Id => _id.Task.Result;

    /// <summary>Gets whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Gets how it ended; 128 and the signal's number after a signal.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Gets the last lines that it wrote, on both streams.</summary>
    public string Log => _log.Text;

    /// <summary>Returns the last few lines that it wrote.</summary>
    public string LastLines(int count) => _log.Last(count);

    /// <summary>Starts a program.</summary>
    /// <exception cref="InvalidOperationException">It ended before it began.</exception>
    public static async Task<GuardedProcess> StartAsync(ProgramStart start)
    {
        var process = new GuardedProcess(start);
        try
        {
            await process._id.Task;
        }
        catch (InvalidOperationException)
        {
            await process.DisposeAsync();
            throw;
        }

        return process;
    }

    /// <summary>Sends a signal to the program.</summary>
    public void Send(UnixSignal signal)
    {
        if (!HasExited)
        {
            Signals.Send(Id, signal);
        }
    }

    /// <summary>Holds the program (SIGSTOP), and returns once it stands still.</summary>
    /// <exception cref="TimeoutException">A thread of it goes on.</exception>
    public Task HoldAsync()
    {
        Send(UnixSignal.Stop);
        // The signal is heard by one thread, when that has its turn; until then the others go on.
        return OperatingSystem.IsLinux()
            ? Until.TrueAsync(
                $"every thread of {_start.Name} stands still",
                () => HasExited || ProcessStates.StandsStill(Id)
            )
            : Task.CompletedTask;
    }

    /// <summary>Waits until it ends by itself.</summary>
    /// <returns>Its exit code.</returns>
    /// <exception cref="TimeoutException">It did not end within the deadline.</exception>
    public async Task<int> WaitForExitAsync(TimeSpan? deadline = null)
    {
        using var patience = new CancellationTokenSource(deadline ?? Until.Patience, Until.Clock);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException late)
        {
            throw new TimeoutException($"{_start.Name} did not end. It wrote:\n{Log}", late);
        }

        return _process.ExitCode;
    }

    /// <summary>Waits until it wrote a text.</summary>
    /// <exception cref="InvalidOperationException">It ended before.</exception>
    public Task WaitForOutputAsync(string text, TimeSpan? deadline = null) =>
        Until.TrueAsync(
            $"{_start.Name} writes «{text}»",
            () =>
                _log.Contains(text) ? true
                : HasExited
                    ? throw new InvalidOperationException(
                        $"{_start.Name} ended ({ExitCode}) before it wrote «{text}»:\n{Log}"
                    )
                : false,
            deadline
        );

    /// <summary>Asks it to end, and after a while no longer asks.</summary>
    public async Task StopAsync(TimeSpan? patience = null)
    {
        Send(UnixSignal.Terminate);
        // A stopped process takes no other signal before it goes on.
        Send(UnixSignal.Continue);
        try
        {
            await WaitForExitAsync(patience ?? TimeSpan.FromSeconds(10));
        }
        catch (TimeoutException)
        {
            await KillAsync();
        }
    }

    /// <summary>Ends it at once, with no chance to tidy up.</summary>
    public async Task KillAsync()
    {
        Send(UnixSignal.Kill);
        await WaitForExitAsync();
    }

    /// <summary>Ends it and all that it started.</summary>
    public async Task KillTreeAsync()
    {
        if (!HasExited)
        {
            Signals.Send(-Id, UnixSignal.Kill);
        }

        await WaitForExitAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        if (_id.Task.IsCompletedSuccessfully)
        {
            await KillTreeAsync();
        }

        _process.Dispose();
    }

    private static ProcessStartInfo Info(ProgramStart start)
    {
        // In a session of its own, the guard is out of reach of what ends the tests' process group.
        string[] command = s_setsid is null ? ["bash"] : [s_setsid, "bash"];
        var info = new ProcessStartInfo(command[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = start.WorkingFolder ?? "",
        };
        string[] guard = ["-c", Guard, "guard", start.DoomedFolder ?? "", start.Program];
        foreach (var argument in (string[])[.. command[1..], .. guard, .. start.Arguments])
        {
            info.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in start.Environment)
        {
            info.Environment[name] = value;
        }

        return info;
    }

    private void TakeOutput(string? line)
    {
        if (_id.Task.IsCompleted)
        {
            Take(line);
        }
        else if (int.TryParse(line, CultureInfo.InvariantCulture, out var id))
        {
            _id.SetResult(id);
        }
        else
        {
            _id.SetException(new InvalidOperationException($"{_start.Name} could not be started: {line}\n{Log}"));
        }
    }

    private void Take(string? line)
    {
        _log.Add(line);
        if (line is not null)
        {
            _start.OnLine?.Invoke(line);
        }
    }
}
