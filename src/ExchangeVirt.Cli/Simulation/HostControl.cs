using ExchangeVirt.Agent.Contract.Client;
using ExchangeVirt.Agent.Contract.Security;
using ExchangeVirt.Agent.Contract.Wire;
using Grpc.Core;

namespace ExchangeVirt.Cli.Simulation;

/// <summary>Acts on one simulated host as a person at its console would, behind the operator's back.</summary>
internal sealed class HostControl : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly AgentChannel _channel;
    private readonly SimulatorControl.SimulatorControlClient _client;
    private readonly SimulatedHost _host;
    private readonly TimeProvider _clock;

    /// <summary>Prepares a connection with the certificate of the operator's role.</summary>
    public HostControl(SimulatedHost host, TlsFiles certificate, TimeProvider clock)
    {
        _host = host;
        _clock = clock;
        _channel = AgentChannel.Create(host.Endpoint, host.Name, AgentConnection.Options(certificate, clock));
        _client = new(_channel.Channel);
    }

    /// <summary>Changes a VM.</summary>
    /// <exception cref="CommandException">The host refuses; the message says what it takes.</exception>
    public Task<ChangeVirtualMachineResponse> ChangeAsync(
        string virtualMachine,
        IReadOnlyList<SimulatedChange> changes,
        CancellationToken cancellationToken
    ) =>
        CallAsync(
            token =>
                _client.ChangeVirtualMachineAsync(
                    new() { VirtualMachine = virtualMachine, Changes = { changes } },
                    cancellationToken: token
                ),
            cancellationToken
        );

    /// <summary>Makes the host misbehave.</summary>
    /// <exception cref="CommandException">The host refuses; the message says what it takes.</exception>
    public Task<InjectFaultResponse> InjectAsync(SimulatedFault fault, CancellationToken cancellationToken) =>
        CallAsync(
            token => _client.InjectFaultAsync(new() { Fault = fault }, cancellationToken: token),
            cancellationToken
        );

    /// <summary>Ends all misbehaviour.</summary>
    public Task<ClearFaultsResponse> ClearAsync(CancellationToken cancellationToken) =>
        CallAsync(token => _client.ClearFaultsAsync(new(), cancellationToken: token), cancellationToken);

    /// <summary>Asks what can be changed and injected.</summary>
    public Task<DescribeResponse> DescribeAsync(CancellationToken cancellationToken) =>
        CallAsync(token => _client.DescribeAsync(new(), cancellationToken: token), cancellationToken);

    /// <inheritdoc />
    public void Dispose() => _channel.Dispose();

    private async Task<T> CallAsync<T>(
        Func<CancellationToken, AsyncUnaryCall<T>> call,
        CancellationToken cancellationToken
    )
    {
        using var patience = new CancellationTokenSource(s_patience, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await call(either.Token).ResponseAsync;
        }
        catch (RpcException refused)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new CommandException(
                $"The simulated host {_host.Name} at {_host.Endpoint} refused: {_channel.Refusal ?? refused.Status.Detail}",
                ExitCode.Failure,
                refused
            );
        }
    }
}
