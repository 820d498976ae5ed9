using System.Globalization;

namespace ExchangeVirt.Operator.Deciding;

/// <summary>Reads a person's word that a DAG member is in maintenance.</summary>
/// <remarks>
/// It is an annotation that holds the time at which the member was put into maintenance, in RFC 3339. It speaks of the boot
/// that was running then, so that one given before the last start is void, and of this VM alone, because it stands on it.
/// </remarks>
public static class Attestation
{
    /// <summary>The annotation.</summary>
    public const string Annotation = "exchangevirt.io/maintenance-attested-at";

    /// <summary>Tells whether it is given for this VM and this boot.</summary>
    public static bool IsGiven(Situation situation) =>
        situation.Entity.Metadata.Annotations?.TryGetValue(Annotation, out var text) == true
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
        && at <= situation.Now
        && situation.Sighting.Seen is { Uptime: { } uptime }
        && at >= situation.Now - uptime;
}
