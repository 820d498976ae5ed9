namespace ExchangeVirt.Kubernetes.Tests.Harness;

/// <summary>Looks for processes that are not ours any more.</summary>
internal static class ProcessTable
{
    /// <summary>Gives the arguments of every process, joined by spaces.</summary>
    public static IEnumerable<string> CommandLines()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            string text;
            try
            {
                text = File.ReadAllText(Path.Combine(folder, "cmdline"));
            }
            catch (IOException)
            {
                // No process, or one that has just ended.
                continue;
            }

            yield return text.Replace('\0', ' ');
        }
    }
}
