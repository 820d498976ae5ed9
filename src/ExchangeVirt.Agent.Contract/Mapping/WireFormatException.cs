namespace ExchangeVirt.Agent.Contract.Mapping;

/// <summary>A message lacks what it must have, or has a value that nothing here knows.</summary>
public sealed class WireFormatException : Exception
{
    /// <summary>Makes the failure.</summary>
    public WireFormatException(string message)
        : base(message) { }
}
