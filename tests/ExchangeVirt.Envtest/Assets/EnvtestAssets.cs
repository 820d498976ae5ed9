using ExchangeVirt.Envtest.Processes;

namespace ExchangeVirt.Envtest.Assets;

/// <summary>Finds the executables of API servers on this machine, or builds them once.</summary>
public static class EnvtestAssets
{
    /// <summary>The variable that names a folder with executables to use as they are.</summary>
    public const string FolderVariable = "KUBEBUILDER_ASSETS";

    // A build takes about ten minutes on two idle cores, and a machine that runs tests is seldom idle.
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(45);

    private static readonly ScriptedFolder s_built = new(
        UserCache.Folder("envtest"),
        Checkout.Combine("tests", "envtest", "build-assets.sh"),
        s_deadline
    );

    /// <summary>Finds or builds executables; skips the running test where they cannot be had.</summary>
    /// <param name="names">What they are called.</param>
    /// <returns>Their paths, in the same order.</returns>
    public static async Task<IReadOnlyList<string>> RequireAsync(params string[] names)
    {
        if (OperatingSystem.IsWindows())
        {
            Missing.Skip($"{string.Join(", ", names)}: API servers are started on Linux only.");
        }

        if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } given)
        {
            var paths = names.Select(name => Path.Combine(given, name)).ToList();
            var absent = paths.Where(static path => !Executables.IsExecutable(path)).Select(Path.GetFileName).ToList();
            if (absent.Count > 0)
            {
                Missing.Skip(
                    $"{FolderVariable} names {given}, which lacks {string.Join(", ", absent)}. "
                        + "Unset it to have them built, or put them there."
                );
            }

            return paths;
        }

        return await s_built.RequireAsync(names);
    }
}
