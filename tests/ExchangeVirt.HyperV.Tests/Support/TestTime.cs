using Microsoft.Extensions.Time.Testing;

namespace ExchangeVirt.HyperV.Tests.Support;

/// <summary>Moves a fake clock on for as long as somebody waits for it.</summary>
internal static class TestTime
{
    private const int LongestWait = 400_000;

    public static FakeTimeProvider New() => new(new DateTimeOffset(2026, 1, 15, 8, 0, 0, TimeSpan.Zero));

    /// <summary>Advances the clock in steps until the task has ended; fails where it never does.</summary>
    public static async Task<T> DriveAsync<T>(this FakeTimeProvider time, Task<T> task, TimeSpan? step = null)
    {
        for (var i = 0; !task.IsCompleted; i++)
        {
            Assert.True(i < LongestWait, "The task waits for something that never comes.");
            await Task.Yield();
            if (!task.IsCompleted && i % 4 == 3)
            {
                time.Advance(step ?? TimeSpan.FromMilliseconds(100));
            }
        }

        return await task;
    }
}
