using System.Collections.Immutable;

namespace ExchangeVirt.HyperV.Cim;

/// <summary>The CIM types that the Hyper-V and host classes use.</summary>
public enum CimType
{
    /// <summary>A truth value.</summary>
    Boolean,

    /// <summary>8 bits, unsigned.</summary>
    UInt8,

    /// <summary>16 bits, unsigned.</summary>
    UInt16,

    /// <summary>32 bits, unsigned.</summary>
    UInt32,

    /// <summary>64 bits, unsigned.</summary>
    UInt64,

    /// <summary>8 bits, signed.</summary>
    SInt8,

    /// <summary>16 bits, signed.</summary>
    SInt16,

    /// <summary>32 bits, signed.</summary>
    SInt32,

    /// <summary>64 bits, signed.</summary>
    SInt64,

    /// <summary>32-bit floating point.</summary>
    Real32,

    /// <summary>64-bit floating point.</summary>
    Real64,

    /// <summary>One UTF-16 unit.</summary>
    Char16,

    /// <summary>Text; also the type of an embedded instance written as CIM-XML.</summary>
    Text,

    /// <summary>A point in time or an interval (<see cref="DateTimeOffset"/> or <see cref="TimeSpan"/>).</summary>
    DateTime,

    /// <summary>A path to another instance.</summary>
    Reference,

    /// <summary>A whole instance as a value.</summary>
    Instance,
}

/// <summary>
/// A typed CIM value. <see cref="Value"/> holds null; bool; the exact integer type (byte for uint8, ushort for uint16, …);
/// float, double, char, string; DateTimeOffset or TimeSpan; <see cref="CimPath"/>; <see cref="CimObject"/>; or, when
/// <see cref="IsArray"/>, an <see cref="ImmutableArray{T}"/> of object holding those.
/// </summary>
/// <remarks>Hyper-V refuses a number of the wrong width, so the width is part of the value.</remarks>
public readonly record struct CimValue(CimType Type, bool IsArray, object? Value)
{
    /// <summary>Makes a boolean.</summary>
    public static CimValue Of(bool value) => new(CimType.Boolean, false, value);

    /// <summary>Makes a uint8.</summary>
    public static CimValue UInt8(byte value) => new(CimType.UInt8, false, value);

    /// <summary>Makes a uint16.</summary>
    public static CimValue UInt16(ushort value) => new(CimType.UInt16, false, value);

    /// <summary>Makes a uint32.</summary>
    public static CimValue UInt32(uint value) => new(CimType.UInt32, false, value);

    /// <summary>Makes a uint64.</summary>
    public static CimValue UInt64(ulong value) => new(CimType.UInt64, false, value);

    /// <summary>Makes a string, possibly null.</summary>
    public static CimValue Text(string? value) => new(CimType.Text, false, value);

    /// <summary>Makes an array of strings.</summary>
    public static CimValue TextArray(IEnumerable<string> values) =>
        new(CimType.Text, true, ImmutableArray.CreateRange<object>(values));

    /// <summary>Makes a point in time.</summary>
    public static CimValue Time(DateTimeOffset value) => new(CimType.DateTime, false, value);

    /// <summary>Makes an interval.</summary>
    public static CimValue Interval(TimeSpan value) => new(CimType.DateTime, false, value);

    /// <summary>Makes a reference to an instance.</summary>
    public static CimValue Reference(CimPath path) => new(CimType.Reference, false, path);

    /// <summary>Makes an array of references.</summary>
    public static CimValue ReferenceArray(IEnumerable<CimPath> paths) =>
        new(CimType.Reference, true, ImmutableArray.CreateRange<object>(paths));

    /// <summary>Makes an array of uint32.</summary>
    public static CimValue UInt32Array(IEnumerable<uint> values) =>
        new(CimType.UInt32, true, ImmutableArray.CreateRange(values.Select(static value => (object)value)));

    /// <summary>Makes an array of uint16.</summary>
    public static CimValue UInt16Array(IEnumerable<ushort> values) =>
        new(CimType.UInt16, true, ImmutableArray.CreateRange(values.Select(static value => (object)value)));

    /// <summary>Makes a null of a type.</summary>
    public static CimValue Null(CimType type, bool isArray = false) => new(type, isArray, null);
}
