using System.Threading.Channels;
using ExchangeVirt.Agent.Contract;
using Wire = ExchangeVirt.Agent.Contract.Wire;

namespace ExchangeVirt.Agent.Feed;

/// <summary>Events that are said together: a change, or a whole snapshot.</summary>
/// <param name="Sequence">The position after them.</param>
/// <param name="Events">The events.</param>
public sealed record FeedBatch(ulong Sequence, IReadOnlyList<Wire.WatchEvent> Events);

/// <summary>One watcher's place in the feed.</summary>
public sealed class FeedSubscription : IDisposable
{
    private readonly Channel<FeedBatch> _queue;
    private readonly Action<FeedSubscription> _unsubscribe;
    private readonly CancellationTokenSource _cut = new();

    internal FeedSubscription(IReadOnlyList<FeedBatch> first, int capacity, Action<FeedSubscription> unsubscribe)
    {
        First = first;
        _queue = Channel.CreateBounded<FeedBatch>(new BoundedChannelOptions(capacity) { SingleReader = true });
        _unsubscribe = unsubscribe;
    }

    /// <summary>Gets what the watcher starts with.</summary>
    public IReadOnlyList<FeedBatch> First { get; }

    /// <summary>Gets what follows; ends with <see cref="AgentFaultException"/> when the watcher is too slow.</summary>
    public ChannelReader<FeedBatch> Next => _queue.Reader;

    /// <summary>Gets what is cancelled when the watcher is too slow.</summary>
    public CancellationToken Cut => _cut.Token;

    /// <summary>Makes the fault that a slow watcher is cut with.</summary>
    public static AgentFaultException TooSlow() =>
        new(
            new AgentFault(
                AgentFaultKind.Unavailable,
                AgentFaultReasons.WatcherTooSlow,
                "The watcher fell too far behind and was cut. Watch again with the last token."
            )
        );

    /// <inheritdoc />
    public void Dispose()
    {
        _unsubscribe(this);
        _cut.Dispose();
    }

    internal bool Offer(FeedBatch batch)
    {
        if (_queue.Writer.TryWrite(batch))
        {
            return true;
        }

        _queue.Writer.TryComplete(TooSlow());
        _cut.Cancel();
        return false;
    }
}
