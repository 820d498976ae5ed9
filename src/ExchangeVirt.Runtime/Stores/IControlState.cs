namespace ExchangeVirt.Runtime.Stores;

/// <summary>Holds a control value as it was read.</summary>
/// <param name="Value">The value; its form is the business of whoever owns the name.</param>
/// <param name="Revision">Opaque; changes with every write. Handed back to write over just this value.</param>
public sealed record ControlValue(string Value, string Revision);

/// <summary>
/// Keeps small named values that must outlive a crash and are no resource: the installation's UID, the epoch, «paused
/// everywhere». Other processes may write them too.
/// </summary>
public interface IControlState
{
    /// <summary>
    /// Gets what a command line says to mean this place, with a leading blank; empty where it is what a command means by
    /// itself. For messages that tell people what to type.
    /// </summary>
    string CommandOptions => "";

    /// <summary>Reads a value fresh, never from a cache: what another process wrote a moment ago is seen.</summary>
    /// <param name="name">Lower-case letters, digits and hyphens.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null where the value was never set.</returns>
    /// <exception cref="IOException">The value is there but cannot be read; a caller whose safety depends on it assumes the worst.</exception>
    Task<ControlValue?> GetControlAsync(string name, CancellationToken cancellationToken);

    /// <summary>Writes a value if nobody wrote it since it was read.</summary>
    /// <param name="name">Lower-case letters, digits and hyphens.</param>
    /// <param name="value">The new value.</param>
    /// <param name="expectedRevision">The revision read before; null where the value was absent.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ResourceConflictException">The value was written by someone else: read again.</exception>
    Task<ControlValue> SetControlAsync(
        string name,
        string value,
        string? expectedRevision,
        CancellationToken cancellationToken
    );

    /// <summary>Yields the value as it is, then again after every change. Changes in quick succession may come as one.</summary>
    IAsyncEnumerable<ControlValue?> WatchControlAsync(string name, CancellationToken cancellationToken);
}
