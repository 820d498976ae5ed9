namespace ExchangeVirt.Runtime.Directories;

/// <summary>Hints that something in a directory changed. Hints may be lost, late or false: a regular look is the truth.</summary>
public interface IChangeHints
{
    /// <summary>Completes at the first hint after the call before it completed.</summary>
    Task WaitAsync(CancellationToken cancellationToken);
}

/// <summary>Never hints: everything is found by the regular look.</summary>
public sealed class NoChangeHints : IChangeHints
{
    /// <inheritdoc />
    public Task WaitAsync(CancellationToken cancellationToken) =>
        new TaskCompletionSource().Task.WaitAsync(cancellationToken);
}
