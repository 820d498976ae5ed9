using System.Reflection;
using System.Text.Json.Nodes;

namespace ExchangeVirt.Resources.Schema;

/// <summary>What a value may be: a closed family, from which CRDs are written and by which manifests are read.</summary>
public abstract record ValueSchema;

/// <summary>A text.</summary>
/// <param name="MaxLength">The most characters.</param>
/// <param name="Shape">Its grammar.</param>
public sealed record TextSchema(int MaxLength, TextShape Shape) : ValueSchema;

/// <summary>One word of a closed vocabulary.</summary>
/// <param name="Words">The vocabulary.</param>
public sealed record WordSchema(IReadOnlyList<string> Words) : ValueSchema;

/// <summary>A whole number.</summary>
/// <param name="Minimum">The least, or null.</param>
/// <param name="Maximum">The greatest, or null.</param>
/// <param name="Is64Bit">Whether it has 64 bits, else 32.</param>
public sealed record NumberSchema(long? Minimum, long? Maximum, bool Is64Bit) : ValueSchema;

/// <summary>True or false.</summary>
public sealed record BooleanSchema : ValueSchema;

/// <summary>A point in time as RFC 3339 writes it.</summary>
public sealed record TimeSchema : ValueSchema;

/// <summary>A list.</summary>
/// <param name="Item">What each item may be.</param>
/// <param name="Limits">How many, and what tells them apart.</param>
/// <param name="Rules">The ids of the cross-field rules that hold for the list as a whole.</param>
public sealed record ListSchema(ValueSchema Item, ItemsAttribute Limits, IReadOnlyList<string> Rules) : ValueSchema
{
    /// <summary>The fields whose values tell items apart; empty where items are scalars or repeat.</summary>
    public IReadOnlyList<string> Keys { get; } = Limits.Keys?.Split(',') ?? [];
}

/// <summary>Texts by names.</summary>
/// <param name="Value">What each text may be.</param>
/// <param name="MaxEntries">The most entries.</param>
public sealed record MapSchema(TextSchema Value, int MaxEntries) : ValueSchema;

/// <summary>An object with known fields.</summary>
/// <param name="Type">The C# type.</param>
/// <param name="Fields">Its fields in order of declaration.</param>
/// <param name="Rules">The ids of the cross-field rules that hold for it.</param>
public sealed record ObjectSchema(Type Type, IReadOnlyList<FieldSchema> Fields, IReadOnlyList<string> Rules)
    : ValueSchema
{
    /// <summary>Finds a field by its name.</summary>
    /// <returns>Null where there is none.</returns>
    public FieldSchema? Find(string name) => Fields.FirstOrDefault(field => field.Name == name);
}

/// <summary>One field of an object.</summary>
/// <param name="Name">Its name in manifests.</param>
/// <param name="Value">What it may be.</param>
/// <param name="Required">Whether it must be given.</param>
/// <param name="Default">What it is when not given; null where that is nothing.</param>
/// <param name="Property">The C# property.</param>
public sealed record FieldSchema(
    string Name,
    ValueSchema Value,
    bool Required,
    JsonNode? Default,
    PropertyInfo Property
);

/// <summary>One kind.</summary>
/// <param name="Kind">Its name.</param>
/// <param name="Plural">Its plural in addresses.</param>
/// <param name="Type">The C# type of the entity.</param>
/// <param name="Resource">Short name and scope.</param>
/// <param name="Columns">What is printed of it.</param>
/// <param name="Rules">The ids of the rules of the whole object.</param>
/// <param name="Spec">What users write.</param>
/// <param name="Status">What the operator writes.</param>
public sealed record KindSchema(
    string Kind,
    string Plural,
    Type Type,
    ResourceAttribute Resource,
    IReadOnlyList<ColumnAttribute> Columns,
    IReadOnlyList<string> Rules,
    ObjectSchema Spec,
    ObjectSchema Status
);
