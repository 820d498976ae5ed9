namespace ExchangeVirt.HyperV.Simulator;

/// <summary>Counts the calls that reached a simulated host, so that a test can show what a read costs.</summary>
public sealed class CimCallCounter
{
    private readonly Lock _gate = new();
    private readonly List<string> _calls = [];

    /// <summary>Gets the calls since the last reset, in order, each as its kind and its query, path or method.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_gate)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>Gets the number of calls since the last reset.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _calls.Count;
            }
        }
    }

    /// <summary>Begins to count anew.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            _calls.Clear();
        }
    }

    internal void Add(string call)
    {
        lock (_gate)
        {
            // A simulated host may run for days: only the latest calls are kept.
            if (_calls.Count == 100_000)
            {
                _calls.RemoveRange(0, 50_000);
            }

            _calls.Add(call);
        }
    }
}
