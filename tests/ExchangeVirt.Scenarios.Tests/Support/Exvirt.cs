using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace ExchangeVirt.Scenarios.Tests.Support;

/// <summary>Runs the built <c>exvirt</c> as a user would.</summary>
internal static class Exvirt
{
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

#pragma warning disable RS0030 // Processes live in real time: these tests are a composition root.
    public static TimeProvider Clock { get; } = TimeProvider.System;
#pragma warning restore RS0030

    public static string Root { get; } = FindRoot();

    // Whoever starts the tests in the background of a script makes them, and all that they start, deaf to Ctrl-C. A shell cannot
    // mend that in itself.
    private const string Hearing = """
        env --default-signal=INT true 2>/dev/null && exec env --default-signal=INT "$@"
        exec "$@"
        """;

    private static string Program { get; } =
        Path.Combine(
            Root,
            "artifacts",
            "bin",
            "ExchangeVirt.Cli",
            Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)),
            OperatingSystem.IsWindows() ? "exvirt.exe" : "exvirt"
        );

    public static async Task<Outcome> RunAsync(Workplace place, params string[] arguments)
    {
        await using var process = Start(place, arguments);
        return await process.EndAsync();
    }

    public static RunningProcess Start(Workplace place, params string[] arguments)
    {
        string[] command = OperatingSystem.IsLinux() ? ["sh", "-c", Hearing, "sh", Program] : [Program];
        var start = new ProcessStartInfo(command[0])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
            WorkingDirectory = place.Path,
        };
        foreach (var argument in command.Skip(1).Concat(arguments))
        {
            start.ArgumentList.Add(argument);
        }

        // What a process leaves behind is then seen, and two tests never meet.
        start.Environment["TMPDIR"] = place.Temporary;
        start.Environment["HOME"] = place.Path;
        start.Environment.Remove("XDG_DATA_HOME");
        start.Environment.Remove("EXVIRT_CERTIFICATES");
        start.Environment.Remove("EXVIRT_INVOKED_AS");
        start.Environment.Remove("KUBECONFIG");
        return new RunningProcess(Process.Start(start)!);
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ExchangeVirtOperator.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("The tests do not run inside a checkout.");
    }
}

/// <summary>How a process ended.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Error)
{
    public string All => $"exit code {ExitCode}\n{Output}\n{Error}";
}

/// <summary>A process that a test started, and ends by its id.</summary>
internal sealed class RunningProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly Lock _gate = new();

    public RunningProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Take(_output, line.Data);
        process.ErrorDataReceived += (_, line) => Take(_error, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Output => Read(_output);

    public string Error => Read(_error);

    public bool HasExited => _process.HasExited;

    public async Task<Outcome> EndAsync()
    {
        using var patience = new CancellationTokenSource(Exvirt.Patience, Exvirt.Clock);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException late)
        {
            _process.Kill();
            throw new TimeoutException($"It did not end within {Exvirt.Patience}. {Output}\n{Error}", late);
        }

        return new Outcome(_process.ExitCode, Output, Error);
    }

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async Task<Outcome> InterruptAsync()
    {
        using var signal = Process.Start("kill", ["-INT", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await signal.WaitForExitAsync();
        return await EndAsync();
    }

    public Task WaitForOutputAsync(string text) =>
        Until.TrueAsync(
            $"«{text}» is written",
            () =>
                Output.Contains(text, StringComparison.Ordinal) ? true
                : _process.HasExited
                    ? throw new InvalidOperationException($"It ended before it wrote «{text}»: {Output}\n{Error}")
                : false
        );

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private string Read(StringBuilder text)
    {
        lock (_gate)
        {
            return text.ToString();
        }
    }

    private void Take(StringBuilder text, string? line)
    {
        if (line is not null)
        {
            lock (_gate)
            {
                text.AppendLine(line);
            }
        }
    }
}

/// <summary>Waits for states, with a deadline.</summary>
internal static class Until
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(300);

    public static Task TrueAsync(string what, Func<bool> isSo) => TrueAsync(what, () => Task.FromResult(isSo()));

    public static async Task TrueAsync(string what, Func<Task<bool>> isSo)
    {
        var started = Exvirt.Clock.GetTimestamp();
        while (!await isSo())
        {
            if (Exvirt.Clock.GetElapsedTime(started) > Exvirt.Patience)
            {
                throw new TimeoutException($"It was not reached within {Exvirt.Patience} that {what}.");
            }

            await Task.Delay(s_look, Exvirt.Clock);
        }
    }
}
