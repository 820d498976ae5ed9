namespace ExchangeVirt.Envtest.Processes;

/// <summary>Reads off the system what processes do that need not be ours, on Linux.</summary>
public static class ProcessStates
{
    /// <summary>Tells whether a process lives: one that ended, and is only waiting to be counted, does not.</summary>
    public static bool IsAlive(int processId) => StateAt($"/proc/{processId}") is not (null or 'Z');

    /// <summary>Tells whether every thread of a process that was told to stop has done so, or has ended.</summary>
    public static bool StandsStill(int processId)
    {
        try
        {
            return Directory
                .EnumerateDirectories($"/proc/{processId}/task")
                .All(static thread => StateAt(thread) is null or 'T');
        }
        catch (IOException)
        {
            // It has ended.
            return true;
        }
    }

    private static char? StateAt(string folder)
    {
        try
        {
            // The state stands after the name, which is in parentheses.
            return File.ReadAllText(Path.Combine(folder, "stat")).Split(") ")[^1][0];
        }
        catch (IOException)
        {
            // There is none, or none any more.
            return null;
        }
    }
}
