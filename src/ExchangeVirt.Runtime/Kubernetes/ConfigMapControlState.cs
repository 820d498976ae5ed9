using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Runtime.Kubernetes;

/// <summary>
/// Keeps each control value in a ConfigMap of its own in the operator's namespace. A ConfigMap and not the Lease: one that is
/// deleted takes nothing with it that has to be remembered.
/// </summary>
/// <param name="api">The connection.</param>
/// <param name="ofNamespace">The operator's namespace.</param>
/// <param name="fieldManager">The name of whoever writes.</param>
/// <param name="chance">Yields numbers from 0 (inclusive) to 1 (exclusive), for the lifetimes of watches.</param>
/// <param name="time">The clock.</param>
public sealed class ConfigMapControlState(
    KubernetesApi api,
    string ofNamespace,
    string fieldManager,
    Func<double> chance,
    TimeProvider time
) : IControlState
{
    private const string Prefix = "exchangevirt-";
    private const string Field = "value";

    private static readonly ResourceType s_type = new("", "v1", "ConfigMap", "configmaps");

    // Bookmarks come about once a minute; three of them missed is a dead watch.
    private static readonly TimeSpan s_idle = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan s_lifetime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(1);

    /// <summary>Names the ConfigMap of a control value.</summary>
    public static string NameOf(string control) => Prefix + control;

    /// <inheritdoc />
    public async Task<ControlValue?> GetControlAsync(string name, CancellationToken cancellationToken) =>
        (await ReadAsync(name, cancellationToken)).Value;

    /// <inheritdoc />
    public async Task<ControlValue> SetControlAsync(
        string name,
        string value,
        string? expectedRevision,
        CancellationToken cancellationToken
    )
    {
        try
        {
            using var written = expectedRevision is null
                ? await CreateAsync(name, value, cancellationToken)
                : await api.MergeAsync(
                    ApiPath.Of(s_type, KeyOf(name)),
                    new JsonObject
                    {
                        ["metadata"] = new JsonObject { ["resourceVersion"] = expectedRevision },
                        ["data"] = new JsonObject { [Field] = value },
                    },
                    fieldManager,
                    cancellationToken
                );
            return new ControlValue(value, ObjectReader.VersionOf(written.RootElement));
        }
        catch (ResourceNotFoundException gone) when (expectedRevision is not null)
        {
            throw new ResourceConflictException($"The ConfigMap {KeyOf(name)} was deleted meanwhile.", gone);
        }
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<ControlValue?> WatchControlAsync(
        string name,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var isFirst = true;
        ControlValue? last = null;
        while (true)
        {
            var (value, version) = await ReadAsync(name, cancellationToken);
            if (isFirst || value != last)
            {
                isFirst = false;
                last = value;
                yield return value;
            }

            // Whatever ends the watch, the next look is a fresh read; a server that ends each at once is not asked without end.
            await WaitForChangeAsync(name, version, cancellationToken);
            await Task.Delay(s_rest, time, cancellationToken);
        }
    }

    private Task<JsonDocument> CreateAsync(string name, string value, CancellationToken cancellationToken) =>
        api.CreateAsync(
            $"{ApiPath.InNamespace(s_type, ofNamespace)}?fieldManager={ApiPath.Escape(fieldManager)}",
            new JsonObject
            {
                ["apiVersion"] = s_type.ApiVersion,
                ["kind"] = s_type.Kind,
                ["metadata"] = new JsonObject
                {
                    ["name"] = NameOf(name),
                    ["namespace"] = ofNamespace,
                    ["labels"] = new JsonObject
                    {
                        ["app.kubernetes.io/name"] = "exchangevirt-operator",
                        ["app.kubernetes.io/managed-by"] = "exchangevirt-operator",
                    },
                },
                ["data"] = new JsonObject { [Field] = value },
            },
            cancellationToken
        );

    // A list of the one name: an API server lets that be watched by whoever may only see this one.
    private async Task<(ControlValue? Value, string Version)> ReadAsync(
        string name,
        CancellationToken cancellationToken
    )
    {
        using var list =
            await api.TryGetAsync(OfOne(name), cancellationToken)
            ?? throw new ResourceNotFoundException("The API server does not serve configmaps.");
        var version = ObjectReader.VersionOf(list.RootElement);
        foreach (var item in list.RootElement.GetProperty("items").EnumerateArray())
        {
            if (
                item.TryGetProperty("data", out var data)
                && data.TryGetProperty(Field, out var value)
                && value.GetString() is { } text
            )
            {
                return (new ControlValue(text, ObjectReader.VersionOf(item)), version);
            }

            throw new InvalidDataException(
                $"The ConfigMap {KeyOf(name)} has no data.{Field}. Restore it, or delete it if it shall be as never set."
            );
        }

        return (null, version);
    }

    private async Task WaitForChangeAsync(string name, string version, CancellationToken cancellationToken)
    {
        var seconds = (int)(s_lifetime.TotalSeconds * (1 + chance()));
        var path = string.Create(
            CultureInfo.InvariantCulture,
            $"{OfOne(name)}&watch=true&allowWatchBookmarks=true&resourceVersion={ApiPath.Escape(version)}&timeoutSeconds={seconds}"
        );
        using var idle = new CancellationTokenSource(s_idle, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, idle.Token);
        try
        {
            await foreach (var line in WatchStream.ReadAsync(api, path, either.Token))
            {
                using (line)
                {
                    if (line.Type is not ResourceEventType.Bookmark)
                    {
                        return;
                    }
                }

                idle.CancelAfter(s_idle);
            }
        }
        catch (ResourceVersionExpiredException)
        {
            // The next read is fresh all the same.
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Silent for too long: it counts as ended.
        }
    }

    private string OfOne(string name) =>
        $"{ApiPath.InNamespace(s_type, ofNamespace)}?fieldSelector={ApiPath.Escape($"metadata.name={NameOf(name)}")}";

    private ResourceKey KeyOf(string name) => new(ofNamespace, NameOf(name));
}
