using System.Collections.Immutable;
using ExchangeVirt.HyperV.Cim;

namespace ExchangeVirt.HyperV.Tests.Support;

/// <summary>Makes CIM instances and answers by hand.</summary>
internal static class Cims
{
    public const string Namespace = @"root\virtualization\v2";

    public static CimObject Instance(
        string className,
        string instanceId,
        params (string Name, CimValue Value)[] properties
    ) =>
        new(
            CimPath.Of(Namespace, className, ("InstanceID", instanceId)),
            className,
            properties
                .Append(("InstanceID", CimValue.Text(instanceId)))
                .ToImmutableSortedDictionary(
                    static item => item.Item1,
                    static item => item.Item2,
                    StringComparer.OrdinalIgnoreCase
                )
        );

    public static CimMethodResult Answer(uint returnValue, params (string Name, CimValue Value)[] outs) =>
        new(
            returnValue,
            outs.ToImmutableSortedDictionary(
                static item => item.Name,
                static item => item.Value,
                StringComparer.OrdinalIgnoreCase
            )
        );

    public static CimObject Job(ushort state, ushort errorCode = 0, string? description = null) =>
        Instance(
            "Msvm_ConcreteJob",
            "job",
            ("JobState", CimValue.UInt16(state)),
            ("ErrorCode", CimValue.UInt16(errorCode)),
            ("ErrorDescription", CimValue.Text(description))
        );

    public static CimMethodResult JobStarted() =>
        Answer(4096, ("Job", CimValue.Reference(CimPath.Of(Namespace, "Msvm_ConcreteJob", ("InstanceID", "job")))));
}
