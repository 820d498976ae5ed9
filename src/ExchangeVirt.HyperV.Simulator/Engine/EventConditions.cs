using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.Schema;
using ExchangeVirt.HyperV.Simulator.Wql;

namespace ExchangeVirt.HyperV.Simulator.Engine;

/// <summary>Judges intrinsic events by the conditions of an event query.</summary>
/// <remarks>Source: https://learn.microsoft.com/windows/win32/wmisdk/receiving-event-notifications</remarks>
internal static class EventConditions
{
    private const string Any = "__InstanceOperationEvent";

    private static readonly string[] s_classes =
    [
        Any,
        "__InstanceCreationEvent",
        "__InstanceModificationEvent",
        "__InstanceDeletionEvent",
    ];

    /// <summary>Refuses what is no event query.</summary>
    /// <exception cref="CimException">With what WMI would say.</exception>
    public static void Check(CimSchema schema, string cimNamespace, WqlQuery query)
    {
        if (!s_classes.Contains(query.ClassName, StringComparer.OrdinalIgnoreCase))
        {
            throw new CimException(CimError.InvalidClass, $"'{query.ClassName}' is no event class of {cimNamespace}.");
        }

        var classes = new List<CimClass>();
        foreach (var comparison in Comparisons(query.Condition).Where(c => c.Operator is WqlOperator.Isa))
        {
            classes.Add(schema.Class(cimNamespace, (string)comparison.Constant!));
        }

        if (classes.Count == 0)
        {
            throw new CimException(
                CimError.InvalidQuery,
                "An event query needs a class: WHERE TargetInstance ISA 'Class'. Without one, WMI would have to watch every class."
            );
        }

        foreach (var comparison in Comparisons(query.Condition))
        {
            Check(comparison, classes);
        }
    }

    /// <summary>Says whether an event meets the query.</summary>
    public static bool Matches(CimSchema schema, WqlQuery query, CimEvent happened) =>
        (
            string.Equals(query.ClassName, Any, StringComparison.OrdinalIgnoreCase)
            || string.Equals(query.ClassName, happened.ClassName, StringComparison.OrdinalIgnoreCase)
        ) && Matches(schema, query.Condition, happened);

    private static bool Matches(CimSchema schema, WqlCondition? condition, CimEvent happened) =>
        condition switch
        {
            null => true,
            WqlAnd both => Matches(schema, both.Left, happened) && Matches(schema, both.Right, happened),
            WqlOr either => Matches(schema, either.Left, happened) || Matches(schema, either.Right, happened),
            WqlNot not => !Matches(schema, not.Inner, happened),
            WqlComparison comparison => Matches(schema, comparison, happened),
            _ => false,
        };

    private static bool Matches(CimSchema schema, WqlComparison comparison, CimEvent happened)
    {
        var (end, property) = Split(comparison.Property);
        var instance = IsPrevious(end) ? happened.Previous : happened.Target;
        if (instance is null)
        {
            return false;
        }

        return comparison.Operator is WqlOperator.Isa
            ? schema.Class(instance.Path.Namespace, instance.ClassName).IsA((string)comparison.Constant!)
            : WqlEvaluator.Compare(comparison, instance[property]);
    }

    private static void Check(WqlComparison comparison, List<CimClass> classes)
    {
        var (end, property) = Split(comparison.Property);
        var known =
            (IsPrevious(end) || string.Equals(end, "TargetInstance", StringComparison.OrdinalIgnoreCase))
            && (property.Length == 0) == (comparison.Operator is WqlOperator.Isa)
            && (property.Length == 0 || classes.Exists(c => c.Properties.ContainsKey(property)));
        if (!known)
        {
            throw new CimException(
                CimError.InvalidQuery,
                $"'{comparison.Property}' is no property of the event or of {string.Join(", ", classes.Select(c => c.Name))}."
            );
        }
    }

    private static bool IsPrevious(string end) =>
        string.Equals(end, "PreviousInstance", StringComparison.OrdinalIgnoreCase);

    private static (string End, string Property) Split(string path)
    {
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? (path, "") : (path[..dot], path[(dot + 1)..]);
    }

    private static IEnumerable<WqlComparison> Comparisons(WqlCondition? condition) =>
        condition switch
        {
            WqlAnd both => Comparisons(both.Left).Concat(Comparisons(both.Right)),
            WqlOr either => Comparisons(either.Left).Concat(Comparisons(either.Right)),
            WqlNot not => Comparisons(not.Inner),
            WqlComparison comparison => [comparison],
            _ => [],
        };
}
