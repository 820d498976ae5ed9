using System.Globalization;

namespace ExchangeVirt.HyperV.Simulator.Description;

/// <summary>Reads sizes: plain bytes or a whole number with a binary suffix.</summary>
internal static class ByteSize
{
    private static readonly string[] s_suffixes = ["Ki", "Mi", "Gi", "Ti"];

    /// <summary>Reads a size in bytes.</summary>
    public static bool TryParse(string text, out ulong bytes)
    {
        var shift = 0;
        for (var i = 0; i < s_suffixes.Length; i++)
        {
            if (text.EndsWith(s_suffixes[i], StringComparison.Ordinal))
            {
                text = text[..^2];
                shift = (i + 1) * 10;
                break;
            }
        }

        if (
            ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out bytes)
            && bytes <= ulong.MaxValue >> shift
        )
        {
            bytes <<= shift;
            return true;
        }

        return false;
    }
}
