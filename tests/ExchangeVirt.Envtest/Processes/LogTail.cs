namespace ExchangeVirt.Envtest.Processes;

/// <summary>Keeps the last lines that a program wrote.</summary>
internal sealed class LogTail
{
    private const int Lines = 2000;

    private readonly Queue<string> _lines = new();
    private readonly Lock _gate = new();

    /// <summary>Gets the lines.</summary>
    public string Text
    {
        get
        {
            lock (_gate)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    /// <summary>Takes a line; null ends a stream and says nothing.</summary>
    public void Add(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_gate)
        {
            _lines.Enqueue(line);
            if (_lines.Count > Lines)
            {
                _lines.Dequeue();
            }
        }
    }

    /// <summary>Tells whether a line contains a text.</summary>
    public bool Contains(string text)
    {
        lock (_gate)
        {
            return _lines.Any(line => line.Contains(text, StringComparison.Ordinal));
        }
    }

    /// <summary>Gets the last few lines, for a message.</summary>
    public string Last(int count)
    {
        lock (_gate)
        {
            return string.Join('\n', _lines.TakeLast(count));
        }
    }
}
