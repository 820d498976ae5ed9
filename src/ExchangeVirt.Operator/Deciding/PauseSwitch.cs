using System.Text.Json;
using ExchangeVirt.Domain.Gating;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Operator.Deciding;

/// <summary>The switch that stops everything, everywhere; pulled and released by <c>exvirt pause --all</c> and <c>exvirt resume --all</c>.</summary>
public static class PauseSwitch
{
    /// <summary>The name of the control value.</summary>
    public const string ControlName = "paused";

    /// <summary>Reads the switch fresh.</summary>
    /// <returns>Null where it is not pulled. A value that cannot be read counts as pulled: in doubt, nothing is done.</returns>
    public static async Task<Pause?> ReadAsync(IControlState control, CancellationToken cancellationToken)
    {
        try
        {
            var value = await control.GetControlAsync(ControlName, cancellationToken);
            var state = value is null ? null : JsonSerializer.Deserialize<State>(value.Value, ResourceJson.Options);
            return state is { Paused: true } ? new Pause(PauseScope.Everywhere, state.By, state.Reason) : null;
        }
        catch (Exception exception) when (exception is IOException or JsonException or UnauthorizedAccessException)
        {
            return new Pause(
                PauseScope.Everywhere,
                Reason: $"The off switch cannot be read, so it counts as pulled: {exception.Message}"
            );
        }
    }

    /// <summary>Pulls or releases the switch.</summary>
    /// <exception cref="ResourceConflictException">Someone else wrote it at the same moment: try again.</exception>
    public static async Task WriteAsync(
        IControlState control,
        bool paused,
        string? by,
        string? reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        var before = await control.GetControlAsync(ControlName, cancellationToken);
        var state = new State(paused, by, reason, at);
        await control.SetControlAsync(
            ControlName,
            JsonSerializer.Serialize(state, ResourceJson.Options),
            before?.Revision,
            cancellationToken
        );
    }

    private sealed record State(bool Paused, string? By, string? Reason, DateTimeOffset At);
}
