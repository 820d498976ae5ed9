using System.Diagnostics;
using System.Text.RegularExpressions;

namespace ExchangeVirt.HyperV.Cim;

/// <summary>
/// Makes a span of each call to a host's WMI: the class, the method and what it returned, and nothing of what is asked or
/// answered. It costs nothing where nobody listens.
/// </summary>
/// <param name="inner">The session; whoever opened it disposes of it.</param>
internal sealed partial class TracingCimSession(ICimSession inner) : ICimSession
{
    /// <summary>The source that an exporter has to listen to.</summary>
    public const string SourceName = "ExchangeVirt.HyperV";

    private static readonly ActivitySource s_source = new(SourceName);

    /// <inheritdoc />
    public Task<IReadOnlyList<CimObject>> QueryAsync(
        string cimNamespace,
        string wql,
        CancellationToken cancellationToken
    ) =>
        s_source.HasListeners()
            ? TraceAsync(
                "Query",
                cimNamespace,
                ClassIn().Match(wql).Groups["class"].Value,
                method: null,
                () => inner.QueryAsync(cimNamespace, wql, cancellationToken)
            )
            : inner.QueryAsync(cimNamespace, wql, cancellationToken);

    /// <inheritdoc />
    public Task<CimObject> GetAsync(CimPath path, CancellationToken cancellationToken) =>
        s_source.HasListeners()
            ? TraceAsync(
                "Get",
                path.Namespace,
                path.ClassName,
                method: null,
                () => inner.GetAsync(path, cancellationToken)
            )
            : inner.GetAsync(path, cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<CimObject>> AssociatorsAsync(
        CimPath source,
        string? association,
        string? resultClass,
        string? sourceRole,
        string? resultRole,
        CancellationToken cancellationToken
    )
    {
        return s_source.HasListeners()
            ? TraceAsync("Associators", source.Namespace, source.ClassName, method: null, CallAsync)
            : CallAsync();

        Task<IReadOnlyList<CimObject>> CallAsync() =>
            inner.AssociatorsAsync(source, association, resultClass, sourceRole, resultRole, cancellationToken);
    }

    /// <inheritdoc />
    public Task<CimMethodResult> InvokeAsync(
        CimPath target,
        string method,
        IReadOnlyDictionary<string, CimValue> arguments,
        CancellationToken cancellationToken
    ) =>
        s_source.HasListeners()
            ? TraceAsync(
                "Invoke",
                target.Namespace,
                target.ClassName,
                method,
                () => inner.InvokeAsync(target, method, arguments, cancellationToken)
            )
            : inner.InvokeAsync(target, method, arguments, cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<CimEvent> SubscribeAsync(
        string cimNamespace,
        string wql,
        CancellationToken cancellationToken
    ) => inner.SubscribeAsync(cimNamespace, wql, cancellationToken);

    /// <inheritdoc />
    public CimObject NewInstance(string cimNamespace, string className) => inner.NewInstance(cimNamespace, className);

    /// <inheritdoc />
    public string Serialize(CimObject instance) => inner.Serialize(instance);

    /// <inheritdoc />
    public CimObject Deserialize(string cimXml) => inner.Deserialize(cimXml);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static async Task<T> TraceAsync<T>(
        string operation,
        string cimNamespace,
        string className,
        string? method,
        Func<Task<T>> callAsync
    )
    {
        using var span = s_source.StartActivity(
            method is null ? $"{operation} {className}" : $"{className}.{method}",
            ActivityKind.Client
        );
        span?.SetTag("cim.operation", operation).SetTag("cim.namespace", cimNamespace).SetTag("cim.class", className);
        try
        {
            var result = await callAsync();
            if (result is CimMethodResult answer)
            {
                span?.SetTag("cim.method", method).SetTag("cim.return_value", (long)answer.ReturnValue);
            }

            return result;
        }
        catch (CimException failure)
        {
            span?.SetTag("error.type", failure.Error.ToString()).SetStatus(ActivityStatusCode.Error);
            throw;
        }
    }

    [GeneratedRegex(@"\bFROM\s+(?<class>\w+)", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ClassIn();
}
