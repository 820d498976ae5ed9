using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ExchangeVirt.Runtime.Kubernetes;

/// <summary>
/// Writes what a server-side apply sends. API servers read it as YAML, of which JSON is a part but for one thing: a character
/// beyond the basic plane, such as 𠮷, which JSON may escape as two halves. YAML has no halves, and the whole body is refused.
/// </summary>
internal static partial class ApplyBody
{
    /// <summary>Writes a body as UTF-8.</summary>
    public static byte[] Write(JsonNode body) =>
        Encoding.UTF8.GetBytes(EscapeOrHalves().Replace(body.ToJsonString(), Whole));

    private static string Whole(Match match) =>
        match.Groups["high"] is { Success: true } high
            ? new string([Half(high), Half(match.Groups["low"])])
            // A backslash that is itself escaped: what follows it is text.
            : match.Value;

    private static char Half(Group digits) =>
        (char)ushort.Parse(digits.ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"\\\\|\\u(?<high>[dD][89abAB][0-9a-fA-F]{2})\\u(?<low>[dD][c-fC-F][0-9a-fA-F]{2})",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex EscapeOrHalves();
}
