using System.Globalization;
using ExchangeVirt.Envtest.Processes;

namespace ExchangeVirt.Envtest.Assets;

/// <summary>A folder of executables that a script fills: <c>script FOLDER NAME...</c>.</summary>
internal sealed class ScriptedFolder(string folder, string script, TimeSpan deadline)
{
    private static readonly TimeSpan s_rest = TimeSpan.FromHours(1);

    // Builds want the whole machine.
    private static readonly SemaphoreSlim s_one = new(1);

    private readonly Dictionary<string, string?> _outcomes = [];

    /// <summary>Finds executables or has the script make them; skips the running test where it cannot.</summary>
    /// <returns>Their paths, in the same order.</returns>
    public async Task<IReadOnlyList<string>> RequireAsync(params string[] names)
    {
        string? failure;
        await s_one.WaitAsync();
        try
        {
            failure = await MakeOnceAsync(names);
        }
        finally
        {
            s_one.Release();
        }

        if (failure is not null)
        {
            Missing.Skip(failure);
        }

        return [.. names.Select(name => Path.Combine(folder, name))];
    }

    private async Task<string?> MakeOnceAsync(string[] names)
    {
        var what = string.Join(' ', names);
        if (!_outcomes.TryGetValue(what, out var outcome))
        {
            outcome = await AreThereAsync(names) ? null : await MakeUnlessJustFailedAsync(names);
            _outcomes[what] = outcome;
        }

        return outcome;
    }

    private async Task<bool> AreThereAsync(string[] names)
    {
        // What was built in an older way than this checkout's is not there: only the script knows.
        if (!OperatingSystem.IsLinux() || !names.All(name => Executables.IsExecutable(Path.Combine(folder, name))))
        {
            return false;
        }

        await using var check = await GuardedProcess.StartAsync(
            new ProgramStart("bash", [script, "--check", folder, .. names])
        );
        return await check.WaitForExitAsync() == 0;
    }

    private async Task<string?> MakeUnlessJustFailedAsync(string[] names)
    {
        // What failed is tried again by the next test project only after a while: it may have taken minutes.
        var note = Path.Combine(folder, $".failed-{string.Join('-', names)}");
        if (!Missing.IsRequired && File.Exists(note) && Age(note) < s_rest)
        {
            var minutes = Math.Ceiling(Age(note).TotalMinutes);
            return $"{await File.ReadAllTextAsync(note)} (Tried within the last {minutes} min; delete {note} to try again now.)";
        }

        var failure = await MakeAsync(names);
        if (failure is null)
        {
            File.Delete(note);
        }
        else
        {
            Directory.CreateDirectory(folder);
            await File.WriteAllTextAsync(note, failure);
        }

        return failure;
    }

    private async Task<string?> MakeAsync(string[] names)
    {
        var what = string.Join(", ", names);
        if (!OperatingSystem.IsLinux())
        {
            return $"{what}: they are built from Debian's packages, which needs Linux. "
                + $"Set {EnvtestAssets.FolderVariable} to a folder that has them.";
        }

        await Console.Error.WriteLineAsync($"{what}: not in {folder}; {Path.GetFileName(script)} makes them, once.");
        var start = new ProgramStart("bash", [script, folder, .. names])
        {
            Name = Path.GetFileName(script),
            OnLine = Console.Error.WriteLine,
        };
        await using var running = await GuardedProcess.StartAsync(start);
        try
        {
            var code = await running.WaitForExitAsync(deadline);
            return code == 0
                ? null
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{what} could not be had: {Path.GetFileName(script)} ended with {code}: {running.LastLines(3)}"
                );
        }
        catch (TimeoutException)
        {
            await running.KillTreeAsync();
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{what} could not be had: {Path.GetFileName(script)} took longer than {deadline.TotalMinutes} min. "
                    + $"It goes on where it was when it is started again: {script} {folder} {string.Join(' ', names)}"
            );
        }
    }

    private static TimeSpan Age(string path) =>
        Until.Clock.GetUtcNow() - new DateTimeOffset(File.GetLastWriteTimeUtc(path));
}
