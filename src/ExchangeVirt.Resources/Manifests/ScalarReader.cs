using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ExchangeVirt.Resources.Schema;

namespace ExchangeVirt.Resources.Manifests;

/// <summary>Types scalars by their schema, never by what YAML guesses.</summary>
internal static partial class ScalarReader
{
    /// <summary>Types a scalar that is not null.</summary>
    /// <returns>Null where it does not fit, which is reported.</returns>
    public static JsonNode? Read(YamlScalar scalar, ValueSchema schema, Action<string> report)
    {
        var (value, problem) = schema switch
        {
            TextSchema text => ReadText(scalar, text),
            WordSchema words => ReadWord(scalar, words),
            NumberSchema number => ReadNumber(scalar, number),
            BooleanSchema => ReadBoolean(scalar),
            TimeSchema => ReadTime(scalar),
            _ => (null, $"is a single value; give {Wanted(schema)}"),
        };
        if (problem is not null)
        {
            report(problem);
        }

        return problem is null ? value : null;
    }

    /// <summary>Says what is allowed.</summary>
    public static string Wanted(ValueSchema schema) =>
        schema switch
        {
            TextSchema text => TextShapes.Allowed(text.Shape),
            WordSchema words => $"one of {string.Join(", ", words.Words)}",
            NumberSchema { Minimum: { } minimum, Maximum: { } maximum } =>
                $"a whole number from {minimum} to {maximum}",
            NumberSchema => "a whole number",
            BooleanSchema => "true or false",
            TimeSchema => "a time such as 2026-12-31T23:59:59Z",
            _ => "a value",
        };

    private static (JsonNode?, string?) ReadText(YamlScalar scalar, TextSchema schema)
    {
        if (scalar.IsBoolean || (scalar.IsPlain && Number().IsMatch(scalar.Text)))
        {
            var what = scalar.IsBoolean ? "a boolean" : "a number";
            return (null, $"is {what} where a text is wanted; put it in quotes: \"{scalar.Text}\"");
        }

        var length = TextShapes.Length(scalar.Text);
        if (length > schema.MaxLength)
        {
            return (null, $"has {length} characters; at most {schema.MaxLength} are allowed");
        }

        return TextShapes.Matches(schema.Shape, scalar.Text)
            ? (JsonValue.Create(scalar.Text), null)
            : (null, $"{Quote(scalar.Text)} is not allowed; give {Wanted(schema)}");
    }

    private static (JsonNode?, string?) ReadWord(YamlScalar scalar, WordSchema schema) =>
        schema.Words.Contains(scalar.Text)
            ? (JsonValue.Create(scalar.Text), null)
            : (null, $"{Quote(scalar.Text)} is not allowed; {NearestName.Suggest(scalar.Text, [.. schema.Words])}");

    private static (JsonNode?, string?) ReadNumber(YamlScalar scalar, NumberSchema schema)
    {
        if (!scalar.IsPlain)
        {
            return (null, $"is a text where a number is wanted; remove the quotes and give {Wanted(schema)}");
        }

        if (!WholeNumber().IsMatch(scalar.Text))
        {
            return (null, $"{Quote(scalar.Text)} is not a whole number; give {Wanted(schema)}");
        }

        var minimum = schema.Minimum ?? (schema.Is64Bit ? long.MinValue : int.MinValue);
        var maximum = schema.Maximum ?? (schema.Is64Bit ? long.MaxValue : int.MaxValue);
        return
            long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= minimum
            && number <= maximum
            ? (JsonValue.Create(number), null)
            : (null, $"{Quote(scalar.Text)} is out of range; give {Wanted(schema)}");
    }

    private static (JsonNode?, string?) ReadBoolean(YamlScalar scalar) =>
        scalar.IsBoolean
            ? (JsonValue.Create(scalar.Text[0] is 't' or 'T'), null)
            : (null, $"{Quote(scalar.Text)} is not allowed; give true or false, without quotes");

    private static (JsonNode?, string?) ReadTime(YamlScalar scalar) =>
        Time().IsMatch(scalar.Text)
        && DateTimeOffset.TryParse(
            scalar.Text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var time
        )
            ? (JsonValue.Create(scalar.Text), null)
            : (null, $"{Quote(scalar.Text)} is not a time; give {Wanted(new TimeSchema())}");

    private static string Quote(string text)
    {
        var shown = text.Length > 80 ? string.Concat(text.AsSpan(0, 77), "...") : text;
        return $"\"{string.Concat(shown.Select(character => char.IsControl(character) ? ' ' : character))}\"";
    }

    [GeneratedRegex(
        @"\A[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Number();

    [GeneratedRegex(@"\A[-+]?(0|[1-9][0-9]*)\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex WholeNumber();

    [GeneratedRegex(
        @"\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,7})?(Z|[-+][0-9]{2}:[0-9]{2})\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Time();
}
