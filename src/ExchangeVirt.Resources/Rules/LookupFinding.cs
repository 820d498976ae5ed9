namespace ExchangeVirt.Resources.Rules;

/// <summary>What becomes of an object that a look-up rule finds something about.</summary>
public enum LookupWeight
{
    /// <summary>It is refused.</summary>
    Refusal,

    /// <summary>It names something that is not there, which may yet come: refused or taken with a warning, as one chooses.</summary>
    UnknownReference,

    /// <summary>It is taken, and the user is told.</summary>
    Warning,
}

/// <summary>Chooses what becomes of an object that names a DAG or policy that does not exist.</summary>
public enum UnknownReferences
{
    /// <summary>It is taken with a warning; until what it names exists, nothing is done to it.</summary>
    Warn,

    /// <summary>It is refused.</summary>
    Refuse,
}

/// <summary>What a look-up rule found.</summary>
/// <param name="Id">The rule's id, stable.</param>
/// <param name="Path">The field that is blamed, from the root of the object.</param>
/// <param name="Message">What is wrong and what can be done.</param>
/// <param name="Weight">What becomes of the object.</param>
public sealed record LookupFinding(string Id, string Path, string Message, LookupWeight Weight)
{
    /// <summary>Tells whether the object is refused for it.</summary>
    public bool Refuses(UnknownReferences unknown) =>
        Weight is LookupWeight.Refusal
        || (Weight is LookupWeight.UnknownReference && unknown is UnknownReferences.Refuse);
}
