using System.Diagnostics;

namespace ExchangeVirt.Runtime;

/// <summary>Names the source of the runtime's spans: one for each pass over an object. They cost nothing where nobody listens.</summary>
public static class RuntimeTracing
{
    /// <summary>The source that an exporter has to listen to.</summary>
    public const string SourceName = "ExchangeVirt.Runtime";

    internal static ActivitySource Source { get; } = new(SourceName);
}
