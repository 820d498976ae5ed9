namespace ExchangeVirt.Kubernetes.Tests.Harness;

/// <summary>Looks for processes, also those that are not ours any more.</summary>
internal static class ProcessTable
{
    public static bool IsAlive(int processId)
    {
        try
        {
            // The state stands after the name, which is in parentheses; a zombie is only waiting to be counted.
            return File.ReadAllText($"/proc/{processId}/stat").Split(") ")[^1][0] is not 'Z';
        }
        catch (IOException)
        {
            return false;
        }
    }

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
