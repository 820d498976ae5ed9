namespace ExchangeVirt.Agent.Contract;

/// <summary>Names what an agent of this version can do.</summary>
public static class Capabilities
{
    /// <summary>Lists the names of all actions of the contract, as they stand in <see cref="AgentDescription.Capabilities"/>.</summary>
    public static IReadOnlyList<string> All { get; } =
    [.. Wire.Action.Descriptor.Oneofs[0].Fields.Select(static field => field.MessageType.Name)];
}
