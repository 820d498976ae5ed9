using System.Threading.Channels;
using ExchangeVirt.Agent.Contract;

namespace ExchangeVirt.Agent.Tests.Support;

/// <summary>Follows a stream and lets a test wait for what it says.</summary>
internal sealed class EventLog : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<HostEvent> _events = Channel.CreateUnbounded<HostEvent>();
    private readonly Task _following;

    public EventLog(IHostAgent agent, ResumeToken? resume = null) => _following = FollowAsync(agent, resume);

    public ResumeToken? Token { get; private set; }

    /// <summary>Waits for the next event of a kind.</summary>
    public async Task<T> NextAsync<T>(Func<T, bool>? matches = null)
        where T : HostEvent
    {
        using var patience = new CancellationTokenSource();
        while (true)
        {
            var next = await _events.Reader.ReadAsync(patience.Token).AsTask().WaitAsync(AgentHarness.Patience);
            Token = next.Token ?? Token;
            if (next is T wanted && (matches is null || matches(wanted)))
            {
                return wanted;
            }
        }
    }

    /// <summary>Waits for the next event, whatever it is.</summary>
    public Task<HostEvent> NextAsync() => NextAsync<HostEvent>();

    /// <summary>Waits for the stream to end, and gives what ended it.</summary>
    public async Task<AgentFaultException> FaultAsync() =>
        await Assert.ThrowsAsync<AgentFaultException>(() => _following.WaitAsync(AgentHarness.Patience));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task FollowAsync(IHostAgent agent, ResumeToken? resume)
    {
        try
        {
            await foreach (var next in agent.WatchAsync(resume, _stop.Token))
            {
                _events.Writer.TryWrite(next);
            }
        }
        catch (Exception failure)
        {
            _events.Writer.TryComplete(failure);
            throw;
        }
    }
}
