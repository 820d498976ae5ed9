using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.Schema;

namespace ExchangeVirt.HyperV.Simulator.CimXml;

/// <summary>Reads object paths as WMI prints them: <c>[\\server\namespace:]Class.Key="value",…</c>.</summary>
internal static class CimPathText
{
    /// <summary>Reads a path; the server's name is left out, and a missing namespace is Hyper-V's.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out CimPath? path)
    {
        path = null;
        var cimNamespace = CimSchema.Virtualization;
        var rest = text;
        if (text.StartsWith(@"\\", StringComparison.Ordinal) || text.StartsWith("//", StringComparison.Ordinal))
        {
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            var server = text.IndexOfAny(['\\', '/'], 2);
            if (server < 0 || colon < server)
            {
                return false;
            }

            cimNamespace = CimSchema.Normalize(text[(server + 1)..colon]);
            rest = text[(colon + 1)..];
        }

        var dot = rest.IndexOf('.', StringComparison.Ordinal);
        if (dot <= 0 || !Keys(rest.AsSpan(dot + 1), out var keys))
        {
            return false;
        }

        path = new CimPath(cimNamespace, rest[..dot], keys);
        return true;
    }

    private static bool Keys(ReadOnlySpan<char> text, out ImmutableSortedDictionary<string, string> keys)
    {
        var found = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.OrdinalIgnoreCase);
        keys = found.ToImmutable();
        while (text.Length > 0)
        {
            var equals = text.IndexOf('=');
            if (equals <= 0)
            {
                return false;
            }

            var name = text[..equals].Trim().ToString();
            text = text[(equals + 1)..];
            if (!Value(ref text, out var value) || !found.TryAdd(name, value))
            {
                return false;
            }

            if (text.Length > 0)
            {
                if (text[0] != ',')
                {
                    return false;
                }

                text = text[1..];
            }
        }

        keys = found.ToImmutable();
        return keys.Count > 0;
    }

    private static bool Value(ref ReadOnlySpan<char> text, out string value)
    {
        value = "";
        if (text.Length == 0 || text[0] != '"')
        {
            var comma = text.IndexOf(',');
            var bare = comma < 0 ? text : text[..comma];
            value = bare.Trim().ToString();
            text = comma < 0 ? [] : text[comma..];
            return value.Length > 0;
        }

        var builder = new StringBuilder();
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                value = builder.ToString();
                text = text[(i + 1)..];
                return true;
            }

            if (text[i] == '\\' && i + 1 < text.Length)
            {
                i++;
            }

            builder.Append(text[i]);
        }

        return false;
    }
}
