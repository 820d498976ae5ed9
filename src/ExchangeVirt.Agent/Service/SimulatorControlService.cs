using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Agent.Operations;
using ExchangeVirt.HyperV.Simulator;
using ExchangeVirt.HyperV.Simulator.Faults;
using Grpc.Core;
using Wire = ExchangeVirt.Agent.Contract.Wire;

namespace ExchangeVirt.Agent.Service;

/// <summary>Acts on a simulated host behind the operator's back. Exists only where the host is simulated.</summary>
/// <param name="control">The simulated host.</param>
/// <param name="host">Its name.</param>
public sealed class SimulatorControlService(SimulatedHostControl control, HostName host)
    : Wire.SimulatorControl.SimulatorControlBase
{
    /// <inheritdoc />
    public override Task<Wire.ChangeVirtualMachineResponse> ChangeVirtualMachine(
        Wire.ChangeVirtualMachineRequest request,
        ServerCallContext context
    )
    {
        var response = new Wire.ChangeVirtualMachineResponse();
        foreach (var change in request.Changes)
        {
            var outcome = change.ChangeCase switch
            {
                Wire.SimulatedChange.ChangeOneofCase.Set => control.Set(
                    request.VirtualMachine,
                    change.Set.Name,
                    change.Set.Value
                ),
                Wire.SimulatedChange.ChangeOneofCase.Do => control.Do(
                    request.VirtualMachine,
                    change.Do.Name,
                    change.Do.HasArgument ? change.Do.Argument : null
                ),
                _ => ControlOutcome.Refused("The change is neither «set» nor «do»."),
            };
            if (!outcome.IsAccepted)
            {
                throw new AgentFaultException(
                    new AgentFault(AgentFaultKind.FailedPrecondition, "SimulatorRefused", outcome.Reason)
                    {
                        VirtualMachine = request.VirtualMachine,
                    }
                );
            }

            if (outcome.Result is { } result)
            {
                response.Results.Add(result);
            }
        }

        return Task.FromResult(response);
    }

    /// <inheritdoc />
    public override Task<Wire.InjectFaultResponse> InjectFault(
        Wire.InjectFaultRequest request,
        ServerCallContext context
    )
    {
        var wire = request.Fault ?? new Wire.SimulatedFault();
        if (!Enum.TryParse<SimulatedFaultKind>(wire.Kind, ignoreCase: true, out var kind) || !Enum.IsDefined(kind))
        {
            throw Faults.Refuse(
                AgentFaultKind.InvalidArgument,
                "UnknownFault",
                $"«{wire.Kind}» is no fault; there are: {string.Join(", ", Enum.GetNames<SimulatedFaultKind>())}."
            );
        }

        var fault = new SimulatedFault
        {
            Kind = kind,
            Machine = wire.HasVirtualMachine ? wire.VirtualMachine : null,
            Method = wire.HasMethod ? wire.Method : null,
            Volume = wire.HasVolume ? wire.Volume : null,
            Remaining = wire.HasRemaining ? wire.Remaining : null,
            Text = wire.HasText ? wire.Text : null,
        };
        var injected = control.Inject(wire.HasCode ? fault with { Code = wire.Code } : fault);
        return Task.FromResult(new Wire.InjectFaultResponse { FaultId = injected.Id });
    }

    /// <inheritdoc />
    public override Task<Wire.ClearFaultsResponse> ClearFaults(
        Wire.ClearFaultsRequest request,
        ServerCallContext context
    ) =>
        Task.FromResult(
            new Wire.ClearFaultsResponse { Cleared = control.Clear(request.HasFaultId ? request.FaultId : null) }
        );

    /// <inheritdoc />
    public override Task<Wire.DescribeResponse> Describe(Wire.DescribeRequest request, ServerCallContext context)
    {
        var response = new Wire.DescribeResponse { Host = host.Value };
        response.VirtualMachines.AddRange(control.Machines().Select(ToWire));
        foreach (var (name, help) in SimulatedHostControl.Settings)
        {
            response.Settings.Add(name, help);
        }

        foreach (var (name, help) in SimulatedHostControl.Actions)
        {
            response.Actions.Add(name, help);
        }

        response.FaultKinds.AddRange(Enum.GetNames<SimulatedFaultKind>());
        response.Faults.AddRange(control.Faults().Select(ToWire));
        return Task.FromResult(response);
    }

    private static Wire.SimulatedVirtualMachine ToWire(SimulatedMachineView machine)
    {
        var wire = new Wire.SimulatedVirtualMachine
        {
            Id = machine.Id,
            Name = machine.Name,
            State = machine.State,
            Processors = machine.Processors,
            MemoryMegabytes = machine.MemoryMegabytes,
            DynamicMemory = machine.DynamicMemory,
            CheckpointType = machine.CheckpointType,
            AutomaticCheckpoints = machine.AutomaticCheckpoints,
            StopAction = machine.StopAction,
            GuestAnswers = machine.GuestAnswers,
            Busy = machine.IsBusy,
        };
        wire.Checkpoints.AddRange(machine.Checkpoints);
        wire.Disks.AddRange(machine.Disks);
        return wire;
    }

    private static Wire.SimulatedFault ToWire(SimulatedFault fault)
    {
        var wire = new Wire.SimulatedFault
        {
            Id = fault.Id,
            Kind = fault.Kind.ToString(),
            Code = fault.Code,
        };
        if (fault.Machine is { } machine)
        {
            wire.VirtualMachine = machine;
        }

        if (fault.Method is { } method)
        {
            wire.Method = method;
        }

        if (fault.Volume is { } volume)
        {
            wire.Volume = volume;
        }

        if (fault.Remaining is { } remaining)
        {
            wire.Remaining = remaining;
        }

        if (fault.Text is { } text)
        {
            wire.Text = text;
        }

        return wire;
    }
}
