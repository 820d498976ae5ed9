using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;

namespace ExchangeVirt.Agent.Tests.Support;

internal static class Samples
{
    public const string Installation = "installation-one";

    public static readonly Guid Ex01 = Guid.Parse("11111111-0000-0000-0000-000000000000");

    public static readonly ObjectKey Key = new("contoso", "ex01");

    public static ObservedVirtualMachine Machine(Guid? id = null, string installation = Installation) =>
        new()
        {
            Id = id ?? Ex01,
            Name = "EX01",
            Fingerprint = "f1",
            PowerState = PowerState.Running,
            CheckpointType = CheckpointType.Disabled,
            Owner = new OwnerMark(installation, Key),
        };

    public static ApplyRequest Request(string operationId = "op-1", VirtualMachineAction? action = null) =>
        new()
        {
            OperationId = operationId,
            Binding = Key,
            VirtualMachineId = Ex01,
            ExpectedFingerprint = "f1",
            Action = action ?? new DisableCheckpoints(),
            Timeout = TimeSpan.FromMinutes(10),
        };

    public static ApplyRequest Creation(string operationId = "op-create") =>
        new()
        {
            OperationId = operationId,
            Binding = Key,
            Timeout = TimeSpan.FromMinutes(10),
            Action = new CreateVirtualMachine(
                new VirtualMachineBlueprint
                {
                    Name = "EX01",
                    Generation = 2,
                    ProcessorCount = 4,
                    Memory = ByteSize.FromGibibytes(64),
                    Owner = new OwnerMark(Installation, Key),
                }
            ),
        };
}
