using System.Text.Json;

namespace ExchangeVirt.Runtime.Kubernetes;

/// <summary>Configures a Kubernetes store.</summary>
public sealed record KubernetesStoreOptions
{
    /// <summary>Gets the name of whoever writes status, by server-side apply.</summary>
    public required string FieldManager { get; init; }

    /// <summary>
    /// Gets the name of whoever writes finalizers, by patch. It is another one, since an API server of version 1.20 lets a
    /// manager that applies never give a finalizer up again.
    /// </summary>
    public string MetadataFieldManager => FieldManager + "-metadata";

    /// <summary>Gets the name of this process among those that report events, at most 128 characters.</summary>
    public required string Instance { get; init; }

    /// <summary>Gets how objects are read and written. Null: as the client library does.</summary>
    public JsonSerializerOptions? Json { get; init; }

    /// <summary>Gets how many objects are asked for at a time.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>
    /// Gets the least time after which the server is asked to end a watch, so that it may be balanced to another one; up to
    /// the double of it is taken, by chance.
    /// </summary>
    public TimeSpan WatchLifetime { get; init; } = TimeSpan.FromMinutes(5);
}
