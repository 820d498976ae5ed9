using System.Collections;
using System.Collections.Immutable;
using System.Runtime.Versioning;
using ExchangeVirt.HyperV.Cim;
using Mi = Microsoft.Management.Infrastructure;

namespace ExchangeVirt.HyperV.Mmi;

/// <summary>Converts between the port's plain values and MI's.</summary>
[SupportedOSPlatform("windows")]
internal static class MiConversion
{
    private static readonly ImmutableArray<(CimType Own, Mi.CimType Single, Mi.CimType Array)> s_types =
    [
        (CimType.Boolean, Mi.CimType.Boolean, Mi.CimType.BooleanArray),
        (CimType.UInt8, Mi.CimType.UInt8, Mi.CimType.UInt8Array),
        (CimType.UInt16, Mi.CimType.UInt16, Mi.CimType.UInt16Array),
        (CimType.UInt32, Mi.CimType.UInt32, Mi.CimType.UInt32Array),
        (CimType.UInt64, Mi.CimType.UInt64, Mi.CimType.UInt64Array),
        (CimType.SInt8, Mi.CimType.SInt8, Mi.CimType.SInt8Array),
        (CimType.SInt16, Mi.CimType.SInt16, Mi.CimType.SInt16Array),
        (CimType.SInt32, Mi.CimType.SInt32, Mi.CimType.SInt32Array),
        (CimType.SInt64, Mi.CimType.SInt64, Mi.CimType.SInt64Array),
        (CimType.Real32, Mi.CimType.Real32, Mi.CimType.Real32Array),
        (CimType.Real64, Mi.CimType.Real64, Mi.CimType.Real64Array),
        (CimType.Char16, Mi.CimType.Char16, Mi.CimType.Char16Array),
        (CimType.Text, Mi.CimType.String, Mi.CimType.StringArray),
        (CimType.DateTime, Mi.CimType.DateTime, Mi.CimType.DateTimeArray),
        (CimType.Reference, Mi.CimType.Reference, Mi.CimType.ReferenceArray),
        (CimType.Instance, Mi.CimType.Instance, Mi.CimType.InstanceArray),
    ];

    /// <summary>Gets MI's type of a value.</summary>
    public static Mi.CimType TypeOf(CimValue value)
    {
        var row = s_types.First(item => item.Own == value.Type);
        return value.IsArray ? row.Array : row.Single;
    }

    /// <summary>Copies an instance out of MI.</summary>
    public static CimObject FromMi(Mi.CimInstance instance)
    {
        var properties = ImmutableSortedDictionary.CreateBuilder<string, CimValue>(StringComparer.OrdinalIgnoreCase);
        foreach (var property in instance.CimInstanceProperties)
        {
            properties[property.Name] = FromMi(property.CimType, property.Value);
        }

        return new CimObject(PathOf(instance), instance.CimSystemProperties.ClassName, properties.ToImmutable());
    }

    /// <summary>Copies a value out of MI.</summary>
    public static CimValue FromMi(Mi.CimType type, object? value)
    {
        foreach (var (own, single, array) in s_types)
        {
            if (type == single)
            {
                return new CimValue(own, false, value is null ? null : Plain(own, value));
            }

            if (type == array)
            {
                return new CimValue(
                    own,
                    true,
                    value is IEnumerable items
                        ? items.Cast<object>().Select(item => Plain(own, item)).ToImmutableArray()
                        : null
                );
            }
        }

        // A property whose type MI itself does not know carries nothing that could be read.
        return CimValue.Null(CimType.Text);
    }

    /// <summary>Makes the keys-only instance by which MI names another.</summary>
    public static Mi.CimInstance ToMi(CimPath path)
    {
        Mi.CimInstance instance = new(path.ClassName, path.Namespace);
        foreach (var (name, value) in path.Keys)
        {
            instance.CimInstanceProperties.Add(Mi.CimProperty.Create(name, value, Mi.CimType.String, Mi.CimFlags.Key));
        }

        return instance;
    }

    /// <summary>Makes a whole instance, to be serialized.</summary>
    public static Mi.CimInstance ToMi(CimObject instance)
    {
        Mi.CimInstance made = new(instance.ClassName, instance.Path.Namespace);
        foreach (var (name, value) in instance.Properties)
        {
            var flags = value.Value is null ? Mi.CimFlags.Property | Mi.CimFlags.NullValue : Mi.CimFlags.Property;
            made.CimInstanceProperties.Add(Mi.CimProperty.Create(name, ToMi(value), TypeOf(value), flags));
        }

        return made;
    }

    /// <summary>Makes MI's form of a value: arrays are of the exact element type, for MI converts nothing.</summary>
    public static object? ToMi(CimValue value) =>
        value.Value is not ImmutableArray<object> items
            ? value.Value is null
                ? null
                : ToMi(value.Value)
            : value.Type switch
            {
                CimType.Boolean => items.Cast<bool>().ToArray(),
                CimType.UInt8 => items.Cast<byte>().ToArray(),
                CimType.UInt16 => items.Cast<ushort>().ToArray(),
                CimType.UInt32 => items.Cast<uint>().ToArray(),
                CimType.UInt64 => items.Cast<ulong>().ToArray(),
                CimType.SInt8 => items.Cast<sbyte>().ToArray(),
                CimType.SInt16 => items.Cast<short>().ToArray(),
                CimType.SInt32 => items.Cast<int>().ToArray(),
                CimType.SInt64 => items.Cast<long>().ToArray(),
                CimType.Real32 => items.Cast<float>().ToArray(),
                CimType.Real64 => items.Cast<double>().ToArray(),
                CimType.Char16 => items.Cast<char>().ToArray(),
                CimType.Text => items.Cast<string>().ToArray(),
                CimType.DateTime => items.Select(ToMi).ToArray(),
                CimType.Reference or CimType.Instance => items.Select(ToMi).Cast<Mi.CimInstance>().ToArray(),
                _ => throw new ArgumentOutOfRangeException(nameof(value), value.Type, "Not a CIM type."),
            };

    private static object ToMi(object value) =>
        value switch
        {
            DateTimeOffset time => time.UtcDateTime,
            CimPath path => ToMi(path),
            CimObject instance => ToMi(instance),
            _ => value,
        };

    private static object Plain(CimType type, object value) =>
        value switch
        {
            Mi.CimInstance instance => type is CimType.Reference ? PathOf(instance) : FromMi(instance),
            DateTime time => new DateTimeOffset(time).ToUniversalTime(),
            _ => value,
        };

    private static CimPath PathOf(Mi.CimInstance instance) =>
        CimPath.Of(
            (instance.CimSystemProperties.Namespace ?? Wmi.Virtualization).Replace('/', '\\'),
            instance.CimSystemProperties.ClassName,
            [
                .. instance
                    .CimInstanceProperties.Where(static property => property.Flags.HasFlag(Mi.CimFlags.Key))
                    .Select(static property => (property.Name, KeyText(property.Value))),
            ]
        );

    private static string KeyText(object? value) =>
        value switch
        {
            null => string.Empty,
            Mi.CimInstance instance => PathOf(instance).ToString(),
            _ => Convert.ToString(value, null) ?? string.Empty,
        };
}
