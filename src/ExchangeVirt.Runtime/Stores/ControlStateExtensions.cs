using System.Globalization;

namespace ExchangeVirt.Runtime.Stores;

/// <summary>Adds the few things that are done with control values again and again.</summary>
public static class ControlStateExtensions
{
    /// <summary>Reads a value, or sets it where it was never set; of several that try at once all get the same.</summary>
    public static async Task<string> GetOrAddControlAsync(
        this IControlState control,
        string name,
        Func<string> make,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            if (await control.GetControlAsync(name, cancellationToken) is { } value)
            {
                return value.Value;
            }

            try
            {
                return (await control.SetControlAsync(name, make(), expectedRevision: null, cancellationToken)).Value;
            }
            catch (ResourceConflictException)
            {
                // Set by another meanwhile: that one counts.
                continue;
            }
        }
    }

    /// <summary>Raises a counter by one, starting at 1. No two callers ever get the same number.</summary>
    public static async Task<long> IncrementControlAsync(
        this IControlState control,
        string name,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            var before = await control.GetControlAsync(name, cancellationToken);
            var next = before is null ? 1 : long.Parse(before.Value, CultureInfo.InvariantCulture) + 1;
            try
            {
                await control.SetControlAsync(
                    name,
                    next.ToString(CultureInfo.InvariantCulture),
                    before?.Revision,
                    cancellationToken
                );
                return next;
            }
            catch (ResourceConflictException)
            {
                // Counted by another meanwhile: count on from there.
                continue;
            }
        }
    }
}
