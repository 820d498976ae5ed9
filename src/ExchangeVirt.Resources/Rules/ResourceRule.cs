namespace ExchangeVirt.Resources.Rules;

/// <summary>One cross-field rule, said twice: as CEL for the API server and as C# for everything else.</summary>
/// <param name="Id">Its id, stable.</param>
/// <param name="Type">The type of the object that it holds for.</param>
/// <param name="Cel">The CEL expression over <c>self</c>, and <c>oldSelf</c> where it judges a change.</param>
/// <param name="Message">What is wrong and what is allowed.</param>
/// <param name="Field">The field that is blamed, from the object on; empty for the object itself.</param>
/// <param name="Reads">The fields that it reads, from the object on: it is not asked while one of them is wrong in itself.</param>
/// <param name="IsTransition">Whether it judges a change, and so needs the old object.</param>
/// <param name="Holds">Tells whether it holds, given the object and its old version.</param>
public sealed record ResourceRule(
    string Id,
    Type Type,
    string Cel,
    string Message,
    string Field,
    IReadOnlyList<string> Reads,
    bool IsTransition,
    Func<object, object?, bool> Holds
);

/// <summary>One rule that does not hold.</summary>
/// <param name="Id">The rule's id.</param>
/// <param name="Path">The field that is blamed, from the root of the object.</param>
/// <param name="Message">What is wrong and what is allowed.</param>
public sealed record RuleFailure(string Id, string Path, string Message);
