using System.Globalization;

namespace ExchangeVirt.Envtest;

/// <summary>Waits for states of programs that run in real time, with a deadline that only a broken one meets.</summary>
public static class Until
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);

#pragma warning disable RS0030 // Processes live in real time: these tests are a composition root.
    /// <summary>Gets the real clock.</summary>
    public static TimeProvider Clock { get; } = TimeProvider.System;
#pragma warning restore RS0030

    /// <summary>Gets how long is waited where the caller does not say.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromMinutes(3);

    /// <summary>Waits until something is so.</summary>
    /// <exception cref="TimeoutException">It was not so within the deadline.</exception>
    public static Task TrueAsync(string what, Func<bool> isSo, TimeSpan? deadline = null) =>
        TrueAsync(what, () => Task.FromResult(isSo()), deadline);

    /// <summary>Waits until something is so.</summary>
    /// <param name="what">What is waited for.</param>
    /// <param name="isSo">Looks whether it is so.</param>
    /// <param name="deadline">How long is waited at the most.</param>
    /// <param name="look">How long it is until the next look, where looking is dear; absent: a moment.</param>
    /// <exception cref="TimeoutException">It was not so within the deadline.</exception>
    public static Task TrueAsync(
        string what,
        Func<Task<bool>> isSo,
        TimeSpan? deadline = null,
        TimeSpan? look = null
    ) => GotAsync(what, async () => await isSo() ? what : null, deadline, look);

    /// <summary>Waits until there is something to be had, and returns it.</summary>
    /// <exception cref="TimeoutException">There was nothing within the deadline.</exception>
    public static async Task<T> GotAsync<T>(
        string what,
        Func<Task<T?>> find,
        TimeSpan? deadline = null,
        TimeSpan? look = null
    )
        where T : class
    {
        var patience = deadline ?? Patience;
        var started = Clock.GetTimestamp();
        while (true)
        {
            if (await find() is { } found)
            {
                return found;
            }

            if (Clock.GetElapsedTime(started) > patience)
            {
                var seconds = patience.TotalSeconds.ToString(CultureInfo.InvariantCulture);
                throw new TimeoutException($"It was not reached within {seconds} s that {what}.");
            }

            await Task.Delay(look ?? s_look, Clock);
        }
    }
}
