namespace ExchangeVirt.Agent.CommandLine;

/// <summary>
/// Ends work when standard input closes. A pipe from the process that started this one closes however that one ends, so
/// nothing is left running behind it.
/// </summary>
internal static class InputWatch
{
    /// <summary>Runs until the work is done, it is cancelled, or standard input closes; what is read is thrown away.</summary>
    /// <returns>What the work returned.</returns>
    public static async Task<int> RunAsync(Func<CancellationToken, Task<int>> run, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var input = Console.OpenStandardInput();
        var closed = ReadToEndAsync(input, stop.Token);
        var running = run(stop.Token);
        if (await Task.WhenAny(running, closed) == closed)
        {
            await stop.CancelAsync();
        }

        return await running;
    }

    private static async Task ReadToEndAsync(Stream input, CancellationToken cancellationToken)
    {
        var buffer = new byte[256];
        while (await input.ReadAsync(buffer, cancellationToken) > 0) { }
    }
}
