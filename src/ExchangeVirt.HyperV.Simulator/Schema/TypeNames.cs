using ExchangeVirt.HyperV.Cim;

namespace ExchangeVirt.HyperV.Simulator.Schema;

/// <summary>Translates between CIM types and their names in MOF and CIM-XML.</summary>
internal static class TypeNames
{
    private static readonly Dictionary<string, CimType> s_byName = new(StringComparer.OrdinalIgnoreCase)
    {
        ["boolean"] = CimType.Boolean,
        ["uint8"] = CimType.UInt8,
        ["uint16"] = CimType.UInt16,
        ["uint32"] = CimType.UInt32,
        ["uint64"] = CimType.UInt64,
        ["sint8"] = CimType.SInt8,
        ["sint16"] = CimType.SInt16,
        ["sint32"] = CimType.SInt32,
        ["sint64"] = CimType.SInt64,
        ["real32"] = CimType.Real32,
        ["real64"] = CimType.Real64,
        ["char16"] = CimType.Char16,
        ["string"] = CimType.Text,
        ["datetime"] = CimType.DateTime,
        // Spelling mistakes of the published pages.
        ["unit16"] = CimType.UInt16,
        ["unit32"] = CimType.UInt32,
        ["unit64"] = CimType.UInt64,
    };

    /// <summary>Finds a type by its CIM-XML name; null for a name that is none.</summary>
    public static CimType? Find(string name) => s_byName.TryGetValue(name, out var type) ? type : null;

    /// <summary>Writes a type's CIM-XML name.</summary>
    public static string Of(CimType type) =>
        type switch
        {
            CimType.Text or CimType.Instance => "string",
            CimType.DateTime => "datetime",
            CimType.Reference => "reference",
            _ => type.ToString().ToLowerInvariant(),
        };

    /// <summary>Reads a declaration such as <c>uint16[]</c>, <c>CIM_Job REF</c> or <c>CIM_ConcreteJob[]</c>.</summary>
    public static CimTypeDeclaration Declaration(string text)
    {
        var isArray = text.EndsWith("[]", StringComparison.Ordinal);
        var bare = (isArray ? text[..^2] : text).Trim();
        if (bare.EndsWith(" REF", StringComparison.Ordinal))
        {
            return new(CimType.Reference, isArray, bare[..^4]);
        }

        return Find(bare) is { } type ? new(type, isArray, null) : new(CimType.Instance, isArray, bare);
    }
}
