using ExchangeVirt.Agent.Contract.Mapping;
using Grpc.Core;

namespace ExchangeVirt.Agent.Contract.Client;

/// <summary>Speaks to a simulated host's control surface; its channel is made by <see cref="AgentChannel.Create"/>.</summary>
/// <param name="channel">The channel, which the caller owns.</param>
public sealed class SimulatorControlClient(AgentChannel channel)
{
    private readonly Wire.SimulatorControl.SimulatorControlClient _client = new(channel.Channel);

    /// <summary>Sets one setting of a VM, as a person at the host would.</summary>
    /// <exception cref="AgentFaultException">Refused, or the agent serves no simulated host.</exception>
    public Task SetAsync(string virtualMachine, string setting, string value, CancellationToken cancellationToken) =>
        ChangeAsync(
            virtualMachine,
            new Wire.SimulatedChange
            {
                Set = new() { Name = setting, Value = value },
            },
            cancellationToken
        );

    /// <summary>Does something to a VM, such as <c>takeCheckpoint</c>.</summary>
    /// <exception cref="AgentFaultException">Refused, or the agent serves no simulated host.</exception>
    public Task DoAsync(string virtualMachine, string action, string? argument, CancellationToken cancellationToken)
    {
        var wire = new Wire.SimulatedAction { Name = action };
        if (argument is not null)
        {
            wire.Argument = argument;
        }

        return ChangeAsync(virtualMachine, new Wire.SimulatedChange { Do = wire }, cancellationToken);
    }

    /// <summary>Injects a fault.</summary>
    /// <returns>Its identifier.</returns>
    /// <exception cref="AgentFaultException">Refused, or the agent serves no simulated host.</exception>
    public async Task<string> InjectAsync(Wire.SimulatedFault fault, CancellationToken cancellationToken) =>
        (
            await CallAsync(
                _client.InjectFaultAsync(new() { Fault = fault }, cancellationToken: cancellationToken).ResponseAsync
            )
        ).FaultId;

    /// <summary>Clears one fault, or all where none is named.</summary>
    /// <returns>How many were cleared.</returns>
    /// <exception cref="AgentFaultException">The agent serves no simulated host.</exception>
    public async Task<int> ClearAsync(string? faultId, CancellationToken cancellationToken)
    {
        var request = new Wire.ClearFaultsRequest();
        if (faultId is not null)
        {
            request.FaultId = faultId;
        }

        return (
            await CallAsync(_client.ClearFaultsAsync(request, cancellationToken: cancellationToken).ResponseAsync)
        ).Cleared;
    }

    /// <summary>Tells which VMs, settings, actions and faults there are.</summary>
    /// <exception cref="AgentFaultException">The agent serves no simulated host.</exception>
    public Task<Wire.DescribeResponse> DescribeAsync(CancellationToken cancellationToken) =>
        CallAsync(_client.DescribeAsync(new(), cancellationToken: cancellationToken).ResponseAsync);

    private async Task ChangeAsync(
        string virtualMachine,
        Wire.SimulatedChange change,
        CancellationToken cancellationToken
    )
    {
        var request = new Wire.ChangeVirtualMachineRequest { VirtualMachine = virtualMachine };
        request.Changes.Add(change);
        await CallAsync(_client.ChangeVirtualMachineAsync(request, cancellationToken: cancellationToken).ResponseAsync);
    }

    private static async Task<T> CallAsync<T>(Task<T> call)
    {
        try
        {
            return await call;
        }
        catch (RpcException failure)
        {
            throw new AgentFaultException(FaultMapper.FromRpcException(failure, changesThings: true), failure);
        }
    }
}
