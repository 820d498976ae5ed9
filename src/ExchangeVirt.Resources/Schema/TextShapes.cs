using System.Text;
using System.Text.RegularExpressions;
using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Resources.Schema;

/// <summary>Holds the grammar of each <see cref="TextShape"/>: the schema's pattern, and the words for people.</summary>
public static class TextShapes
{
    private const string PathPart = """[^\\/:*?"<>|\x00-\x1f]+""";

    private static readonly Dictionary<TextShape, (string Pattern, string Allowed)> Grammars = new()
    {
        [TextShape.NotEmpty] = (@"^[^\x00-\x1f]+$", "a text that is not empty, on one line"),
        [TextShape.Prose] = (@"^(.|\n)*[^ \t\r\n](.|\n)*$", "a text that is not blank"),
        [TextShape.DnsLabel] = (
            "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
            "lower-case letters, digits and hyphens, with no hyphen at either end"
        ),
        [TextShape.DnsName] = (
            @"^[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?(\.[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?)*$",
            "a DNS name such as hv01.corp.example"
        ),
        [TextShape.WindowsPath] = (
            $@"^([A-Za-z]:|\\\\{PathPart}\\{PathPart})(\\{PathPart})+$",
            @"a whole path such as C:\ClusterStorage\csv1\ex01\os.vhdx or \\server\share\os.vhdx"
        ),
        [TextShape.ByteQuantity] = (
            // CEL's quantities know no whole number behind a decimal point: an API server would refuse 1.5Gi in any case.
            "^[0-9]{1,15}(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)?$",
            "a whole number of bytes such as 128Gi or 1536Mi, without a decimal point"
        ),
        [TextShape.Cron] = (
            CronPattern(),
            "five fields (minute, hour, day of month, month, day of week) such as 0 22 * * SAT"
        ),
        [TextShape.TimeZone] = (
            "^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$",
            "the IANA name of a time zone such as Asia/Tokyo"
        ),
        [TextShape.Percent] = ("^(100|[1-9]?[0-9])%$", "a whole percentage from 0% to 100%, with its sign"),
        [TextShape.HttpsEndpoint] = (
            @"^https://([A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?/?$",
            "an address such as https://hv01.corp.example:7443"
        ),
        [TextShape.LabelValue] = (
            "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$",
            "letters, digits, hyphens, dots and underscores, beginning and ending with a letter or digit"
        ),
        [TextShape.RuleId] = ("^[a-z0-9]+(-[a-z0-9]+)*$", "the id of a rule, such as cpu-over-1to1"),
    };

    private static readonly Dictionary<TextShape, Regex> Compiled = Grammars.ToDictionary(
        grammar => grammar.Key,
        // .NET's $ also matches before a last line break, which the API server's does not.
        grammar => new Regex(
            grammar.Value.Pattern[..^1] + @"\z",
            RegexOptions.NonBacktracking | RegexOptions.CultureInvariant,
            TimeSpan.FromSeconds(1)
        )
    );

    /// <summary>Gives the pattern that the schema carries.</summary>
    /// <returns>Null where any text is allowed.</returns>
    public static string? Pattern(TextShape shape) =>
        Grammars.TryGetValue(shape, out var grammar) ? grammar.Pattern : null;

    /// <summary>Says what is allowed.</summary>
    public static string Allowed(TextShape shape) =>
        Grammars.TryGetValue(shape, out var grammar) ? grammar.Allowed : "any text";

    /// <summary>Tells whether a text follows the grammar.</summary>
    public static bool Matches(TextShape shape, string text) =>
        (!Compiled.TryGetValue(shape, out var regex) || regex.IsMatch(text))
        && (shape is not TextShape.ByteQuantity || ByteSize.TryParse(text, out _));

    /// <summary>Counts characters as the API server does: code points, not UTF-16 units.</summary>
    public static int Length(string text) => text.EnumerateRunes().Count();

    private static string CronPattern()
    {
        const string Day = "(0?[1-9]|[12][0-9]|3[01])";
        const string Month = "(0?[1-9]|1[0-2]|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)";
        const string WeekDay = "([0-7]|SUN|MON|TUE|WED|THU|FRI|SAT)";

        static string Field(string value, string more = "")
        {
            var item = new StringBuilder().Append($@"((\*|{value}(-{value})?)(/[1-9][0-9]?)?{more})").ToString();
            return $"{item}(,{item})*";
        }

        string[] fields =
        [
            Field("[0-5]?[0-9]"),
            Field("([01]?[0-9]|2[0-3])"),
            Field(Day, @"|\?|L"),
            Field(Month),
            Field(WeekDay, $@"|\?|{WeekDay}#[1-5]|{WeekDay}L"),
        ];
        return "^" + string.Join(" +", fields) + "$";
    }
}
