using System.Runtime.CompilerServices;
using System.Runtime.Versioning;
using System.Threading.Channels;
using Mi = Microsoft.Management.Infrastructure;

namespace ExchangeVirt.HyperV.Mmi;

/// <summary>Awaits MI's observables. Disposing the subscription is what cancels the operation.</summary>
[SupportedOSPlatform("windows")]
internal static class MiObservables
{
    private const int Capacity = 4096;

    /// <summary>Reads all items to the end.</summary>
    public static async Task<IReadOnlyList<TResult>> ToListAsync<TItem, TResult>(
        this IObservable<TItem> source,
        Func<TItem, TResult> convert,
        CancellationToken cancellationToken
    )
    {
        List<TResult> items = [];
        await foreach (var item in source.ReadAsync(convert, cancellationToken))
        {
            items.Add(item);
        }

        return items;
    }

    /// <summary>Streams items as they come.</summary>
    /// <exception cref="Cim.CimException">The operation failed.</exception>
    public static async IAsyncEnumerable<TResult> ReadAsync<TItem, TResult>(
        this IObservable<TItem> source,
        Func<TItem, TResult> convert,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var channel = Channel.CreateBounded<TResult>(
            new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true }
        );
        using var subscription = source.Subscribe(new Observer<TItem, TResult>(channel.Writer, convert));
        await foreach (var item in channel.Reader.ReadAllAsync(cancellationToken))
        {
            yield return item;
        }
    }

    private sealed class Observer<TItem, TResult>(ChannelWriter<TResult> writer, Func<TItem, TResult> convert)
        : IObserver<TItem>
    {
        public void OnCompleted() => writer.TryComplete();

        public void OnError(Exception error) =>
            writer.TryComplete(error is Mi.CimException failure ? MiErrors.Translate(failure) : error);

        public void OnNext(TItem value)
        {
            // The item is copied at once: MI's own holds native memory, which is released here.
            var item = convert(value);
            (value as IDisposable)?.Dispose();
            if (!writer.TryWrite(item))
            {
                writer.TryComplete(
                    new Cim.CimException(
                        Cim.CimError.ServerLimitsExceeded,
                        $"More than {Capacity} items came faster than they were read."
                    )
                );
            }
        }
    }
}
