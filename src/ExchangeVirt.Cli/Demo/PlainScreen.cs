namespace ExchangeVirt.Cli.Demo;

/// <summary>Writes a demonstration as lines, one for each change, with the seconds since its start.</summary>
/// <param name="output">Where the lines go.</param>
/// <param name="clock">What the seconds are told by.</param>
internal sealed class PlainScreen(TextWriter output, TimeProvider clock) : IDemoScreen
{
    private readonly long _start = clock.GetTimestamp();
    private readonly Dictionary<string, string> _shown = new(StringComparer.Ordinal);

    /// <inheritdoc />
    public void Chapter(string title) => Say($"== {title}");

    /// <inheritdoc />
    public void Say(string message) =>
        output.WriteLine($"{clock.GetElapsedTime(_start).TotalSeconds, 5:0.0}s  {message}");

    /// <inheritdoc />
    public void Show(EstateView estate)
    {
        foreach (var host in estate.Hosts)
        {
            ShowOnce(host.Metadata.Name, HostLine.Of(host).ToString());
        }

        foreach (var machine in estate.Machines)
        {
            ShowOnce(machine.Metadata.Name, MachineLine.Of(machine).ToString());
        }
    }

    private void ShowOnce(string key, string line)
    {
        if (_shown.TryGetValue(key, out var before) && before == line)
        {
            return;
        }

        _shown[key] = line;
        Say(line);
    }
}
