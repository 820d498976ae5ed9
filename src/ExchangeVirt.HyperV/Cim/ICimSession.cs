namespace ExchangeVirt.HyperV.Cim;

/// <summary>
/// All that this product asks of a host's WMI: the narrow port behind which stand Windows
/// (Microsoft.Management.Infrastructure) and the simulated host. It speaks plain types, because the Windows types cannot
/// even be constructed elsewhere.
/// </summary>
public interface ICimSession : IAsyncDisposable
{
    /// <summary>Runs a WQL query.</summary>
    /// <returns>
    /// The matching instances. Empty does not prove that nothing exists: a stopped management service and missing rights
    /// give an empty answer too.
    /// </returns>
    /// <exception cref="CimException">The query was refused, or the service did not answer.</exception>
    Task<IReadOnlyList<CimObject>> QueryAsync(string cimNamespace, string wql, CancellationToken cancellationToken);

    /// <summary>Reads one instance by its path.</summary>
    /// <exception cref="CimException">With <see cref="CimError.NotFound"/> where there is no such instance.</exception>
    Task<CimObject> GetAsync(CimPath path, CancellationToken cancellationToken);

    /// <summary>Follows an association from one instance to those at its other end.</summary>
    /// <param name="source">The instance to start from.</param>
    /// <param name="association">The association class, or null for any.</param>
    /// <param name="resultClass">The class (or a base class) of the instances wanted, or null for any.</param>
    /// <param name="sourceRole">The role that <paramref name="source"/> plays, or null for any. A wrong role finds nothing.</param>
    /// <param name="resultRole">The role that the result plays, or null for any.</param>
    /// <param name="cancellationToken">Ends the wait, not what the host does.</param>
    Task<IReadOnlyList<CimObject>> AssociatorsAsync(
        CimPath source,
        string? association,
        string? resultClass,
        string? sourceRole,
        string? resultRole,
        CancellationToken cancellationToken
    );

    /// <summary>Invokes a method on an instance.</summary>
    /// <param name="target">The instance.</param>
    /// <param name="method">The method's name.</param>
    /// <param name="arguments">The in parameters by name; those left out are passed as null.</param>
    /// <param name="cancellationToken">Ends the wait, not what the host does.</param>
    /// <exception cref="CimException">The method does not exist, a parameter has the wrong type, or the service did not answer.</exception>
    Task<CimMethodResult> InvokeAsync(
        CimPath target,
        string method,
        IReadOnlyDictionary<string, CimValue> arguments,
        CancellationToken cancellationToken
    );

    /// <summary>Subscribes to intrinsic events; the stream ends with <see cref="CimException"/> when the service goes away.</summary>
    /// <remarks>An event is a hint: it may be late, stale or lost, so what it names is read again.</remarks>
    IAsyncEnumerable<CimEvent> SubscribeAsync(string cimNamespace, string wql, CancellationToken cancellationToken);

    /// <summary>Makes an empty instance of a class in memory, to be filled and passed as an embedded instance.</summary>
    CimObject NewInstance(string cimNamespace, string className);

    /// <summary>Writes an instance as the CIM-XML text (DTD 2.0) that methods take as an embedded instance.</summary>
    string Serialize(CimObject instance);

    /// <summary>Reads an instance from the CIM-XML text that a method returned.</summary>
    /// <exception cref="CimException">With <see cref="CimError.InvalidParameter"/> where the text is no instance.</exception>
    CimObject Deserialize(string cimXml);
}
