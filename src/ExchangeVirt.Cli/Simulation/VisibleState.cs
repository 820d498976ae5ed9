using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Cli.Simulation;

/// <summary>Holds what of a VM can be changed behind the operator's back, without what moves by itself.</summary>
internal sealed record VisibleState(
    int? ProcessorCount,
    ByteSize? Memory,
    bool? DynamicMemory,
    AutomaticStopAction? AutomaticStopAction,
    AutomaticStartAction? AutomaticStartAction,
    AutomaticRecoveryAction? AutomaticRecoveryAction,
    CheckpointType? CheckpointType,
    bool? AutomaticCheckpoints,
    string Checkpoints,
    PowerState PowerState
)
{
    /// <summary>Reads the state off an observation.</summary>
    public static VisibleState Of(ObservedVirtualMachine machine) =>
        new(
            machine.ProcessorCount,
            machine.Memory?.Startup,
            machine.Memory?.Dynamic,
            machine.AutomaticStopAction,
            machine.AutomaticStartAction,
            machine.AutomaticRecoveryAction,
            machine.CheckpointType,
            machine.AutomaticCheckpoints,
            string.Join(", ", (machine.Checkpoints ?? []).Select(static checkpoint => checkpoint.Name)),
            machine.PowerState
        );

    /// <summary>Says in words what differs.</summary>
    public IReadOnlyList<string> DifferencesTo(VisibleState before) =>
        [
            .. Words()
                .Zip(before.Words())
                .Where(static pair => pair.First.Value != pair.Second.Value)
                .Select(static pair => $"{pair.First.Name}: {pair.First.Value} instead of {pair.Second.Value}"),
        ];

    private IEnumerable<(string Name, string Value)> Words() =>
        [
            (nameof(ProcessorCount), $"{ProcessorCount}"),
            (nameof(Memory), $"{Memory}"),
            (nameof(DynamicMemory), $"{DynamicMemory}"),
            (nameof(AutomaticStopAction), $"{AutomaticStopAction}"),
            (nameof(AutomaticStartAction), $"{AutomaticStartAction}"),
            (nameof(AutomaticRecoveryAction), $"{AutomaticRecoveryAction}"),
            (nameof(CheckpointType), $"{CheckpointType}"),
            (nameof(AutomaticCheckpoints), $"{AutomaticCheckpoints}"),
            (nameof(Checkpoints), Checkpoints.Length == 0 ? "none" : Checkpoints),
            (nameof(PowerState), $"{PowerState}"),
        ];
}
