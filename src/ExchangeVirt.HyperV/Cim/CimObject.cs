using System.Collections.Immutable;

namespace ExchangeVirt.HyperV.Cim;

/// <summary>Names one instance: namespace, class and key values. Class and key names compare without case, as in WMI.</summary>
public sealed record CimPath(string Namespace, string ClassName, ImmutableSortedDictionary<string, string> Keys)
{
    /// <summary>Makes a path from key pairs.</summary>
    public static CimPath Of(string cimNamespace, string className, params (string Name, string Value)[] keys) =>
        new(
            cimNamespace,
            className,
            keys.ToImmutableSortedDictionary(key => key.Name, key => key.Value, StringComparer.OrdinalIgnoreCase)
        );

    /// <inheritdoc />
    public bool Equals(CimPath? other) =>
        other is not null
        && string.Equals(Namespace, other.Namespace, StringComparison.OrdinalIgnoreCase)
        && string.Equals(ClassName, other.ClassName, StringComparison.OrdinalIgnoreCase)
        && Keys.Count == other.Keys.Count
        && Keys.All(key =>
            other.Keys.TryGetValue(key.Key, out var value)
            && string.Equals(key.Value, value, StringComparison.OrdinalIgnoreCase)
        );

    /// <inheritdoc />
    public override int GetHashCode()
    {
        var hash = StringComparer.OrdinalIgnoreCase.GetHashCode(ClassName);
        foreach (var (_, value) in Keys)
        {
            hash = HashCode.Combine(hash, StringComparer.OrdinalIgnoreCase.GetHashCode(value));
        }

        return hash;
    }

    /// <summary>Writes the path as WMI prints it: <c>\\.\root\virtualization\v2:Class.Key="value"</c>, quotes and backslashes escaped.</summary>
    public override string ToString() =>
        $@"\\.\{Namespace}:{ClassName}."
        + string.Join(
            ',',
            Keys.Select(key =>
                $"{key.Key}=\"{key.Value.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""
            )
        );
}

/// <summary>One CIM instance as plain values. Property names compare without case, as in WMI.</summary>
public sealed record CimObject(CimPath Path, string ClassName, ImmutableSortedDictionary<string, CimValue> Properties)
{
    /// <summary>Gets a property's value, or null where it is absent or null.</summary>
    public object? this[string property] => Properties.TryGetValue(property, out var value) ? value.Value : null;

    /// <summary>Copies the instance with one property changed.</summary>
    public CimObject With(string property, CimValue value) =>
        this with
        {
            Properties = Properties.SetItem(property, value),
        };

    /// <summary>Gets text, or null.</summary>
    public string? Text(string property) => this[property] as string;

    /// <summary>Gets a truth value, or null.</summary>
    public bool? Flag(string property) => this[property] as bool?;

    /// <summary>Gets any unsigned or signed integer widened to 64 bits, or null.</summary>
    public long? Number(string property) =>
        this[property] switch
        {
            null => null,
            byte value => value,
            sbyte value => value,
            ushort value => value,
            short value => value,
            uint value => value,
            int value => value,
            ulong value => checked((long)value),
            long value => value,
            _ => null,
        };

    /// <summary>Gets an array's elements widened to 64 bits; empty where it is null or absent.</summary>
    public ImmutableArray<long> Numbers(string property) =>
        this[property] is ImmutableArray<object> values
            ? [.. values.Select(static value => Convert.ToInt64(value, null))]
            : [];

    /// <summary>Gets an array of text; empty where it is null or absent.</summary>
    public ImmutableArray<string> Texts(string property) =>
        this[property] is ImmutableArray<object> values ? [.. values.Cast<string>()] : [];
}

/// <summary>What a method answered.</summary>
/// <param name="ReturnValue">0 done, 4096 a job was started, else refused.</param>
/// <param name="Out">The out parameters by name, without case.</param>
public sealed record CimMethodResult(uint ReturnValue, ImmutableSortedDictionary<string, CimValue> Out);

/// <summary>An intrinsic event.</summary>
/// <param name="ClassName"><c>__InstanceCreationEvent</c>, <c>__InstanceModificationEvent</c>, <c>__InstanceDeletionEvent</c>, or an overflow event.</param>
/// <param name="Target">The instance as the event carries it; may be stale. Null for overflow events.</param>
/// <param name="Previous">For modifications: the instance before.</param>
public sealed record CimEvent(string ClassName, CimObject? Target, CimObject? Previous);
