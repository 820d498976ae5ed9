using System.Collections;
using System.Runtime.CompilerServices;
using ExchangeVirt.Resources.Manifests;
using ExchangeVirt.Resources.Schema;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Resources.Rules;

/// <summary>One field of an object that cannot be relied on.</summary>
/// <param name="Path">The field, from the root of the object.</param>
/// <param name="Message">What is wrong and what is allowed.</param>
/// <param name="Rule">The id of the cross-field rule that is broken; null where the schema itself is.</param>
public sealed record UnsoundField(string Path, string Message, string? Rule = null)
{
    /// <summary>Says it for people, with the rule's id.</summary>
    public override string ToString() => Rule is null ? $"{Path} {Message}." : $"{Path} {Message} ({Rule}).";
}

/// <summary>
/// Tells whether an object may be acted on. An API server that is old or whose webhook was away, or a CRD of an older version,
/// lets pass what a manifest file would be refused for.
/// </summary>
public static class Soundness
{
    // Objects in caches are read again and again and never change.
    private static readonly ConditionalWeakTable<object, IReadOnlyList<UnsoundField>> s_judged = [];

    /// <summary>Lists all that is wrong with an object's spec and name, by schema and by those rules that need no older version.</summary>
    /// <returns>Empty where it is sound.</returns>
    public static IReadOnlyList<UnsoundField> Check(IKubernetesObject<V1ObjectMeta> entity)
    {
        ArgumentNullException.ThrowIfNull(entity);
        var kind = SchemaReader.Kinds[entity.Kind];
        var spec = kind.Type.GetProperty("Spec")!.GetValue(entity);
        var found = new List<UnsoundField>();
        if (spec is null)
        {
            found.Add(new UnsoundField("spec", $"is missing; give {SchemaWalker.Wanted(kind.Spec)}"));
        }
        else
        {
            Walk(spec, kind.Spec, "spec", found);
        }

        var failures = ResourceRules.CheckSoundFields(entity, [.. found.Select(static field => field.Path)]);
        return
        [
            .. found,
            .. failures.Select(static failure => new UnsoundField(failure.Path, failure.Message, failure.Id)),
        ];
    }

    /// <summary>The same for an object that nobody changes any more, such as one in a cache: it is judged once.</summary>
    public static IReadOnlyList<UnsoundField> CheckUnchanging(IKubernetesObject<V1ObjectMeta> entity) =>
        s_judged.GetValue(entity, static key => Check((IKubernetesObject<V1ObjectMeta>)key));

    /// <summary>Says what is wrong in one text for people.</summary>
    /// <returns>Null where nothing is.</returns>
    public static string? Describe(IReadOnlyList<UnsoundField> fields)
    {
        const int Named = 8;
        return fields.Count switch
        {
            0 => null,
            <= Named => string.Join(' ', fields),
            _ => $"{string.Join(' ', fields.Take(Named))} And {fields.Count - Named} more.",
        };
    }

    /// <summary>Tells whether a value fits its schema.</summary>
    internal static bool Fits(object value, ObjectSchema schema)
    {
        var found = new List<UnsoundField>();
        WalkFields(value, schema, "", found);
        return found.Count == 0;
    }

    private static void Walk(object? value, ValueSchema schema, string path, List<UnsoundField> found)
    {
        if (value is null)
        {
            found.Add(new UnsoundField(path, $"is missing; give {SchemaWalker.Wanted(schema)}"));
            return;
        }

        switch (schema)
        {
            case ObjectSchema wanted:
                WalkFields(value, wanted, path, found);
                break;
            case ListSchema wanted:
                WalkItems([.. ((IEnumerable)value).Cast<object?>()], wanted, path, found);
                break;
            case MapSchema wanted:
                WalkEntries((IReadOnlyDictionary<string, string>)value, wanted, path, found);
                break;
            case TextSchema text when Misfit(text, (string)value) is { } problem:
                found.Add(new UnsoundField(path, problem));
                break;
            case NumberSchema number when IsOutOfRange(number, Convert.ToInt64(value, null)):
                found.Add(new UnsoundField(path, $"{value} is out of range; give {SchemaWalker.Wanted(schema)}"));
                break;
            case WordSchema words when !words.Words.Contains(value.ToString()!):
                found.Add(new UnsoundField(path, $"\"{value}\" is not allowed; give {SchemaWalker.Wanted(schema)}"));
                break;
        }
    }

    private static void WalkFields(object value, ObjectSchema schema, string path, List<UnsoundField> found)
    {
        foreach (var field in schema.Fields)
        {
            var inner = field.Property.GetValue(value);
            // What may be left out has no default; what has one is never nothing.
            if (inner is not null || field.Required || field.Default is not null)
            {
                Walk(inner, field.Value, ResourceRules.Join(path, field.Name), found);
            }
        }
    }

    private static void WalkItems(
        IReadOnlyList<object?> items,
        ListSchema schema,
        string path,
        List<UnsoundField> found
    )
    {
        if (items.Count > schema.Limits.MaxItems || items.Count < schema.Limits.MinItems)
        {
            found.Add(
                new UnsoundField(
                    path,
                    $"has {items.Count} items; {schema.Limits.MinItems} to {schema.Limits.MaxItems} are allowed"
                )
            );
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var index = 0; index < items.Count; index++)
        {
            var itemPath = $"{path}[{index}]";
            Walk(items[index], schema.Item, itemPath, found);
            if (!schema.Limits.Ordered && IdentityOf(items[index], schema) is { } identity && !seen.Add(identity))
            {
                found.Add(new UnsoundField(itemPath, $"repeats {identity}; each must be unique"));
            }
        }
    }

    private static void WalkEntries(
        IReadOnlyDictionary<string, string> entries,
        MapSchema schema,
        string path,
        List<UnsoundField> found
    )
    {
        if (entries.Count > schema.MaxEntries)
        {
            found.Add(new UnsoundField(path, $"has {entries.Count} entries; at most {schema.MaxEntries} are allowed"));
        }

        foreach (var (name, text) in entries)
        {
            Walk(text, schema.Value, $"{path}[{name}]", found);
        }
    }

    private static string? IdentityOf(object? item, ListSchema schema)
    {
        if (item is null)
        {
            return null;
        }

        if (schema.Keys.Count == 0 || schema.Item is not ObjectSchema fields)
        {
            return item.ToString();
        }

        var values = schema.Keys.Select(key => fields.Find(key)?.Property.GetValue(item)?.ToString()).ToList();
        return values.Contains(null) ? null : string.Join(", ", values);
    }

    private static string? Misfit(TextSchema schema, string text) =>
        TextShapes.Length(text) > schema.MaxLength
            ? $"has {TextShapes.Length(text)} characters; at most {schema.MaxLength} are allowed"
        : TextShapes.Matches(schema.Shape, text) ? null
        : $"is not allowed; give {SchemaWalker.Wanted(schema)}";

    private static bool IsOutOfRange(NumberSchema schema, long number) =>
        number < schema.Minimum || number > schema.Maximum;
}
