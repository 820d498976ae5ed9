using System.Globalization;

namespace ExchangeVirt.Kubernetes.Tests.Estates;

/// <summary>Reads sums off a replica's /metrics.</summary>
internal sealed class Exposition(string text)
{
    private readonly string[] _lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Adds up the series of a name whose labels contain all of these.</summary>
    public double Sum(string name, params string[] labels) =>
        _lines
            .Where(line =>
                line.StartsWith(name, StringComparison.Ordinal)
                && line.Length > name.Length
                && line[name.Length] is '{' or ' '
                && Array.TrueForAll(labels, label => line.Contains(label, StringComparison.Ordinal))
            )
            .Sum(static line =>
                double.Parse(line[(line.LastIndexOf('}') + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture)
            );
}
