using ExchangeVirt.HyperV.Simulator.Engine;
using ExchangeVirt.HyperV.Simulator.Model;

namespace ExchangeVirt.HyperV.Simulator.Methods;

/// <summary>Power and shutdown.</summary>
internal static class ComputerSystemMethods
{
    /// <summary>Changes a VM's power state; the host's own instance refuses.</summary>
    public static Reply RequestStateChange(MethodCall call)
    {
        if (call.MachineOf(call.Target) is not { } machine)
        {
            return Reply.Refused(ReturnCodes.NotSupported, "The state of the host cannot be requested.");
        }

        return call.Number("RequestedState") is { } requested
            ? Reply.Of(PowerControl.Request(call.Transaction, machine, (ushort)requested))
            : Reply.Invalid("RequestedState is missing.");
    }

    /// <summary>Asks the guest to shut down; 0 says that the guest accepted, not that the VM is Off.</summary>
    public static Reply InitiateShutdown(MethodCall call) =>
        call.Transaction.Machine(call.Target.Keys.GetValueOrDefault("SystemName")) is { } machine
            ? Reply.Of(
                PowerControl.Shutdown(
                    call.Transaction,
                    machine,
                    call.Arguments.TryGetValue("Force", out var force) && force.Value is true
                )
            )
            : Reply.Refused(ReturnCodes.NotAvailable, "The virtual machine is gone.");
}
