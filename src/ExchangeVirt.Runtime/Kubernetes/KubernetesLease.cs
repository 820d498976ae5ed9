using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ExchangeVirt.Runtime.Leadership;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Runtime.Kubernetes;

/// <summary>Keeps a lease as an object of coordination.k8s.io/v1.</summary>
/// <param name="api">The connection.</param>
/// <param name="key">The Lease.</param>
/// <param name="fieldManager">The name of whoever writes.</param>
/// <remarks>Source: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/lease-v1/</remarks>
public sealed class KubernetesLease(KubernetesApi api, ResourceKey key, string fieldManager) : ILeaseStore
{
    private static readonly ResourceType s_type = new("coordination.k8s.io", "v1", "Lease", "leases");

    /// <inheritdoc />
    public async Task<LeaseView?> GetAsync(CancellationToken cancellationToken)
    {
        using var lease = await api.TryGetAsync(ApiPath.Of(s_type, key), cancellationToken);
        return lease is null ? null : Read(lease.RootElement);
    }

    /// <inheritdoc />
    public async Task<LeaseView> WriteAsync(LeaseView lease, CancellationToken cancellationToken)
    {
        var spec = new JsonObject
        {
            // Null takes the holder away: an empty one is refused by newer servers.
            ["holderIdentity"] = lease.Holder,
            ["leaseDurationSeconds"] = (int)Math.Ceiling(lease.Duration.TotalSeconds),
            ["renewTime"] = Text(lease.RenewTime),
            ["acquireTime"] = Text(lease.AcquireTime),
            ["leaseTransitions"] = lease.Transitions,
        };
        using var written =
            lease.Version.Length == 0
                ? await api.CreateAsync(
                    $"{ApiPath.InNamespace(s_type, key.Namespace!)}?fieldManager={ApiPath.Escape(fieldManager)}",
                    new JsonObject
                    {
                        ["apiVersion"] = s_type.ApiVersion,
                        ["kind"] = s_type.Kind,
                        ["metadata"] = new JsonObject { ["name"] = key.Name, ["namespace"] = key.Namespace },
                        ["spec"] = spec,
                    },
                    cancellationToken
                )
                : await api.MergeAsync(
                    ApiPath.Of(s_type, key),
                    new JsonObject
                    {
                        ["metadata"] = new JsonObject { ["resourceVersion"] = lease.Version },
                        ["spec"] = spec,
                    },
                    fieldManager,
                    cancellationToken
                );
        return Read(written.RootElement);
    }

    private static LeaseView Read(JsonElement lease)
    {
        var spec =
            lease.TryGetProperty("spec", out var given) && given.ValueKind is JsonValueKind.Object ? given : default;
        return new LeaseView(
            TextOf(spec, "holderIdentity") is { Length: > 0 } holder ? holder : null,
            TimeSpan.FromSeconds(NumberOf(spec, "leaseDurationSeconds")),
            TimeOf(spec, "renewTime"),
            TimeOf(spec, "acquireTime"),
            NumberOf(spec, "leaseTransitions"),
            ObjectReader.VersionOf(lease)
        );
    }

    private static string? Text(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static string? TextOf(JsonElement spec, string name) =>
        spec.ValueKind is JsonValueKind.Object
        && spec.TryGetProperty(name, out var value)
        && value.ValueKind is JsonValueKind.String
            ? value.GetString()
            : null;

    private static int NumberOf(JsonElement spec, string name) =>
        spec.ValueKind is JsonValueKind.Object
        && spec.TryGetProperty(name, out var value)
        && value.TryGetInt32(out var number)
            ? number
            : 0;

    private static DateTimeOffset? TimeOf(JsonElement spec, string name) =>
        DateTimeOffset.TryParse(
            TextOf(spec, name),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var time
        )
            ? time
            : null;
}
