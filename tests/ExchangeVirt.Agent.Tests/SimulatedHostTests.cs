using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Agent.Contract.Client;
using ExchangeVirt.Agent.Contract.Security;
using ExchangeVirt.Agent.Tests.Support;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.HyperV;
using ExchangeVirt.HyperV.Simulator;
using Microsoft.Extensions.Time.Testing;

namespace ExchangeVirt.Agent.Tests;

public class SimulatedHostTests
{
    private const string Description = """
        hostName: HV01
        processor:
          sockets: 2
          coresPerSocket: 8
        memory: 256Gi
        virtualMachines:
          - name: EX01
            processors: 4
            memory:
              size: 16Gi
            state: Running
        """;

    [Fact]
    public async Task A_change_behind_the_operators_back_comes_by_the_stream_and_is_corrected_through_the_agent()
    {
        await using var agent = AgentHarness.Prepare();
        await using var host = Simulate(agent);
        await agent.StartAsync();
        var client = agent.Connect(clientTime: new FakeTimeProvider(agent.Time.GetUtcNow()));
        await using var log = new EventLog(client);
        var snapshot = await agent.PassTimeUntilAsync(log.NextAsync<HostSnapshot>());
        var seen = Assert.Single(snapshot.Host.VirtualMachines);
        var mark = new OwnerMark(Samples.Installation, Samples.Key);
        await agent.PassTimeUntilAsync(
            client.ApplyAsync(
                Samples.Request("adopt", new MarkOwner(mark)) with
                {
                    VirtualMachineId = seen.Id,
                    ExpectedFingerprint = seen.Fingerprint,
                },
                CancellationToken.None
            )
        );
        await agent.PassTimeUntilAsync(
            log.NextAsync<VirtualMachineChanged>(changed => changed.VirtualMachine.Owner == mark)
        );
        using var channel = AgentChannel.Create(agent.Endpoint, "hv01", Options(agent, Roles.Operator));
        var control = new SimulatorControlClient(channel);

        await control.SetAsync("EX01", "checkpoints", "Standard", CancellationToken.None);

        // No time passes here: the change is seen by the host's event, not by looking again.
        var drifted = await log.NextAsync<VirtualMachineChanged>(changed =>
            changed.VirtualMachine.CheckpointType == CheckpointType.Standard && changed.VirtualMachine.Owner == mark
        );
        await agent.PassTimeUntilAsync(
            client.ApplyAsync(
                Samples.Request("correct") with
                {
                    VirtualMachineId = seen.Id,
                    ExpectedFingerprint = drifted.VirtualMachine.Fingerprint,
                },
                CancellationToken.None
            )
        );
        await agent.PassTimeUntilAsync(
            log.NextAsync<VirtualMachineChanged>(changed =>
                changed.VirtualMachine.CheckpointType == CheckpointType.Disabled
            )
        );
    }

    [Fact]
    public async Task A_reader_cannot_act_on_a_simulated_host()
    {
        await using var agent = AgentHarness.Prepare();
        await using var host = Simulate(agent);
        await agent.StartAsync();
        using var channel = AgentChannel.Create(agent.Endpoint, "hv01", Options(agent, Roles.Reader));

        var refused = await Assert.ThrowsAsync<AgentFaultException>(() =>
            new SimulatorControlClient(channel).DescribeAsync(CancellationToken.None)
        );

        Assert.Equal("RoleMissing", refused.Reason);
    }

    [Fact]
    public async Task A_real_host_has_no_control_surface()
    {
        await using var agent = await AgentHarness.StartedAsync();
        using var channel = AgentChannel.Create(agent.Endpoint, "hv01", Options(agent, Roles.Operator));

        var refused = await Assert.ThrowsAsync<AgentFaultException>(() =>
            new SimulatorControlClient(channel).DescribeAsync(CancellationToken.None)
        );

        Assert.Equal(AgentFaultKind.Unsupported, refused.Kind);
    }

    private static SimulatedHost Simulate(AgentHarness agent)
    {
        var description = Path.Combine(agent.Root, "host.yaml");
        File.WriteAllText(description, Description);
        var host = SimulatedHost.Open(description, Path.Combine(agent.Root, "host-state.json"), agent.Time);
        var next = 0;
        agent.Simulator = host.Control;
        agent.OtherDriver = installation => new HyperVDriver(
            host,
            agent.Time,
            new HyperVDriverOptions
            {
                NewGuid = () => new Guid(++next, 7, 7, [0, 0, 0, 0, 0, 0, 0, 0]),
                Installation = installation,
            }
        );
        return host;
    }

    private static HostAgentConnectorOptions Options(AgentHarness agent, string role) =>
        new()
        {
            Identity = agent.Identity(role),
            Epoch = static () => new InstallationEpoch(Samples.Installation, 1),
            Time = agent.Time,
        };
}
