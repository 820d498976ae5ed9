using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ExchangeVirt.Runtime.Stores;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Runtime.Tests;

/// <summary>A store whose lists and watches do what a test says, and that counts what it is asked.</summary>
public sealed class FakeStore : IResourceStore
{
    private Channel<Func<ResourceEvent<Widget>>> _watch = Channel.CreateUnbounded<Func<ResourceEvent<Widget>>>();

    public Func<ResourceList<Widget>> List { get; set; } = () => new ResourceList<Widget>([], "1");

    public int Lists { get; private set; }

    public List<string> WatchedFrom { get; } = [];

    public List<EventRecord> Events { get; } = [];

    public Exception? EventFailure { get; set; }

    public void Send(ResourceEventType type, Widget? widget, string version) =>
        _watch.Writer.TryWrite(() => new ResourceEvent<Widget>(type, widget, version));

    public void SendOdd(ResourceEventType type, UnreadableResource odd, string version) =>
        _watch.Writer.TryWrite(() => new ResourceEvent<Widget>(type, null, version) { Unreadable = odd });

    public void Break(Exception exception, Action? before = null) =>
        _watch.Writer.TryWrite(() =>
        {
            before?.Invoke();
            throw exception;
        });

    public void CloseWatch() => _watch.Writer.Complete();

    public Task<ResourceList<T>> ListAsync<T>(CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        Lists++;
        return Task.FromResult((ResourceList<T>)(object)List());
    }

    public async IAsyncEnumerable<ResourceEvent<T>> WatchAsync<T>(
        string fromResourceVersion,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        // Whoever sees that it is watched may tell it something at once.
        if (_watch.Reader.Completion.IsCompleted)
        {
            _watch = Channel.CreateUnbounded<Func<ResourceEvent<Widget>>>();
        }

        WatchedFrom.Add(fromResourceVersion);
        // Reading all of a channel would leave the thread that a test runs on.
        var reader = _watch.Reader;
        while (await reader.WaitToReadAsync(cancellationToken))
        {
            while (reader.TryRead(out var next))
            {
                yield return (ResourceEvent<T>)(object)next();
            }
        }
    }

    public Task RecordEventAsync(EventRecord record, CancellationToken cancellationToken)
    {
        if (EventFailure is not null)
        {
            return Task.FromException(EventFailure);
        }

        Events.Add(record);
        return Task.CompletedTask;
    }

    public Task<ScopeEnding?> FindScopeEndingAsync<T>(ResourceKey key, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

    public Task<T?> GetAsync<T>(ResourceKey key, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

    public Task<T> UpdateStatusAsync<T>(T entity, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

    public Task<T> PatchMetadataAsync<T>(T entity, MetadataPatch patch, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

    public Task WriteUnreadableStatusAsync<T>(
        UnreadableResource resource,
        string status,
        CancellationToken cancellationToken
    )
        where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

    public Task WriteUnreadableFinalizersAsync<T>(
        UnreadableResource resource,
        IReadOnlyList<string> finalizers,
        CancellationToken cancellationToken
    )
        where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

    public Task<bool> DeleteAsync<T>(ResourceKey key, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

    public Task<IReadOnlyList<EventRecord>> ListEventsAsync(
        string? kind,
        ResourceKey? key,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();
}
