using System.Collections.Frozen;
using Model = ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Agent.Contract.Mapping;

/// <summary>Translates an enumeration both ways by the members' names, which are the same on both sides.</summary>
internal sealed class EnumMap<TDomain, TWire>
    where TDomain : struct, Enum
    where TWire : struct, Enum
{
    private readonly FrozenDictionary<TDomain, TWire> _toWire;
    private readonly FrozenDictionary<TWire, TDomain> _fromWire;

    /// <summary>Makes the map.</summary>
    /// <param name="unspecified">The domain's own word for «not known», where it has one.</param>
    public EnumMap(TDomain? unspecified = null)
    {
        var pairs = Enum.GetValues<TDomain>()
            .Where(value => !value.Equals(unspecified))
            .Select(static value => KeyValuePair.Create(value, Enum.Parse<TWire>(value.ToString())))
            .ToList();
        _fromWire = pairs.ToFrozenDictionary(static pair => pair.Value, static pair => pair.Key);
        _toWire = pairs.ToFrozenDictionary();
    }

    public TWire ToWire(TDomain? value) =>
        value is { } known && _toWire.TryGetValue(known, out var wire) ? wire : default;

    /// <returns>Null for «unspecified» and for a value of a newer agent: both are «not known».</returns>
    public TDomain? FromWire(TWire value) => _fromWire.TryGetValue(value, out var known) ? known : null;
}

/// <summary>The enumerations of the contract.</summary>
internal static class EnumMaps
{
    public static readonly EnumMap<Model.PowerState, Wire.PowerState> PowerState = new(Model.PowerState.Unknown);
    public static readonly EnumMap<Model.VirtualMachineOperation, Wire.VirtualMachineOperation> Operation = new();
    public static readonly EnumMap<Model.Heartbeat, Wire.GuestHeartbeat> Heartbeat = new();
    public static readonly EnumMap<Model.AutomaticStopAction, Wire.AutomaticStopAction> StopAction = new();
    public static readonly EnumMap<Model.AutomaticStartAction, Wire.AutomaticStartAction> StartAction = new();
    public static readonly EnumMap<Model.AutomaticRecoveryAction, Wire.AutomaticRecoveryAction> RecoveryAction = new();
    public static readonly EnumMap<Model.CheckpointType, Wire.CheckpointType> CheckpointType = new();
    public static readonly EnumMap<Model.CheckpointKind, Wire.CheckpointKind> CheckpointKind = new();
    public static readonly EnumMap<Model.ReplicationMode, Wire.ReplicationMode> ReplicationMode = new();
    public static readonly EnumMap<Model.VirtualDiskType, Wire.VirtualDiskType> DiskType = new();
    public static readonly EnumMap<Model.VirtualDiskFormat, Wire.VirtualDiskFormat> DiskFormat = new();
    public static readonly EnumMap<Model.DiskPurpose, Wire.DiskPurpose> DiskPurpose = new();
    public static readonly EnumMap<AgentFaultKind, Wire.FaultKind> FaultKind = new();
}
