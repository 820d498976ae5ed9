using System.Text.Json.Serialization;
using ExchangeVirt.Resources.Manifests;

namespace ExchangeVirt.Cli.Linting;

/// <summary>How much a finding weighs.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LintSeverity>))]
internal enum LintSeverity
{
    /// <summary>The manifest cannot be used.</summary>
    Invalid,

    /// <summary>Microsoft does not support what it asks for.</summary>
    Unsupported,

    /// <summary>Microsoft or practice advises against it.</summary>
    Advisory,

    /// <summary>Worth knowing; may well be right.</summary>
    Notice,
}

/// <summary>Says one thing about a manifest, with its place.</summary>
/// <param name="Severity">How much it weighs.</param>
/// <param name="File">The file as it was named.</param>
/// <param name="Line">The line, from 1; 0 where the file as a whole is meant.</param>
/// <param name="Path">The field; empty where none is meant.</param>
/// <param name="Rule">The id of the rule; null where the schema is violated.</param>
/// <param name="Message">What is wrong and what would be right.</param>
/// <param name="Reference">Where the vendor says so; null where nobody does.</param>
internal sealed record LintFinding(
    LintSeverity Severity,
    string File,
    int Line,
    string Path,
    string? Rule,
    string Message,
    string? Reference = null
)
{
    /// <summary>Writes <c>file:line: path: message [Severity rule]</c>.</summary>
    public override string ToString()
    {
        var place = new ManifestProblem(File, Line, Path, Message).ToString();
        return Severity is LintSeverity.Invalid && Rule is null
            ? place
            : $"{place} [{Severity}{(Rule is null ? "" : $" {Rule}")}]";
    }
}
