namespace ExchangeVirt.Agent.State;

/// <summary>Where an agent keeps what must outlive it. One running agent at a time.</summary>
public sealed class StateDirectory : IDisposable
{
    private readonly FileStream _lock;

    private StateDirectory(string path, FileStream heldLock)
    {
        Path = path;
        _lock = heldLock;
    }

    /// <summary>Gets the directory.</summary>
    public string Path { get; }

    /// <summary>Takes the directory for this process, making it where needed.</summary>
    /// <exception cref="AgentStateException">Another agent has it, or it cannot be written.</exception>
    public static StateDirectory Take(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
            return new StateDirectory(
                path,
                new FileStream(
                    System.IO.Path.Combine(path, "agent.lock"),
                    FileMode.OpenOrCreate,
                    FileAccess.ReadWrite,
                    FileShare.None
                )
            );
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new AgentStateException(
                $"The state directory {path} cannot be taken: {failure.Message} Each agent needs its own, which it may write.",
                failure
            );
        }
    }

    /// <inheritdoc />
    public void Dispose() => _lock.Dispose();
}
