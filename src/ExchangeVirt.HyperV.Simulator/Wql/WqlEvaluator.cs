using System.Globalization;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.CimXml;
using ExchangeVirt.HyperV.Simulator.Schema;

namespace ExchangeVirt.HyperV.Simulator.Wql;

/// <summary>Checks conditions against the schema and judges instances by them.</summary>
internal static class WqlEvaluator
{
    /// <summary>Refuses a query whose columns or conditions the class does not have.</summary>
    /// <exception cref="CimException">With <see cref="CimError.InvalidQuery"/>.</exception>
    public static void Check(WqlQuery query, CimClass cimClass)
    {
        foreach (var column in query.Columns)
        {
            Property(cimClass, column);
        }

        Check(query.Condition, cimClass);
    }

    /// <summary>Says whether an instance meets a condition already checked.</summary>
    public static bool Matches(WqlCondition? condition, CimObject instance) =>
        condition switch
        {
            null => true,
            WqlAnd both => Matches(both.Left, instance) && Matches(both.Right, instance),
            WqlOr either => Matches(either.Left, instance) || Matches(either.Right, instance),
            WqlNot not => !Matches(not.Inner, instance),
            WqlComparison comparison => Compare(
                comparison,
                IsClassName(comparison.Property) ? instance.ClassName : instance[comparison.Property]
            ),
            _ => throw new CimException(CimError.InvalidQuery, "The condition cannot be judged."),
        };

    /// <summary>Compares one value with a comparison's constant.</summary>
    public static bool Compare(WqlComparison comparison, object? value) =>
        (comparison.Operator, value) switch
        {
            (WqlOperator.IsNull, _) => value is null,
            (WqlOperator.IsNotNull, _) => value is not null,
            (_, null) => false,
            (WqlOperator.Like, string text) => WqlLike.Matches(text, (string)comparison.Constant!),
            _ => Order(value, comparison.Constant!) is { } order && Holds(comparison.Operator, order),
        };

    private static bool Holds(WqlOperator symbol, int order) =>
        symbol switch
        {
            WqlOperator.Equal => order == 0,
            WqlOperator.NotEqual => order != 0,
            WqlOperator.Less => order < 0,
            WqlOperator.LessOrEqual => order <= 0,
            WqlOperator.Greater => order > 0,
            WqlOperator.GreaterOrEqual => order >= 0,
            _ => false,
        };

    private static int? Order(object value, object constant) =>
        value switch
        {
            string text => string.Compare(text, Convert.ToString(constant, null), StringComparison.OrdinalIgnoreCase),
            char unit => string.Compare(
                unit.ToString(),
                Convert.ToString(constant, null),
                StringComparison.OrdinalIgnoreCase
            ),
            bool flag => Truth(constant) is { } truth ? flag.CompareTo(truth) : null,
            CimPath path => CimPathText.TryParse(Convert.ToString(constant, null) ?? "", out var other)
                ? (path.Equals(other with { Namespace = path.Namespace }) ? 0 : 1)
                : 1,
            DateTimeOffset time => CimDateTimeText.TryParse(Convert.ToString(constant, null) ?? "", out var other)
            && other is DateTimeOffset moment
                ? time.CompareTo(moment)
                : null,
            TimeSpan interval => CimDateTimeText.TryParse(Convert.ToString(constant, null) ?? "", out var other)
            && other is TimeSpan span
                ? interval.CompareTo(span)
                : null,
            IConvertible number => Decimal(constant) is { } d
                ? Convert.ToDecimal(number, CultureInfo.InvariantCulture).CompareTo(d)
                : null,
            _ => null,
        };

    private static bool? Truth(object constant) =>
        constant switch
        {
            bool flag => flag,
            decimal number => number != 0,
            string text when bool.TryParse(text, out var parsed) => parsed,
            _ => null,
        };

    private static decimal? Decimal(object constant) =>
        constant switch
        {
            decimal number => number,
            bool flag => flag ? 1 : 0,
            string text
                when decimal.TryParse(
                    text,
                    NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
                    null,
                    out var n
                ) => n,
            _ => null,
        };

    private static void Check(WqlCondition? condition, CimClass cimClass)
    {
        switch (condition)
        {
            case WqlAnd both:
                Check(both.Left, cimClass);
                Check(both.Right, cimClass);
                break;
            case WqlOr either:
                Check(either.Left, cimClass);
                Check(either.Right, cimClass);
                break;
            case WqlNot not:
                Check(not.Inner, cimClass);
                break;
            case WqlComparison comparison:
                Check(comparison, cimClass);
                break;
        }
    }

    private static void Check(WqlComparison comparison, CimClass cimClass)
    {
        if (IsClassName(comparison.Property))
        {
            return;
        }

        var type = Property(cimClass, comparison.Property).Type;
        if (comparison.Operator is WqlOperator.IsNull or WqlOperator.IsNotNull)
        {
            return;
        }

        var fits =
            !type.IsArray
            && type.Type switch
            {
                CimType.Text or CimType.Char16 => comparison.Constant is string,
                CimType.Boolean => Truth(comparison.Constant!) is not null,
                CimType.Reference => comparison.Constant is string
                    && comparison.Operator is WqlOperator.Equal or WqlOperator.NotEqual,
                CimType.DateTime => comparison.Constant is string text && CimDateTimeText.TryParse(text, out _),
                CimType.Instance => comparison.Operator is WqlOperator.Isa,
                _ => Decimal(comparison.Constant!) is not null,
            }
            && (comparison.Operator is not WqlOperator.Like || type.Type is CimType.Text)
            && (comparison.Operator is not WqlOperator.Isa || type.Type is CimType.Instance);
        if (!fits)
        {
            throw new CimException(
                CimError.InvalidQuery,
                $"The property '{comparison.Property}' of {cimClass.Name} cannot be compared that way with '{comparison.Constant}'."
            );
        }
    }

    private static CimPropertyDeclaration Property(CimClass cimClass, string name) =>
        cimClass.Properties.TryGetValue(name, out var property)
            ? property
            : throw new CimException(
                CimError.InvalidQuery,
                $"The class {cimClass.Name} has no property '{name}' on this host."
            );

    private static bool IsClassName(string property) =>
        string.Equals(property, "__CLASS", StringComparison.OrdinalIgnoreCase);
}
