using System.Collections.Immutable;

namespace ExchangeVirt.HyperV.Simulator.Description;

/// <summary>A description of a simulated host is wrong; the message holds every problem, one per line, as <c>file:line: path: what</c>.</summary>
public sealed class DescriptionException : Exception
{
    /// <summary>Makes the failure.</summary>
    public DescriptionException(ImmutableArray<string> problems)
        : base(string.Join(Environment.NewLine, problems)) => Problems = problems;

    /// <summary>Gets the problems.</summary>
    public ImmutableArray<string> Problems { get; }
}
