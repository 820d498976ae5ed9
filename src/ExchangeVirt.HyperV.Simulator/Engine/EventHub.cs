using System.Threading.Channels;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.Schema;
using ExchangeVirt.HyperV.Simulator.Wql;

namespace ExchangeVirt.HyperV.Simulator.Engine;

/// <summary>One listener for events.</summary>
internal sealed class EventSubscription(WqlQuery query, Action<EventSubscription> left)
{
    private readonly Channel<CimEvent> _events = Channel.CreateUnbounded<CimEvent>();

    /// <summary>Gets the query.</summary>
    public WqlQuery Query => query;

    /// <summary>Gets the events to come.</summary>
    public ChannelReader<CimEvent> Events => _events.Reader;

    /// <summary>Adds an event.</summary>
    public void Deliver(CimEvent happened) => _events.Writer.TryWrite(happened);

    /// <summary>Ends the stream, with an error where the service went away.</summary>
    public void End(Exception? error)
    {
        _events.Writer.TryComplete(error);
        left(this);
    }
}

/// <summary>Hands intrinsic events to those who subscribed.</summary>
internal sealed class EventHub(CimSchema schema)
{
    private readonly Lock _gate = new();
    private readonly List<EventSubscription> _subscriptions = [];
    private readonly List<(DateTimeOffset DueAt, CimEvent Event)> _late = [];

    /// <summary>Gets when the next late event is to be delivered.</summary>
    public DateTimeOffset? NextDue
    {
        get
        {
            lock (_gate)
            {
                return _late.Count == 0 ? null : _late.Min(late => late.DueAt);
            }
        }
    }

    /// <summary>Begins a subscription.</summary>
    /// <exception cref="CimException">The query is no event query, or names what the schema does not have.</exception>
    public EventSubscription Subscribe(string cimNamespace, string wql)
    {
        var query = WqlParser.Parse(wql);
        EventConditions.Check(schema, cimNamespace, query);
        var subscription = new EventSubscription(query, Leave);
        lock (_gate)
        {
            _subscriptions.Add(subscription);
        }

        return subscription;
    }

    /// <summary>Publishes an event, now or later.</summary>
    public void Publish(CimEvent happened, DateTimeOffset dueAt, DateTimeOffset now)
    {
        if (dueAt <= now)
        {
            Deliver(happened);
            return;
        }

        lock (_gate)
        {
            _late.Add((dueAt, happened));
        }
    }

    /// <summary>Delivers the late events whose time has come.</summary>
    public void DeliverDue(DateTimeOffset now)
    {
        List<CimEvent> due;
        lock (_gate)
        {
            due = [.. _late.Where(late => late.DueAt <= now).OrderBy(late => late.DueAt).Select(late => late.Event)];
            _late.RemoveAll(late => late.DueAt <= now);
        }

        due.ForEach(Deliver);
    }

    /// <summary>Ends every subscription.</summary>
    public void EndAll(Exception? error) => Snapshot().ForEach(subscription => subscription.End(error));

    private void Deliver(CimEvent happened)
    {
        foreach (var subscription in Snapshot())
        {
            if (happened.Target is null || EventConditions.Matches(schema, subscription.Query, happened))
            {
                subscription.Deliver(happened);
            }
        }
    }

    private List<EventSubscription> Snapshot()
    {
        lock (_gate)
        {
            return [.. _subscriptions];
        }
    }

    private void Leave(EventSubscription subscription)
    {
        lock (_gate)
        {
            _subscriptions.Remove(subscription);
        }
    }
}
