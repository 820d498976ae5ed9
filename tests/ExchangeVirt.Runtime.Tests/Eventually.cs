using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;

namespace ExchangeVirt.Runtime.Tests;

/// <summary>Waits for states, with a deadline that only a broken program meets.</summary>
public static class Eventually
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(2);

    /// <summary>Lets everything that is ready run until the state holds, without any time passing on the fake clock.</summary>
    public static Task HoldsAsync(Func<bool> state) => HoldsAsync(state, static () => { });

    /// <summary>Lets fake time pass in steps until the state holds.</summary>
    public static Task HoldsAsync(FakeTimeProvider time, TimeSpan step, Func<bool> state) =>
        HoldsAsync(state, () => time.Advance(step));

    private static async Task HoldsAsync(Func<bool> state, Action between)
    {
        var watch = Stopwatch.StartNew();
        while (!state())
        {
            if (watch.Elapsed > s_deadline)
            {
                throw new TimeoutException("The state was not reached.");
            }

            if (SynchronizationContext.Current is Pump pump)
            {
                await pump.SettledAsync();
                between();
                await pump.SettledAsync();
            }
            else
            {
                between();
                await Task.Yield();
            }
        }
    }
}
