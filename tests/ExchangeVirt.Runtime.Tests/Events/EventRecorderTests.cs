using ExchangeVirt.Runtime.Events;
using ExchangeVirt.Runtime.Stores;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ExchangeVirt.Runtime.Tests.Events;

public sealed class EventRecorderTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly FakeStore _store = new();
    private readonly EventRecorder _recorder;

    public EventRecorderTests() => _recorder = new EventRecorder(_store, _time, NullLogger<EventRecorder>.Instance);

    [Fact]
    public async Task Each_thing_is_said_once_per_hour_and_object_and_repetitions_are_counted()
    {
        var start = _time.GetUtcNow();
        for (var minute = 0; minute < 60; minute++)
        {
            await SayAsync("a", "Waits");
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(1, Assert.Single(_store.Events).Count);
        await SayAsync("a", "Waits");

        Assert.Equal(2, _store.Events.Count);
        Assert.Equal(
            (60, start.AddMinutes(1), start.AddMinutes(60)),
            (_store.Events[1].Count, _store.Events[1].FirstTimestamp, _store.Events[1].LastTimestamp)
        );
    }

    [Fact]
    public async Task Another_object_or_another_thing_is_said_at_once()
    {
        await SayAsync("a", "Waits");
        await SayAsync("b", "Waits");
        await SayAsync("a", "Started");

        Assert.Equal(["a Waits", "b Waits", "a Started"], Said());
    }

    [Fact]
    public async Task What_was_only_counted_is_told_when_it_does_not_come_again_and_before_the_end()
    {
        await SayAsync("a", "Waits");
        await SayAsync("a", "Waits");
        await SayAsync("b", "Waits");
        await SayAsync("b", "Waits");
        _time.Advance(TimeSpan.FromHours(1));
        await SayAsync("b", "Waits");
        Assert.Equal(["a Waits", "b Waits", "a Waits", "b Waits"], Said());

        await SayAsync("b", "Waits");
        await _recorder.FlushAsync(default);

        Assert.Equal("b Waits", Said().Last());
        Assert.Equal(6, _store.Events.Sum(record => record.Count));
    }

    [Fact]
    public async Task An_event_that_cannot_be_stored_fails_no_pass()
    {
        _store.EventFailure = new IOException("full");
        await SayAsync("a", "Waits");

        Assert.Empty(_store.Events);
    }

    private IEnumerable<string> Said() =>
        _store.Events.Select(record => $"{record.Regarding.Key.Name} {record.Reason}");

    private Task SayAsync(string name, string reason) =>
        _recorder.RecordAsync(
            new Widget
            {
                Metadata = new V1ObjectMeta
                {
                    Name = name,
                    NamespaceProperty = "test",
                    Uid = name,
                },
            },
            EventType.Normal,
            reason,
            "It is so.",
            default
        );
}
