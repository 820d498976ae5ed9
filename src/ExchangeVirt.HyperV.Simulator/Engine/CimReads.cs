using System.Collections.Immutable;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.Faults;
using ExchangeVirt.HyperV.Simulator.Model;
using ExchangeVirt.HyperV.Simulator.Projection;
using ExchangeVirt.HyperV.Simulator.Schema;
using ExchangeVirt.HyperV.Simulator.Wql;

namespace ExchangeVirt.HyperV.Simulator.Engine;

/// <summary>Answers queries, reads and association traversals.</summary>
internal sealed class CimReads(HostEngine engine)
{
    private static readonly ObjectSource[] s_sources = [.. HyperVObjects.Sources, .. WindowsObjects.Sources];

    /// <summary>Runs a data query.</summary>
    public IReadOnlyList<CimObject> Query(Transaction transaction, string cimNamespace, WqlQuery query)
    {
        var cimClass = transaction.Schema.Class(cimNamespace, query.ClassName);
        if (query.Within is not null)
        {
            throw new CimException(CimError.InvalidQuery, "WITHIN belongs to event queries.");
        }

        WqlEvaluator.Check(query, cimClass);
        if (IsEmptied(transaction, cimNamespace, query.ClassName))
        {
            return [];
        }

        var found = Instances(transaction, cimClass).Where(instance => WqlEvaluator.Matches(query.Condition, instance));
        return query.Columns.IsEmpty ? [.. found] : [.. found.Select(instance => Narrow(instance, query.Columns))];
    }

    /// <summary>Reads one instance.</summary>
    public CimObject Get(Transaction transaction, CimPath path)
    {
        var cimClass = transaction.Schema.Class(path.Namespace, path.ClassName);
        if (path.Keys.Count != cimClass.Keys.Count || cimClass.Keys.Any(key => !path.Keys.ContainsKey(key)))
        {
            throw new CimException(
                CimError.InvalidParameter,
                $"'{path}' is no complete path: {cimClass.Name} has the keys {string.Join(", ", cimClass.Keys)}."
            );
        }

        return (IsEmptied(transaction, path.Namespace, path.ClassName) ? null : Find(transaction, cimClass, path))
            ?? throw new CimException(CimError.NotFound, $"'{path}' was not found (0x80041002).");
    }

    /// <summary>Follows associations; a role that the association does not have finds nothing.</summary>
    public IReadOnlyList<CimObject> Associators(
        Transaction transaction,
        CimPath source,
        string? association,
        string? resultClass,
        string? sourceRole,
        string? resultRole
    )
    {
        var associationClass = association is null ? null : transaction.Schema.Class(source.Namespace, association);
        var wanted = resultClass is null ? null : transaction.Schema.Class(source.Namespace, resultClass);
        Get(transaction, source);
        var ends = Links(transaction)
            .Where(link => associationClass is null || IsA(transaction, link, associationClass.Name))
            .SelectMany(link => OtherEnds(link, source, sourceRole, resultRole))
            .Distinct();
        var results = ImmutableArray.CreateBuilder<CimObject>();
        foreach (var end in ends)
        {
            var endClass = transaction.Schema.Class(end.Namespace, end.ClassName);
            if ((wanted is null || endClass.IsA(wanted.Name)) && Find(transaction, endClass, end) is { } instance)
            {
                results.Add(instance);
            }
        }

        return results.ToImmutable();
    }

    private CimObject? Find(Transaction transaction, CimClass cimClass, CimPath path)
    {
        if (IsHyperV(cimClass))
        {
            foreach (var machine in transaction.State.Machines.Values)
            {
                if (engine.Project(machine).ByPath.TryGetValue(path, out var instance))
                {
                    return Live(transaction, machine, instance);
                }
            }
        }

        return OfHost(transaction, cimClass).FirstOrDefault(instance => instance.Path.Equals(path))
            ?? (IsAssociation(cimClass) ? Links(transaction).FirstOrDefault(link => link.Path.Equals(path)) : null);
    }

    private IEnumerable<CimObject> Instances(Transaction transaction, CimClass cimClass)
    {
        var found = OfHost(transaction, cimClass);
        if (!IsHyperV(cimClass))
        {
            return found;
        }

        var names = new Dictionary<string, bool>(StringComparer.Ordinal);
        bool Is(CimObject instance)
        {
            if (!names.TryGetValue(instance.ClassName, out var isA))
            {
                names[instance.ClassName] = isA = IsA(transaction, instance, cimClass.Name);
            }

            return isA;
        }

        foreach (var machine in transaction.State.Machines.Values)
        {
            found = found.Concat(
                engine.Project(machine).Instances.Where(Is).Select(instance => Live(transaction, machine, instance))
            );
            if (IsAssociation(cimClass))
            {
                found = found.Concat(engine.Project(machine).Associations.Where(Is));
            }
        }

        return found;
    }

    private static IEnumerable<CimObject> OfHost(Transaction transaction, CimClass cimClass) =>
        s_sources
            .Where(source =>
                string.Equals(source.Namespace, cimClass.Namespace, StringComparison.OrdinalIgnoreCase)
                && transaction.Schema.Class(source.Namespace, source.ClassName).IsA(cimClass.Name)
            )
            .SelectMany(source => source.Make(transaction));

    private IEnumerable<CimObject> Links(Transaction transaction) =>
        transaction
            .State.Machines.Values.SelectMany(machine => engine.Project(machine).Associations)
            .Concat(OfHost(transaction, transaction.Schema.Class("Msvm_AffectedJobElement")));

    private static IEnumerable<CimPath> OtherEnds(
        CimObject link,
        CimPath source,
        string? sourceRole,
        string? resultRole
    )
    {
        foreach (var (role, value) in link.Properties)
        {
            if (value.Value is not CimPath end || !end.Equals(source) || !Plays(role, sourceRole))
            {
                continue;
            }

            foreach (var (otherRole, other) in link.Properties)
            {
                if (otherRole != role && other.Value is CimPath otherEnd && Plays(otherRole, resultRole))
                {
                    yield return otherEnd;
                }
            }
        }
    }

    private static bool Plays(string role, string? wanted) =>
        wanted is null || string.Equals(role, wanted, StringComparison.OrdinalIgnoreCase);

    // What moves by itself is not part of the projection, so that it raises no events.
    private static CimObject Live(Transaction transaction, VirtualMachine machine, CimObject instance) =>
        instance.ClassName == "Msvm_ComputerSystem"
            ? instance.With(
                "OnTimeInMilliseconds",
                CimValue.UInt64(
                    machine.RunningSince is { } since ? (ulong)(transaction.Now - since).TotalMilliseconds : 0
                )
            )
            : instance;

    private static bool IsEmptied(Transaction transaction, string cimNamespace, string className) =>
        FaultEffects.CimNamespaceIsHyperV(cimNamespace)
        && (
            transaction.Meet(SimulatedFaultKind.ManagementServiceStopped) is not null
            || transaction.Meet(SimulatedFaultKind.AccessDeniedAsEmpty, null, className) is not null
        );

    private static bool IsHyperV(CimClass cimClass) => FaultEffects.CimNamespaceIsHyperV(cimClass.Namespace);

    private static bool IsA(Transaction transaction, CimObject instance, string className) =>
        transaction.Schema.Class(instance.Path.Namespace, instance.ClassName).IsA(className);

    private static bool IsAssociation(CimClass cimClass) =>
        cimClass.Properties.Values.Count(property => property.Type is { Type: CimType.Reference, IsArray: false }) >= 2;

    // WMI hands out only what was selected: a path is complete only if the keys were selected too.
    private static CimObject Narrow(CimObject instance, ImmutableArray<string> columns)
    {
        var properties = instance.Properties.Where(p => columns.Contains(p.Key, StringComparer.OrdinalIgnoreCase));
        var keys = instance.Path.Keys.Where(k => columns.Contains(k.Key, StringComparer.OrdinalIgnoreCase));
        return new CimObject(
            instance.Path with
            {
                Keys = keys.ToImmutableSortedDictionary(StringComparer.OrdinalIgnoreCase),
            },
            instance.ClassName,
            properties.ToImmutableSortedDictionary(StringComparer.OrdinalIgnoreCase)
        );
    }
}
