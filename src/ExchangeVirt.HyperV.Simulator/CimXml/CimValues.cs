using System.Collections;
using System.Collections.Immutable;
using System.Globalization;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.Schema;

namespace ExchangeVirt.HyperV.Simulator.CimXml;

/// <summary>Makes typed values from plain ones, by the schema's declaration.</summary>
internal static class CimValues
{
    /// <summary>Converts a plain value to the declared type.</summary>
    /// <exception cref="InvalidOperationException">It does not fit: a mistake of this program.</exception>
    public static CimValue Of(CimTypeDeclaration declared, object? value)
    {
        if (value is null)
        {
            return CimValue.Null(declared.Type, declared.IsArray);
        }

        if (!declared.IsArray)
        {
            return new CimValue(declared.Type, false, One(declared.Type, value));
        }

        var items = ((IEnumerable)value).Cast<object>().Select(item => One(declared.Type, item));
        return new CimValue(declared.Type, true, items.ToImmutableArray());
    }

    /// <summary>Compares two values, arrays element by element.</summary>
    public static bool Same(object? left, object? right) =>
        left is ImmutableArray<object> first && right is ImmutableArray<object> second
            ? first.SequenceEqual(second)
            : Equals(left, right);

    private static object One(CimType type, object value) =>
        type switch
        {
            CimType.Boolean when value is bool => value,
            CimType.UInt8 => Convert.ToByte(value, CultureInfo.InvariantCulture),
            CimType.UInt16 => Convert.ToUInt16(value, CultureInfo.InvariantCulture),
            CimType.UInt32 => Convert.ToUInt32(value, CultureInfo.InvariantCulture),
            CimType.UInt64 => Convert.ToUInt64(value, CultureInfo.InvariantCulture),
            CimType.SInt8 => Convert.ToSByte(value, CultureInfo.InvariantCulture),
            CimType.SInt16 => Convert.ToInt16(value, CultureInfo.InvariantCulture),
            CimType.SInt32 => Convert.ToInt32(value, CultureInfo.InvariantCulture),
            CimType.SInt64 => Convert.ToInt64(value, CultureInfo.InvariantCulture),
            CimType.Text when value is string => value,
            CimType.Char16 when value is char => value,
            // A CIM datetime has microseconds: what is finer would differ from itself once it was written and read.
            CimType.DateTime when value is DateTimeOffset moment => moment.AddTicks(
                -(moment.Ticks % TimeSpan.TicksPerMicrosecond)
            ),
            CimType.DateTime when value is TimeSpan span => span
                - new TimeSpan(span.Ticks % TimeSpan.TicksPerMicrosecond),
            CimType.Reference when value is CimPath => value,
            CimType.Instance when value is CimObject => value,
            _ => throw new InvalidOperationException($"The value '{value}' is no {TypeNames.Of(type)}."),
        };
}

/// <summary>Builds an instance of a schema class; only what the class declares can be set.</summary>
internal sealed class InstanceBuilder(CimClass cimClass)
{
    private readonly ImmutableSortedDictionary<string, CimValue>.Builder _properties =
        ImmutableSortedDictionary.CreateBuilder<string, CimValue>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Sets a property, unless the class as this host has it came without it.</summary>
    public InstanceBuilder SetIfKnown(string name, object? value) =>
        cimClass.Properties.ContainsKey(name) ? Set(name, value) : this;

    /// <summary>Sets a property.</summary>
    /// <exception cref="InvalidOperationException">The class does not declare it so: a mistake of this program.</exception>
    public InstanceBuilder Set(string name, object? value)
    {
        if (!cimClass.Properties.TryGetValue(name, out var property))
        {
            throw new InvalidOperationException($"{cimClass.Name} has no property '{name}'.");
        }

        _properties[property.Name] = CimValues.Of(property.Type, value);
        return this;
    }

    /// <summary>Makes the instance.</summary>
    public CimObject Build()
    {
        var properties = _properties.ToImmutable();
        return new CimObject(CimXmlReader.PathOf(cimClass, properties), cimClass.Name, properties);
    }
}

/// <summary>Changes instances by plain values.</summary>
internal static class InstanceChanges
{
    /// <summary>Copies an instance with one property set to a plain value of the declared type; its path follows its keys.</summary>
    public static CimObject Change(this CimObject instance, CimSchema schema, string name, object? value)
    {
        var cimClass = schema.Class(instance.ClassName);
        var property = cimClass.Properties[name];
        var properties = instance.Properties.SetItem(property.Name, CimValues.Of(property.Type, value));
        return new CimObject(CimXmlReader.PathOf(cimClass, properties), instance.ClassName, properties);
    }
}
