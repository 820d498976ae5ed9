namespace ExchangeVirt.Envtest.Processes;

/// <summary>Looks at the threads of other processes, on Linux.</summary>
internal static class Threads
{
    /// <summary>Tells whether every thread of a process that was told to stop has done so.</summary>
    public static bool StandStill(int processId)
    {
        try
        {
            return Directory.EnumerateDirectories($"/proc/{processId}/task").All(IsHeld);
        }
        catch (IOException)
        {
            // It has ended.
            return true;
        }
    }

    private static bool IsHeld(string thread)
    {
        try
        {
            // The state stands after the name, which is in parentheses.
            return File.ReadAllText(Path.Combine(thread, "stat")).Split(") ")[^1][0] is 'T';
        }
        catch (IOException)
        {
            // A thread that has just ended does nothing more.
            return true;
        }
    }
}
