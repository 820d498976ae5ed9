using CsCheck;
using ExchangeVirt.Runtime.Queueing;
using Microsoft.Extensions.Time.Testing;

namespace ExchangeVirt.Runtime.Tests.Queueing;

public sealed class WorkQueueTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly WorkQueue<int> _queue;
    private double _chance;

    public WorkQueueTests() => _queue = Make();

    public void Dispose() => _queue.Dispose();

    [Fact]
    public async Task A_key_added_many_times_is_handed_out_once()
    {
        _queue.Add(1);
        _queue.Add(1);
        _queue.Add(1, WorkPriority.Resync);

        Assert.Equal(1, await _queue.TakeAsync());
        _queue.Done(1);
        Assert.Equal(0, _queue.Count);
        Assert.True(_queue.IsIdle);
    }

    [Fact]
    public async Task A_key_added_while_being_worked_on_comes_again_but_only_after_it_was_given_back()
    {
        _queue.Add(1);
        await _queue.TakeAsync();
        _queue.Add(1);
        var second = _queue.TakeAsync();
        Assert.False(second.IsCompleted);
        Assert.Equal(0, _queue.Count);

        _queue.Done(1);
        Assert.Equal(1, await second);
    }

    [Fact]
    public async Task Changes_go_before_resyncs()
    {
        _queue.Add(1, WorkPriority.Resync);
        _queue.Add(2, WorkPriority.Resync);
        _queue.Add(3);
        _queue.Add(2);

        Assert.Equal([3, 2, 1], await TakeAsync(3));
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public async Task A_resync_is_not_starved_by_endless_changes()
    {
        _queue.Add(-1, WorkPriority.Resync);
        for (var key = 0; key < 100; key++)
        {
            _queue.Add(key);
        }

        Assert.Equal(-1, (await TakeAsync(65))[64]);
    }

    [Fact]
    public async Task A_delayed_key_comes_in_its_time_and_the_earlier_time_counts()
    {
        _queue.AddAfter(1, TimeSpan.FromSeconds(10));
        _queue.AddAfter(1, TimeSpan.FromSeconds(5));
        _queue.AddAfter(1, TimeSpan.FromSeconds(20));
        _queue.AddAfter(2, TimeSpan.FromSeconds(7));
        Assert.Equal(2, _queue.DelayedCount);

        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(0, _queue.Count);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal([1], await TakeAsync(1));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal([2], await TakeAsync(1));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal((0, 0), (_queue.Count, _queue.DelayedCount));
    }

    [Fact]
    public async Task A_delay_of_many_weeks_is_kept()
    {
        _queue.AddAfter(1, TimeSpan.FromDays(100));
        for (var day = 0; day < 99; day++)
        {
            _time.Advance(TimeSpan.FromDays(1));
        }

        Assert.Equal(0, _queue.Count);
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal([1], await TakeAsync(1));
    }

    [Fact]
    public void Back_off_doubles_for_each_key_up_to_the_cap_until_forgotten()
    {
        Assert.Equal([200, 400, 800, 1600], Enumerable.Range(0, 4).Select(_ => Delay(1)));
        Assert.Equal(200, Delay(2));
        Assert.Equal(300_000, Enumerable.Range(0, 2000).Select(_ => Delay(1)).ToList()[^1]);
        Assert.Equal(2004, _queue.Failures(1));

        _queue.Forget(1);
        _chance = 0.5;
        Assert.Equal(150, Delay(1));

        double Delay(int key) => _queue.AddRateLimited(key).TotalMilliseconds;
    }

    [Fact]
    public async Task A_shut_down_queue_lets_workers_go()
    {
        var waiting = _queue.TakeAsync();
        _queue.AddAfter(1, TimeSpan.FromSeconds(1));
        _queue.ShutDown();
        _queue.Add(2);
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Null(await waiting);
        Assert.Null(await _queue.TakeAsync());
    }

    [Fact]
    public void Giving_back_what_nobody_took_is_a_bug() =>
        Assert.Throws<InvalidOperationException>(() => _queue.Done(1));

    [Fact]
    public void No_key_is_lost_or_with_two_workers_whatever_the_order()
    {
        var step = Gen.Select(Gen.Int[0, 4], Gen.Int[0, 5]);
        step.Array[0, 60]
            .Sample(
                steps =>
                {
                    using var queue = Make();
                    var wanted = new HashSet<int>();
                    var working = new HashSet<int>();
                    foreach (var (what, key) in steps)
                    {
                        switch (what)
                        {
                            case 0 or 1:
                                queue.Add(key, (WorkPriority)what);
                                wanted.Add(key);
                                break;
                            case 2:
                                queue.AddAfter(key, TimeSpan.FromSeconds(key + 1));
                                wanted.Add(key);
                                break;
                            case 3 when queue.Count > 0:
                                var taken = queue.TakeAsync().Result!.Value;
                                Assert.True(working.Add(taken));
                                wanted.Remove(taken);
                                break;
                            case 4 when working.Remove(key):
                                queue.Done(key);
                                break;
                        }
                    }

                    foreach (var key in working)
                    {
                        queue.Done(key);
                    }

                    _time.Advance(TimeSpan.FromSeconds(10));
                    while (queue.Count > 0)
                    {
                        var taken = queue.TakeAsync().Result!.Value;
                        wanted.Remove(taken);
                        queue.Done(taken);
                    }

                    Assert.Empty(wanted);
                    Assert.True(queue.IsIdle);
                },
                iter: 500,
                threads: 1
            );
    }

    private WorkQueue<int> Make() => new(new WorkQueueOptions("test"), _time, () => _chance);

    private async Task<List<int?>> TakeAsync(int count)
    {
        List<int?> taken = [];
        for (var number = 0; number < count; number++)
        {
            taken.Add(await _queue.TakeAsync());
        }

        return taken;
    }
}
