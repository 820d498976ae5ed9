using System.Globalization;
using ExchangeVirt.HyperV.Cim;

namespace ExchangeVirt.HyperV.Simulator.CimXml;

/// <summary>Reads single values of the plain CIM types from text.</summary>
internal static class CimText
{
    /// <summary>Reads a value into the exact .NET type that <see cref="CimValue"/> documents; null where the text is none.</summary>
    public static object? Parse(string text, CimType type)
    {
        const NumberStyles Integer = NumberStyles.AllowLeadingSign;
        var culture = CultureInfo.InvariantCulture;
        return type switch
        {
            CimType.Boolean => bool.TryParse(text, out var flag) ? flag : null,
            CimType.UInt8 => byte.TryParse(text, Integer, culture, out var n) ? n : null,
            CimType.UInt16 => ushort.TryParse(text, Integer, culture, out var n) ? n : null,
            CimType.UInt32 => uint.TryParse(text, Integer, culture, out var n) ? n : null,
            CimType.UInt64 => ulong.TryParse(text, Integer, culture, out var n) ? n : null,
            CimType.SInt8 => sbyte.TryParse(text, Integer, culture, out var n) ? n : null,
            CimType.SInt16 => short.TryParse(text, Integer, culture, out var n) ? n : null,
            CimType.SInt32 => int.TryParse(text, Integer, culture, out var n) ? n : null,
            CimType.SInt64 => long.TryParse(text, Integer, culture, out var n) ? n : null,
            CimType.Real32 => float.TryParse(text, NumberStyles.Float, culture, out var n) ? n : null,
            CimType.Real64 => double.TryParse(text, NumberStyles.Float, culture, out var n) ? n : null,
            CimType.Char16 => text.Length == 1 ? text[0] : null,
            CimType.Text => text,
            CimType.DateTime => CimDateTimeText.TryParse(text, out var value) ? value : null,
            _ => null,
        };
    }
}
