using System.Text.Json;
using CsCheck;
using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Agent.Contract.Mapping;
using ExchangeVirt.Agent.Tests.Support;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;
using Wire = ExchangeVirt.Agent.Contract.Wire;

namespace ExchangeVirt.Agent.Tests;

public class MappingTests
{
    private const int Iterations = 300;

    public static TheoryData<Type> Actions =>
        [
            .. typeof(VirtualMachineAction)
                .Assembly.GetTypes()
                .Where(static type => type.IsSubclassOf(typeof(VirtualMachineAction))),
        ];

    [Fact]
    public void A_VM_survives_the_wire_with_all_that_is_known_and_unknown() =>
        Check<ObservedVirtualMachine>(static machine =>
            VirtualMachineMapper.FromWire(Through(VirtualMachineMapper.ToWire(machine), Wire.VirtualMachine.Parser))
        );

    [Fact]
    public void A_host_survives_the_wire_with_all_that_is_known_and_unknown() =>
        Check<ObservedHost>(static host =>
            HostMapper.FromWire(Through(HostMapper.ToWire(host), Wire.HostFacts.Parser), host.VirtualMachines)
        );

    [Fact]
    public void A_fault_survives_the_wire() =>
        Check<AgentFault>(static fault =>
            FaultMapper.FromWire(Through(FaultMapper.ToWire(fault), Wire.AgentFault.Parser))
        );

    [Theory]
    [MemberData(nameof(Actions))]
    public void An_action_survives_the_wire(Type type) =>
        Gen.Int.Sample(
            seed =>
            {
                var action = (VirtualMachineAction)new Arbitrary(seed).Make(type);
                var back = ActionMapper.FromWire(Through(ActionMapper.ToWire(action), Wire.Action.Parser));
                Assert.Equal(Text(action), Text(back!));
            },
            iter: Iterations,
            threads: 1
        );

    [Fact]
    public void Every_action_is_a_capability_of_the_same_name() =>
        Assert.Equal(Actions.Select(static row => row.Data.Name).Order(), Capabilities.All.Order());

    [Fact]
    public void Work_of_a_kind_that_is_not_known_here_is_still_work()
    {
        var wire = VirtualMachineMapper.ToWire(Samples.Machine());
        wire.Operation = (Wire.VirtualMachineOperation)999;

        Assert.Equal(VirtualMachineOperation.OtherJob, VirtualMachineMapper.FromWire(wire).Operation);
    }

    [Fact]
    public void A_checkpoint_of_a_kind_that_is_not_known_here_is_never_a_users()
    {
        var wire = VirtualMachineMapper.ToWire(
            Samples.Machine() with
            {
                Checkpoints = [new ObservedCheckpoint("c", "c", CheckpointKind.User, null)],
            }
        );
        wire.Checkpoints.Items[0].Kind = (Wire.CheckpointKind)999;

        Assert.Equal(CheckpointKind.Recovery, VirtualMachineMapper.FromWire(wire).Checkpoints![0].Kind);
    }

    [Fact]
    public void An_action_of_a_newer_operator_is_not_taken_for_another() =>
        Assert.Null(ActionMapper.FromWire(new Wire.Action()));

    private static void Check<T>(Func<T, T> through)
        where T : class =>
        Gen.Int.Sample(
            seed =>
            {
                var value = (T)new Arbitrary(seed).Make(typeof(T));
                Assert.Equal(Text(value), Text(through(value)));
            },
            iter: Iterations,
            threads: 1
        );

    private static T Through<T>(T message, Google.Protobuf.MessageParser<T> parser)
        where T : Google.Protobuf.IMessage<T> =>
        parser.ParseFrom(Google.Protobuf.MessageExtensions.ToByteArray(message));

    private static string Text(object value) => JsonSerializer.Serialize(value, value.GetType());
}
