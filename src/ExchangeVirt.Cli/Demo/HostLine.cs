using System.Globalization;
using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Cli.Demo;

/// <summary>Says in a few words how one host stands.</summary>
/// <param name="Name">The resource's name.</param>
/// <param name="FaultDomain">Its fault domain; a dash where it has none.</param>
/// <param name="PhysicalCores">Its physical cores; null while unknown.</param>
/// <param name="VirtualProcessors">The virtual processors of all its guests; null while unknown.</param>
/// <param name="OverallRatio">Guests and host over physical cores; null while unknown.</param>
internal sealed record HostLine(
    string Name,
    string FaultDomain,
    int? PhysicalCores,
    int? VirtualProcessors,
    decimal? OverallRatio
)
{
    /// <summary>The ratio that Microsoft supports at most.</summary>
    public const decimal Limit = 2;

    /// <summary>Reads the line off a resource.</summary>
    public static HostLine Of(HyperVHost host)
    {
        var processor = host.Status?.Processor;
        return new HostLine(
            host.Metadata.Name,
            host.Spec.FaultDomain ?? "-",
            processor?.PhysicalCores,
            processor?.GuestVirtualProcessors,
            decimal.TryParse(processor?.OverallRatio, CultureInfo.InvariantCulture, out var ratio) ? ratio : null
        );
    }

    /// <summary>Writes the line for a log.</summary>
    public override string ToString() =>
        OverallRatio is { } ratio
            ? $"{Name}: {VirtualProcessors} virtual processors on {PhysicalCores} cores, {ratio}:1 with the host's own{(ratio > Limit ? ", above 2:1" : "")}"
            : $"{Name}: not seen yet";
}
