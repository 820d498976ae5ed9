namespace ExchangeVirt.Resources.Schema;

/// <summary>Names a custom resource as the API server registers it.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ResourceAttribute(string shortName, ResourceScope scope) : Attribute
{
    /// <summary>The name that users type in place of the plural.</summary>
    public string ShortName { get; } = shortName;

    /// <summary>Whether objects live in a namespace.</summary>
    public ResourceScope Scope { get; } = scope;
}

/// <summary>Where the objects of a kind live.</summary>
public enum ResourceScope
{
    /// <summary>Within a namespace.</summary>
    Namespaced,

    /// <summary>Once in the whole cluster.</summary>
    Cluster,
}

/// <summary>Adds a column to what <c>kubectl get</c> prints, in the order of declaration.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class ColumnAttribute(string name, string type, string jsonPath) : Attribute
{
    /// <summary>The heading.</summary>
    public string Name { get; } = name;

    /// <summary>The OpenAPI type: string, integer or date.</summary>
    public string Type { get; } = type;

    /// <summary>The path from the root of the object.</summary>
    public string JsonPath { get; } = jsonPath;

    /// <summary>Prints the column only with <c>-o wide</c>.</summary>
    public bool Wide { get; init; }
}

/// <summary>Limits a text, or each text of a list or map.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TextAttribute(int maxLength, TextShape shape = TextShape.Free) : Attribute
{
    /// <summary>The longest text allowed, in characters.</summary>
    public int MaxLength { get; } = maxLength;

    /// <summary>The grammar of the text.</summary>
    public TextShape Shape { get; } = shape;
}

/// <summary>Limits a list, and says what tells its items apart.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ItemsAttribute(int maxItems) : Attribute
{
    /// <summary>The most items, or entries of a map, allowed.</summary>
    public int MaxItems { get; } = maxItems;

    /// <summary>The fewest items allowed.</summary>
    public int MinItems { get; init; }

    /// <summary>The scalar fields, comma-separated, whose values tell the items apart. Null: the items are scalars.</summary>
    public string? Keys { get; init; }

    /// <summary>Keeps the order and allows repetition, as in the arguments of a program.</summary>
    public bool Ordered { get; init; }
}

/// <summary>Limits a whole number; both ends are allowed.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BoundsAttribute(long minimum, long maximum) : Attribute
{
    /// <summary>The least value allowed.</summary>
    public long Minimum { get; } = minimum;

    /// <summary>The greatest value allowed.</summary>
    public long Maximum { get; } = maximum;
}

/// <summary>
/// Attaches a cross-field rule of <see cref="Rules.ResourceRules"/> by its id, where its CEL text is evaluated: to an object,
/// or to a list. The smallest part that holds all that a rule reads is best: an old object that breaks the rule can then be
/// changed everywhere else.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Property, AllowMultiple = true)]
public sealed class RuleAttribute(string id) : Attribute
{
    /// <summary>The id of the rule.</summary>
    public string Id { get; } = id;
}
