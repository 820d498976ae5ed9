using System.Diagnostics;

namespace ExchangeVirt.Envtest.Clients;

/// <summary>How a run of a tool ended.</summary>
public sealed record ToolResult(string Command, int ExitCode, string Output, string Error)
{
    /// <summary>Gets everything, for messages.</summary>
    public string All => $"{Command}\nexit code {ExitCode}\n{Output}\n{Error}";

    /// <summary>Returns what it wrote to standard output.</summary>
    /// <exception cref="InvalidOperationException">It failed; with all that it wrote.</exception>
    public string Succeeded() => ExitCode == 0 ? Output : throw new InvalidOperationException(All);
}

/// <summary>A command-line program of others, which sees nothing of this user's own settings.</summary>
public sealed record Tool
{
    private static readonly string[] s_foreign =
    [
        "KUBERNETES_SERVICE_HOST",
        "KUBERNETES_SERVICE_PORT",
        "KUBECTL_EXTERNAL_DIFF",
        "EXVIRT_CERTIFICATES",
        "EXVIRT_INVOKED_AS",
    ];

    internal Tool(string path, string home) => (Path, Home) = (path, home);

    /// <summary>Gets the executable.</summary>
    public string Path { get; }

    /// <summary>Gets the folder that it takes for the user's home, with its caches.</summary>
    public string Home { get; }

    /// <summary>Gets the kubeconfig file that it uses; absent: none.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>Gets where it runs; absent: in its home.</summary>
    public string? WorkingFolder { get; init; }

    /// <summary>Gets a folder that it searches for programs before the others, for plugins.</summary>
    public string? ProgramFolder { get; init; }

    /// <summary>Gets how long a run may take.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Takes a program of the project's own, as the cluster's administrator.</summary>
    public static Tool Own(string path, TestCluster cluster) =>
        new(path, cluster.Home) { Kubeconfig = cluster.AdminKubeconfig };

    /// <summary>Returns the same tool for another user.</summary>
    public Tool As(string kubeconfig) => this with { Kubeconfig = kubeconfig };

    /// <summary>Runs it.</summary>
    /// <exception cref="TimeoutException">It did not end in time, and was killed.</exception>
    public Task<ToolResult> RunAsync(params IReadOnlyList<string> arguments) => RunAsync(null, arguments);

    /// <summary>Runs it with a text on standard input.</summary>
    /// <exception cref="TimeoutException">It did not end in time, and was killed.</exception>
    public Task<ToolResult> FeedAsync(string input, params IReadOnlyList<string> arguments) =>
        RunAsync(input, arguments);

    private async Task<ToolResult> RunAsync(string? input, IReadOnlyList<string> arguments)
    {
        var command = $"{System.IO.Path.GetFileName(Path)} {string.Join(' ', arguments)}";
        using var patience = new CancellationTokenSource(Deadline, Until.Clock);
        using var process = Process.Start(Start(arguments))!;
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await FeedAsync(process, input);
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException late)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException(
                $"{command} did not end within {Deadline}.\n{await output}\n{await error}",
                late
            );
        }

        return new ToolResult(command, process.ExitCode, await output, await error);
    }

    private static async Task FeedAsync(Process process, string? input)
    {
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException) when (process.WaitForExit(TimeSpan.FromSeconds(5)))
        {
            // It ended without reading all: its exit code says what that means.
        }
    }

    private ProcessStartInfo Start(IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(Path)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = WorkingFolder ?? Home,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var name in s_foreign)
        {
            start.Environment.Remove(name);
        }

        foreach (
            var name in start
                .Environment.Keys.Where(static name => name.StartsWith("HELM_", StringComparison.Ordinal))
                .ToList()
        )
        {
            start.Environment.Remove(name);
        }

        start.Environment["HOME"] = Home;
        start.Environment["XDG_CACHE_HOME"] = System.IO.Path.Combine(Home, ".cache");
        start.Environment["XDG_CONFIG_HOME"] = System.IO.Path.Combine(Home, ".config");
        start.Environment["XDG_DATA_HOME"] = System.IO.Path.Combine(Home, ".local", "share");
        start.Environment["TMPDIR"] = Directory.CreateDirectory(System.IO.Path.Combine(Home, "tmp")).FullName;
        // A file that is not there is an empty one; without the variable, a service account's or the user's own would be looked for.
        start.Environment["KUBECONFIG"] = Kubeconfig ?? System.IO.Path.Combine(Home, "no.kubeconfig");
        if (ProgramFolder is not null)
        {
            start.Environment["PATH"] = $"{ProgramFolder}{System.IO.Path.PathSeparator}{start.Environment["PATH"]}";
        }

        return start;
    }
}
