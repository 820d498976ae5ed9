namespace ExchangeVirt.Cli.Simulation;

/// <summary>Keeps the last lines of a process's output, for when it has to be explained.</summary>
/// <param name="capacity">How many lines are kept.</param>
internal sealed class LogTail(int capacity)
{
    private readonly Lock _gate = new();
    private readonly Queue<string> _lines = new();

    /// <summary>The lines kept, the latest last.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>Adds a line and drops the oldest where there are too many.</summary>
    public void Add(string line)
    {
        lock (_gate)
        {
            _lines.Enqueue(line);
            while (_lines.Count > capacity)
            {
                _lines.Dequeue();
            }
        }
    }
}
