using ExchangeVirt.HyperV.Cim;

namespace ExchangeVirt.HyperV.Tests.Support;

/// <summary>
/// Stands before another session, keeps what was asked of it, and answers in its stead where a test says so. Without another session
/// behind it, everything that no test answers fails.
/// </summary>
internal sealed class InterceptingSession(ICimSession? inner = null) : ICimSession
{
    private readonly List<(CimPath Target, string Method, IReadOnlyDictionary<string, CimValue> Arguments)> _invoked =
    [];

    public IReadOnlyList<(CimPath Target, string Method, IReadOnlyDictionary<string, CimValue> Arguments)> Invoked =>
        _invoked;

    public int Calls { get; private set; }

    public Func<string, string, IReadOnlyList<CimObject>?> OnQuery { get; set; } = (_, _) => null;

    public Func<CimPath, CimObject?> OnGet { get; set; } = _ => null;

    public Func<CimPath, string, CimMethodResult?> OnInvoke { get; set; } = (_, _) => null;

    /// <summary>Gets or sets what is done right after a method was carried out.</summary>
    public Action<string> AfterInvoke { get; set; } = _ => { };

    public Func<string, IAsyncEnumerable<CimEvent>?> OnSubscribe { get; set; } = _ => null;

    public void Forget() => (_, Calls) = (Clear(), 0);

    public Task<IReadOnlyList<CimObject>> QueryAsync(
        string cimNamespace,
        string wql,
        CancellationToken cancellationToken
    )
    {
        Calls++;
        return OnQuery(cimNamespace, wql) is { } answer
            ? Task.FromResult(answer)
            : Inner.QueryAsync(cimNamespace, wql, cancellationToken);
    }

    public Task<CimObject> GetAsync(CimPath path, CancellationToken cancellationToken)
    {
        Calls++;
        return OnGet(path) is { } answer ? Task.FromResult(answer) : Inner.GetAsync(path, cancellationToken);
    }

    public Task<IReadOnlyList<CimObject>> AssociatorsAsync(
        CimPath source,
        string? association,
        string? resultClass,
        string? sourceRole,
        string? resultRole,
        CancellationToken cancellationToken
    )
    {
        Calls++;
        return Inner.AssociatorsAsync(source, association, resultClass, sourceRole, resultRole, cancellationToken);
    }

    public async Task<CimMethodResult> InvokeAsync(
        CimPath target,
        string method,
        IReadOnlyDictionary<string, CimValue> arguments,
        CancellationToken cancellationToken
    )
    {
        Calls++;
        _invoked.Add((target, method, arguments));
        if (OnInvoke(target, method) is { } answer)
        {
            return answer;
        }

        var result = await Inner.InvokeAsync(target, method, arguments, cancellationToken);
        AfterInvoke(method);
        return result;
    }

    public IAsyncEnumerable<CimEvent> SubscribeAsync(
        string cimNamespace,
        string wql,
        CancellationToken cancellationToken
    ) => OnSubscribe(wql) ?? Inner.SubscribeAsync(cimNamespace, wql, cancellationToken);

    public CimObject NewInstance(string cimNamespace, string className) => Inner.NewInstance(cimNamespace, className);

    public string Serialize(CimObject instance) => Inner.Serialize(instance);

    public CimObject Deserialize(string cimXml) => Inner.Deserialize(cimXml);

    public ValueTask DisposeAsync() => inner?.DisposeAsync() ?? ValueTask.CompletedTask;

    private ICimSession Inner =>
        inner ?? throw new InvalidOperationException("No test answers this, and nothing stands behind.");

    private bool Clear()
    {
        _invoked.Clear();
        return true;
    }
}
