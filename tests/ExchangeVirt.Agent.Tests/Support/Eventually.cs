namespace ExchangeVirt.Agent.Tests.Support;

internal static class Eventually
{
    /// <summary>Waits for a state that nothing announces.</summary>
    public static async Task TrueAsync(Func<bool> state, string what)
    {
        // Yields rather than sleeps: the deadline alone bounds it.
        var deadline = Environment.TickCount64 + (long)AgentHarness.Patience.TotalMilliseconds;
        while (!state())
        {
            Assert.True(Environment.TickCount64 < deadline, $"Never came: {what}");
            await Task.Yield();
        }
    }
}
