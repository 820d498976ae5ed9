using System.Text.Json;

namespace ExchangeVirt.Runtime.Stores;

/// <summary>Says whether everything is paused, and since when, by whom and why.</summary>
/// <param name="IsPaused">Whether nothing may be changed anywhere.</param>
/// <param name="Reason">Why, in the words of whoever did it.</param>
/// <param name="By">Who did it.</param>
/// <param name="At">When.</param>
public sealed record PauseState(bool IsPaused, string Reason, string By, DateTimeOffset At);

/// <summary>Is the off switch for everything: read fresh before every action, thrown by any process.</summary>
/// <param name="control">Where it is kept.</param>
public sealed class PauseSwitch(IControlState control)
{
    /// <summary>The control value's name.</summary>
    public const string Name = "pause";

    /// <summary>Whether a value of the switch says that everything is paused. One that cannot be understood says so.</summary>
    public static bool IsThrown(ControlValue? value)
    {
        try
        {
            return value is not null && Parse(value.Value).IsPaused;
        }
        catch (JsonException)
        {
            return true;
        }
    }

    /// <summary>Reads the switch. A switch that cannot be read counts as paused.</summary>
    /// <returns>Null where it was never thrown.</returns>
    public async Task<PauseState?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await control.GetControlAsync(Name, cancellationToken) is { } value ? Parse(value.Value) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return new PauseState(
                IsPaused: true,
                $"The off switch cannot be read, so everything is paused: {exception.Message} Remove that file and its"
                    + " .previous, then resume.",
                "exvirt",
                default
            );
        }
    }

    /// <summary>Throws the switch, whatever it was.</summary>
    public async Task WriteAsync(PauseState state, CancellationToken cancellationToken)
    {
        const int attempts = 10;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var before = await control.GetControlAsync(Name, cancellationToken);
                await control.SetControlAsync(
                    Name,
                    JsonSerializer.Serialize(state),
                    before?.Revision,
                    cancellationToken
                );
                return;
            }
            catch (ResourceConflictException) when (attempt < attempts)
            {
                // Somebody else threw it at the same moment; the last one counts.
                continue;
            }
        }
    }

    private static PauseState Parse(string json) =>
        JsonSerializer.Deserialize<PauseState>(json) ?? throw new JsonException("It is empty.");
}
