using System.Globalization;

namespace ExchangeVirt.Operator.Tests.Support;

/// <summary>What one look at /metrics gave.</summary>
internal sealed class Scraped
{
    private readonly Dictionary<string, double> _samples = new(StringComparer.Ordinal);

    public Scraped(string text)
    {
        Text = text;
        foreach (var line in text.Split('\n').Where(static line => line.Length > 0 && line[0] is not '#'))
        {
            var at = line.LastIndexOf(' ');
            _samples.Add(line[..at], double.Parse(line[(at + 1)..], CultureInfo.InvariantCulture));
        }
    }

    public string Text { get; }

    /// <summary>Gets the names of the metrics, by their type.</summary>
    public IReadOnlyDictionary<string, string> Types =>
        Text.Split('\n')
            .Where(static line => line.StartsWith("# TYPE ", StringComparison.Ordinal))
            .Select(static line => line.Split(' '))
            .ToDictionary(static words => words[2], static words => words[3]);

    /// <summary>Gets the value of a series, written with its labels; fails where it is not there.</summary>
    public double this[string series] =>
        _samples.TryGetValue(series, out var value)
            ? value
            : throw new KeyNotFoundException($"There is no {series} in\n{Text}");

    /// <summary>Lists the series whose names begin so, in their order.</summary>
    public IReadOnlyList<string> Series(string prefix) =>
        [
            .. _samples
                .Keys.Where(series => series.StartsWith(prefix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
        ];
}
