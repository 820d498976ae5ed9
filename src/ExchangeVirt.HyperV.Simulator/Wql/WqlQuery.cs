using System.Collections.Immutable;

namespace ExchangeVirt.HyperV.Simulator.Wql;

/// <summary>A parsed query.</summary>
/// <param name="Columns">The selected properties; empty means <c>*</c>.</param>
/// <param name="ClassName">The class after FROM.</param>
/// <param name="Condition">What follows WHERE, or null.</param>
/// <param name="Within">The polling interval that an event query named, in seconds, or null.</param>
internal sealed record WqlQuery(
    ImmutableArray<string> Columns,
    string ClassName,
    WqlCondition? Condition,
    double? Within
);

/// <summary>A condition after WHERE.</summary>
internal abstract record WqlCondition;

/// <summary>Both must hold.</summary>
internal sealed record WqlAnd(WqlCondition Left, WqlCondition Right) : WqlCondition;

/// <summary>One must hold.</summary>
internal sealed record WqlOr(WqlCondition Left, WqlCondition Right) : WqlCondition;

/// <summary>It must not hold.</summary>
internal sealed record WqlNot(WqlCondition Inner) : WqlCondition;

/// <summary>A property compared with a constant. The property may be a path such as <c>TargetInstance.Name</c>.</summary>
internal sealed record WqlComparison(string Property, WqlOperator Operator, object? Constant) : WqlCondition;

/// <summary>The comparison operators that the grammar knows.</summary>
internal enum WqlOperator
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Like,
    Isa,
    IsNull,
    IsNotNull,
}
