namespace ExchangeVirt.Resources.Schema;

/// <summary>The grammars that texts in manifests follow.</summary>
public enum TextShape
{
    /// <summary>Any text, the empty one too.</summary>
    Free,

    /// <summary>A text on one line that is not empty.</summary>
    NotEmpty,

    /// <summary>A text on any number of lines that is not blank.</summary>
    Prose,

    /// <summary>A DNS label (RFC 1123): lower-case letters, digits and hyphens, no hyphen at either end.</summary>
    DnsLabel,

    /// <summary>A DNS name (RFC 1123): labels joined by dots.</summary>
    DnsName,

    /// <summary>An absolute Windows path: a drive letter or a UNC share, without wildcards.</summary>
    WindowsPath,

    /// <summary>An amount of bytes such as <c>128Gi</c>: a Kubernetes quantity without sign, decimal point or exponent.</summary>
    ByteQuantity,

    /// <summary>A cron expression of five fields.</summary>
    Cron,

    /// <summary>The IANA name of a time zone.</summary>
    TimeZone,

    /// <summary>A whole percentage from <c>0%</c> to <c>100%</c>.</summary>
    Percent,

    /// <summary>An https address with a host and no path.</summary>
    HttpsEndpoint,

    /// <summary>The value of a Kubernetes label.</summary>
    LabelValue,

    /// <summary>The id of a rule or reason: lower-case words joined by hyphens.</summary>
    RuleId,
}
