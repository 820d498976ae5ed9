using System.Text.Json;
using System.Text.Json.Serialization;
using ExchangeVirt.Runtime.Directories;

namespace ExchangeVirt.Runtime.Stores;

/// <summary>Says whether everything is paused, and since when, by whom and why.</summary>
/// <param name="IsPaused">Whether nothing may be changed anywhere. A value without it says nothing, and is not read as «go on».</param>
/// <param name="Reason">Why, in the words of whoever did it.</param>
/// <param name="By">Who did it.</param>
/// <param name="At">When.</param>
public sealed record PauseState([property: JsonRequired] bool IsPaused, string Reason, string By, DateTimeOffset At)
{
    /// <summary>Whether the switch could not be read and is taken for thrown: nobody threw it, so it is no news to be kept.</summary>
    [JsonIgnore]
    public bool IsAssumed { get; init; }

    /// <summary>What a command line says to mean where the switch is, as <see cref="IControlState.CommandOptions"/>.</summary>
    [JsonIgnore]
    public string CommandOptions { get; init; } = "";
}

/// <summary>Is the off switch for everything: read fresh before every action, thrown by any process.</summary>
/// <param name="control">Where it is kept.</param>
public sealed class PauseSwitch(IControlState control)
{
    /// <summary>The control value's name.</summary>
    public const string Name = "pause";

    /// <summary>Reads what a control value says. One that cannot be understood counts as paused.</summary>
    /// <returns>Null where the switch was never thrown.</returns>
    public PauseState? Understand(ControlValue? value)
    {
        var options = control.CommandOptions;
        try
        {
            return value is null ? null : Parse(value.Value) with { CommandOptions = options };
        }
        catch (JsonException exception)
        {
            return Assume(
                exception,
                $"Throw it again to set it right: exvirt pause --all{options}, or exvirt resume --all{options}."
            );
        }
    }

    /// <summary>Says what an operator takes a switch for that it cannot read: for thrown, and why.</summary>
    public static PauseState Suppose(Exception unreadable) =>
        Assume(
            unreadable,
            unreadable is StateDamagedException
                ? "Remove that file and its .previous, then resume."
                : "Nothing is changed until it can be read again; then everything goes on by itself."
        );

    /// <summary>Reads the switch. A switch that cannot be read, for whatever cause, counts as paused.</summary>
    /// <returns>Null where it was never thrown.</returns>
    public async Task<PauseState?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return Understand(await control.GetControlAsync(Name, cancellationToken));
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever a store throws (a timeout is a cancellation that nobody here asked for): only a value that was read
            // says that work may go on.
            return Suppose(exception);
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

    private static PauseState Assume(Exception exception, string remedy) =>
        new(
            IsPaused: true,
            $"The off switch cannot be read, so everything is paused: {exception.Message} {remedy}",
            "exvirt",
            default
        )
        {
            IsAssumed = true,
        };

    private static PauseState Parse(string json) =>
        JsonSerializer.Deserialize<PauseState>(json) ?? throw new JsonException("It is empty.");
}
