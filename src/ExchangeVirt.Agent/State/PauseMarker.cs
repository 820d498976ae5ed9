namespace ExchangeVirt.Agent.State;

/// <summary>The off switch on the host itself: a file, so that it works with no operator and with no agent running.</summary>
/// <param name="directory">The state directory.</param>
public sealed class PauseMarker(string directory)
{
    private readonly string _path = Path.Combine(directory, "pause.json");

    /// <summary>Gets why the agent is paused; null where it is not. Read afresh each time.</summary>
    public string? Reason
    {
        get
        {
            try
            {
                return DurableFile.Read<Content>(_path)?.Reason;
            }
            catch (AgentStateException)
            {
                // Someone meant to stop the agent; how well the note is written does not matter.
                return "The pause marker is there but cannot be read.";
            }
        }
    }

    /// <summary>Pauses: the action in flight ends, none follows.</summary>
    public void Set(string reason, DateTimeOffset now)
    {
        Directory.CreateDirectory(directory);
        DurableFile.Write(_path, new Content(reason, now));
    }

    /// <summary>Resumes.</summary>
    /// <returns>False where it was not paused.</returns>
    public bool Clear()
    {
        var there = File.Exists(_path);
        if (there)
        {
            File.Delete(_path);
        }

        return there;
    }

    private sealed record Content(string Reason, DateTimeOffset At);
}
