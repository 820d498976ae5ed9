using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace ExchangeVirt.Runtime.Tests;

/// <summary>
/// One thread on which everything of a test runs in turn, so that the order of things is the same on every machine: a test that
/// lets fake time pass can wait until all that was ready has run. <c>await pump;</c> goes over to it.
/// </summary>
/// <remarks>
/// It knows nothing of what the thread pool runs in between, as channels and <see cref="CancellationTokenSource.CancelAsync"/> do:
/// no time may pass while a test waits for such.
/// </remarks>
public sealed class Pump : SynchronizationContext, IDisposable
{
    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _ready = [];
    private readonly ConcurrentQueue<TaskCompletionSource> _waiting = [];
    private readonly Thread _thread;

    public Pump()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = nameof(Pump) };
        _thread.Start();
    }

    /// <summary>Goes over to the pump's thread.</summary>
    public Switch GetAwaiter() => new(this);

    /// <summary>Waits until nothing is left that could run by itself.</summary>
    public Task SettledAsync()
    {
        TaskCompletionSource settled = new();
        _waiting.Enqueue(settled);
        // Where it sleeps already, it has to look.
        Post(static _ => { }, null);
        return settled.Task;
    }

    public override void Post(SendOrPostCallback d, object? state) => _ready.Add((d, state));

    public void Dispose()
    {
        _ready.CompleteAdding();
        if (Thread.CurrentThread != _thread)
        {
            _thread.Join();
        }
    }

    private void Run()
    {
        SetSynchronizationContext(this);
        while (true)
        {
            if (_ready.TryTake(out var next))
            {
                next.Callback(next.State);
            }
            else if (_waiting.TryDequeue(out var settled))
            {
                settled.SetResult();
            }
            else if (_ready.TryTake(out next, Timeout.Infinite))
            {
                next.Callback(next.State);
            }
            else
            {
                return;
            }
        }
    }

    /// <summary>Continues on the pump's thread.</summary>
    public readonly struct Switch(Pump pump) : INotifyCompletion
    {
        public bool IsCompleted => Current == pump;

        public void OnCompleted(Action continuation) => pump.Post(static state => ((Action)state!)(), continuation);

        public void GetResult()
        {
            // Going over yields nothing.
        }
    }
}
