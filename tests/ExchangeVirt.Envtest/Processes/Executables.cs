namespace ExchangeVirt.Envtest.Processes;

/// <summary>Finds programs on this machine.</summary>
internal static class Executables
{
    /// <summary>Finds a program on PATH.</summary>
    /// <returns>Its full path; null where there is none.</returns>
    public static string? OnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(IsExecutable);

    /// <summary>Tells whether a file can be run.</summary>
    public static bool IsExecutable(string path) =>
        File.Exists(path)
        && (OperatingSystem.IsWindows() || File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserExecute));
}
