using System.Collections.Frozen;
using ExchangeVirt.HyperV.Cim;

namespace ExchangeVirt.HyperV.Simulator.Schema;

/// <summary>The declared type of a property or a parameter.</summary>
/// <param name="Type">The CIM type.</param>
/// <param name="IsArray">Whether it is an array.</param>
/// <param name="ReferencedClass">For references and embedded objects: the class (or base class) they name.</param>
internal sealed record CimTypeDeclaration(CimType Type, bool IsArray, string? ReferencedClass)
{
    /// <summary>Says whether a value may stand here.</summary>
    public bool Accepts(CimValue value) => value.Type == Type && (value.IsArray == IsArray || value.Value is null);
}

/// <summary>One parameter of a method.</summary>
internal sealed record CimParameterDeclaration(string Name, CimTypeDeclaration Type, bool IsIn, bool IsOut);

/// <summary>One method of a class.</summary>
internal sealed record CimMethodDeclaration(string Name, FrozenDictionary<string, CimParameterDeclaration> Parameters);

/// <summary>One class with all that it inherits.</summary>
internal sealed record CimClass(
    string Name,
    string Namespace,
    IReadOnlyList<string> Ancestry,
    FrozenDictionary<string, CimPropertyDeclaration> Properties,
    FrozenDictionary<string, CimMethodDeclaration> Methods,
    IReadOnlyList<string> Keys
)
{
    private readonly FrozenSet<string> _ancestry = Ancestry.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Says whether the class is, or derives from, another.</summary>
    public bool IsA(string className) => _ancestry.Contains(className);
}

/// <summary>One property, under the spelling of the schema.</summary>
internal sealed record CimPropertyDeclaration(string Name, CimTypeDeclaration Type);
