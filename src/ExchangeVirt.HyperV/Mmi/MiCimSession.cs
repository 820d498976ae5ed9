using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.Versioning;
using System.Text;
using ExchangeVirt.HyperV.Cim;
using Mi = Microsoft.Management.Infrastructure;
using MiSerialization = Microsoft.Management.Infrastructure.Serialization;

namespace ExchangeVirt.HyperV.Mmi;

/// <summary>Reaches WMI through Microsoft.Management.Infrastructure; the one place that names it.</summary>
[SupportedOSPlatform("windows")]
internal sealed class MiCimSession : ICimSession
{
    private const string Wql = "WQL";
    private readonly Mi.CimSession _session;

    private MiCimSession(Mi.CimSession session) => _session = session;

    /// <summary>Opens the local session, without any network transport.</summary>
    public static MiCimSession OpenLocal() => new(Mi.CimSession.Create(null));

    /// <inheritdoc />
    public async Task<IReadOnlyList<CimObject>> QueryAsync(
        string cimNamespace,
        string wql,
        CancellationToken cancellationToken
    ) => await _session.QueryInstancesAsync(cimNamespace, Wql, wql).ToListAsync(MiConversion.FromMi, cancellationToken);

    /// <inheritdoc />
    public async Task<CimObject> GetAsync(CimPath path, CancellationToken cancellationToken)
    {
        using var key = MiConversion.ToMi(path);
        return
            await _session.GetInstanceAsync(path.Namespace, key).ToListAsync(MiConversion.FromMi, cancellationToken)
                is [var instance, ..]
            ? instance
            : throw new CimException(CimError.NotFound, $"There is no {path}.");
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<CimObject>> AssociatorsAsync(
        CimPath source,
        string? association,
        string? resultClass,
        string? sourceRole,
        string? resultRole,
        CancellationToken cancellationToken
    )
    {
        using var key = MiConversion.ToMi(source);
        return await _session
            .EnumerateAssociatedInstancesAsync(source.Namespace, key, association, resultClass, sourceRole, resultRole)
            .ToListAsync(MiConversion.FromMi, cancellationToken);
    }

    /// <inheritdoc />
    public async Task<CimMethodResult> InvokeAsync(
        CimPath target,
        string method,
        IReadOnlyDictionary<string, CimValue> arguments,
        CancellationToken cancellationToken
    )
    {
        using var key = MiConversion.ToMi(target);
        using Mi.CimMethodParametersCollection parameters = [];
        foreach (var (name, value) in arguments.Where(static argument => argument.Value.Value is not null))
        {
            parameters.Add(
                Mi.CimMethodParameter.Create(name, MiConversion.ToMi(value), MiConversion.TypeOf(value), Mi.CimFlags.In)
            );
        }

        var results = await _session
            .InvokeMethodAsync(target.Namespace, key, method, parameters)
            .ToListAsync(Convert, cancellationToken);
        return results is [var result, ..]
            ? result
            : throw new CimException(CimError.Failed, $"{method} on {target} gave no answer.");
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<CimEvent> SubscribeAsync(
        string cimNamespace,
        string wql,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var query = wql;
        while (true)
        {
            var again = false;
            var events = _session
                .SubscribeAsync(cimNamespace, Wql, query)
                .ReadAsync(Convert, cancellationToken)
                .GetAsyncEnumerator(cancellationToken);
            await using (events)
            {
                while (true)
                {
                    try
                    {
                        if (!await events.MoveNextAsync())
                        {
                            yield break;
                        }
                    }
                    catch (CimException failure)
                        when (query == wql
                            && failure.InnerException is Mi.CimException inner
                            && MiErrors.IsWithinMissing(inner)
                        )
                    {
                        // The class has no event provider: WMI polls it, as seldom as serves a hint.
                        query = wql.Replace(" WHERE ", " WITHIN 30 WHERE ", StringComparison.Ordinal);
                        again = true;
                        break;
                    }

                    yield return events.Current;
                }
            }

            if (!again)
            {
                yield break;
            }
        }
    }

    /// <inheritdoc />
    public CimObject NewInstance(string cimNamespace, string className) =>
        new(
            CimPath.Of(cimNamespace, className),
            className,
            ImmutableSortedDictionary.Create<string, CimValue>(StringComparer.OrdinalIgnoreCase)
        );

    /// <inheritdoc />
    public string Serialize(CimObject instance)
    {
        using var made = MiConversion.ToMi(instance);
        using var serializer = MiSerialization.CimSerializer.Create();

        // MI writes UTF-16, little endian; read as anything else, Hyper-V answers «invalid parameter».
        return Encoding.Unicode.GetString(
            serializer.Serialize(made, MiSerialization.InstanceSerializationOptions.None)
        );
    }

    /// <inheritdoc />
    public CimObject Deserialize(string cimXml)
    {
        try
        {
            using var deserializer = MiSerialization.CimDeserializer.Create();
            uint offset = 0;
            using var instance = deserializer.DeserializeInstance(Encoding.Unicode.GetBytes(cimXml), ref offset);
            return MiConversion.FromMi(instance);
        }
        catch (Mi.CimException failure)
        {
            throw new CimException(
                CimError.InvalidParameter,
                $"The text is no CIM-XML instance: {failure.Message}",
                failure
            );
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _session.Dispose();
        return ValueTask.CompletedTask;
    }

    private static CimMethodResult Convert(Mi.CimMethodResult result)
    {
        var values = ImmutableSortedDictionary.CreateBuilder<string, CimValue>(StringComparer.OrdinalIgnoreCase);
        foreach (var parameter in result.OutParameters)
        {
            values[parameter.Name] = MiConversion.FromMi(parameter.CimType, parameter.Value);
        }

        return new CimMethodResult(
            result.ReturnValue?.Value is { } value ? System.Convert.ToUInt32(value, null) : 0,
            values.ToImmutable()
        );
    }

    private static CimEvent Convert(Mi.CimSubscriptionResult result)
    {
        var instance = MiConversion.FromMi(result.Instance);
        return new CimEvent(
            instance.ClassName,
            instance["TargetInstance"] as CimObject,
            instance["PreviousInstance"] as CimObject
        );
    }
}
