using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Agent.State;
using ExchangeVirt.Agent.Tests.Support;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.HyperV;
using Microsoft.Extensions.Time.Testing;

namespace ExchangeVirt.Agent.Tests;

public class ApplyTests
{
    [Fact]
    public async Task An_action_on_a_bound_VM_is_done_and_told()
    {
        await using var agent = await AgentHarness.StartedAsync();
        await using var log = new EventLog(agent.Connect());
        await log.NextAsync<HostSnapshot>();

        var outcome = await agent.Connect().ApplyAsync(Samples.Request(), CancellationToken.None);

        Assert.Equal(new ActionDone(Samples.Ex01, true), outcome);
        Assert.Equal(new DisableCheckpoints(), Assert.Single(agent.Driver.Applied));
        var ended = await log.NextAsync<OperationEnded>();
        Assert.Equal(("op-1", new ActionDone(Samples.Ex01, true)), (ended.OperationId, ended.Done));
    }

    [Fact]
    public async Task The_same_operation_again_gets_the_recorded_outcome_and_is_not_done_again()
    {
        await using var agent = await AgentHarness.StartedAsync();
        var client = agent.Connect();
        var first = await client.ApplyAsync(Samples.Request(), CancellationToken.None);
        await agent.StopAsync();
        await agent.StartAsync();

        var again = await agent.Connect(counter: 7).ApplyAsync(Samples.Request(), CancellationToken.None);

        Assert.Equal(first, again);
        Assert.Single(agent.Driver.Applied);
    }

    [Fact]
    public async Task A_recorded_failure_is_told_again_as_it_was()
    {
        await using var agent = await AgentHarness.StartedAsync();
        agent.Driver.OnApply = static (_, _, _) =>
            Task.FromException<ActionResult>(
                new HyperVException(FaultKind.Failed, "JobFailed", "The job failed.", 32773)
            );
        var client = agent.Connect();

        var first = await FaultAsync(client, Samples.Request());
        var again = await FaultAsync(client, Samples.Request());

        Assert.Equal((AgentFaultKind.Failed, "JobFailed", 32773L), (first.Kind, first.Reason, first.CimReturnCode));
        Assert.Equal("hv01", first.Host);
        Assert.Equal(first, again);
        Assert.Single(agent.Driver.Applied);
    }

    [Fact]
    public async Task An_operation_id_cannot_become_another_request()
    {
        await using var agent = await AgentHarness.StartedAsync();
        var client = agent.Connect();
        await client.ApplyAsync(Samples.Request(), CancellationToken.None);

        var fault = await FaultAsync(client, Samples.Request(action: new SetProcessorCount(4)));

        Assert.Equal("OperationIdReused", fault.Reason);
    }

    [Fact]
    public async Task A_long_action_is_accepted_listed_and_ends_by_the_stream()
    {
        await using var agent = await AgentHarness.StartedAsync();
        var job = new TaskCompletionSource<ActionResult>();
        agent.Driver.OnApply = (_, _, _) => job.Task;
        var client = agent.Connect(clientTime: new FakeTimeProvider(agent.Time.GetUtcNow()));
        await using var log = new EventLog(client);
        await log.NextAsync<HostSnapshot>();

        var applying = client.ApplyAsync(
            Samples.Request(action: new MergeCheckpoint("c1", "before patch")),
            CancellationToken.None
        );
        await log.NextAsync<OperationBegan>();

        var accepted = Assert.IsType<ActionAccepted>(await agent.PassTimeUntilAsync(applying));
        Assert.Equal("op-1", accepted.Operation.OperationId);
        var seen = await client.ObserveAsync(CancellationToken.None);
        Assert.Equal(
            ("op-1", "MergeCheckpoint"),
            seen.Host.Operations.Select(static o => (o.OperationId, o.Action)).Single()
        );
        Assert.IsType<ActionAccepted>(
            await client.ApplyAsync(
                Samples.Request(action: new MergeCheckpoint("c1", "before patch")),
                CancellationToken.None
            )
        );

        job.SetResult(new ActionResult(Samples.Ex01, true, "Slowly."));

        Assert.Equal("Slowly.", (await log.NextAsync<OperationEnded>()).Done?.Warning);
        Assert.Empty((await client.ObserveAsync(CancellationToken.None)).Host.Operations);
    }

    [Fact]
    public async Task One_action_at_a_time_per_VM()
    {
        await using var agent = await AgentHarness.StartedAsync();
        var other = agent.Driver.Add(Samples.Machine(Guid.Parse("22222222-0000-0000-0000-000000000000")));
        var job = new TaskCompletionSource<ActionResult>();
        agent.Driver.OnApply = (id, _, _) =>
            id == Samples.Ex01 ? job.Task : Task.FromResult(new ActionResult(id!.Value, true));
        var client = agent.Connect();
        await using var log = new EventLog(client);
        await log.NextAsync<HostSnapshot>();
        var applying = client.ApplyAsync(Samples.Request(), CancellationToken.None);
        await log.NextAsync<OperationBegan>();

        var fault = await FaultAsync(client, Samples.Request("op-2"));
        var elsewhere = await client.ApplyAsync(
            Samples.Request("op-3") with
            {
                VirtualMachineId = other,
            },
            CancellationToken.None
        );

        Assert.Equal((AgentFaultKind.Busy, "OperationInFlight"), (fault.Kind, fault.Reason));
        Assert.IsType<ActionDone>(elsewhere);
        job.SetResult(new ActionResult(Samples.Ex01, true));
        Assert.IsType<ActionDone>(await applying);
    }

    [Fact]
    public async Task An_action_in_flight_when_the_agent_stops_is_an_unknown_outcome_afterwards()
    {
        await using var agent = await AgentHarness.StartedAsync();
        var job = new TaskCompletionSource<ActionResult>();
        agent.Driver.OnApply = (_, _, stop) => job.Task.WaitAsync(stop);
        var client = agent.Connect();
        await using var log = new EventLog(client);
        await log.NextAsync<HostSnapshot>();
        var applying = client.ApplyAsync(Samples.Request(), CancellationToken.None);
        await log.NextAsync<OperationBegan>();
        await agent.StopAsync();
        await Assert.ThrowsAsync<AgentFaultException>(() => applying);
        await agent.StartAsync();

        var fault = await FaultAsync(agent.Connect(), Samples.Request());

        Assert.Equal((AgentFaultKind.OutcomeUnknown, "AgentStopped"), (fault.Kind, fault.Reason));
        Assert.Single(agent.Driver.Applied);
    }

    [Fact]
    public async Task A_VM_that_was_neither_created_nor_adopted_is_never_touched()
    {
        await using var agent = await AgentHarness.StartedAsync();
        agent.Driver.Add(Samples.Machine() with { Owner = null });

        var fault = await FaultAsync(agent.Connect(), Samples.Request());

        Assert.Equal((AgentFaultKind.Forbidden, "VirtualMachineNotBound"), (fault.Kind, fault.Reason));
        Assert.Empty(agent.Driver.Applied);
    }

    [Fact]
    public async Task A_VM_bound_to_another_object_or_installation_is_never_touched()
    {
        await using var agent = await AgentHarness.StartedAsync();
        var client = agent.Connect();

        var otherObject = await FaultAsync(
            client,
            Samples.Request() with
            {
                Binding = new ObjectKey("contoso", "ex02"),
            }
        );
        agent.Driver.Add(Samples.Machine(installation: "installation-two"));
        var otherInstallation = await FaultAsync(client, Samples.Request("op-2"));
        var takeover = await FaultAsync(
            client,
            Samples.Request("op-3", new MarkOwner(new OwnerMark(Samples.Installation, Samples.Key)))
        );

        Assert.Equal("VirtualMachineNotBound", otherObject.Reason);
        Assert.Equal("VirtualMachineNotBound", otherInstallation.Reason);
        Assert.Equal("OwnedByAnother", takeover.Reason);
        Assert.Empty(agent.Driver.Applied);
    }

    [Fact]
    public async Task A_VM_without_a_mark_can_be_adopted()
    {
        await using var agent = await AgentHarness.StartedAsync();
        agent.Driver.Add(Samples.Machine() with { Owner = null });

        var outcome = await agent
            .Connect()
            .ApplyAsync(
                Samples.Request(action: new MarkOwner(new OwnerMark(Samples.Installation, Samples.Key))),
                CancellationToken.None
            );

        Assert.IsType<ActionDone>(outcome);
    }

    [Fact]
    public async Task A_VM_that_is_not_on_the_host_is_not_found()
    {
        await using var agent = await AgentHarness.StartedAsync();

        var fault = await FaultAsync(agent.Connect(), Samples.Request() with { VirtualMachineId = Guid.Empty });

        Assert.Equal(AgentFaultKind.NotFound, fault.Kind);
    }

    [Fact]
    public async Task A_replica_copy_is_never_touched()
    {
        await using var agent = await AgentHarness.StartedAsync();
        agent.Driver.Add(Samples.Machine() with { ReplicationMode = ReplicationMode.Replica });

        Assert.Equal("ReplicaCopy", (await FaultAsync(agent.Connect(), Samples.Request())).Reason);
    }

    [Fact]
    public async Task A_VM_is_created_once()
    {
        await using var agent = await AgentHarness.StartedAsync();
        agent.Driver.Machines.Clear();
        var client = agent.Connect();
        Assert.IsType<ActionDone>(await client.ApplyAsync(Samples.Creation(), CancellationToken.None));
        agent.Driver.Add(Samples.Machine());

        var fault = await FaultAsync(client, Samples.Creation("op-create-2"));

        Assert.Equal("AlreadyCreated", fault.Reason);
        Assert.Single(agent.Driver.Applied);
    }

    [Fact]
    public async Task A_malformed_request_is_told_all_its_problems_at_once()
    {
        await using var agent = await AgentHarness.StartedAsync();

        var fault = await FaultAsync(
            agent.Connect(),
            Samples.Request(new string('x', 129)) with
            {
                Timeout = TimeSpan.Zero,
                ExpectedFingerprint = null,
            }
        );

        Assert.Equal(AgentFaultKind.InvalidArgument, fault.Kind);
        Assert.Contains("operation_id", fault.Message, StringComparison.Ordinal);
        Assert.Contains("timeout", fault.Message, StringComparison.Ordinal);
        Assert.Contains("expected_fingerprint", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_paused_agent_does_nothing_until_it_is_resumed()
    {
        await using var agent = await AgentHarness.StartedAsync();
        var pause = new PauseMarker(agent.StateDirectory);
        pause.Set("Hands off.", agent.Time.GetUtcNow());
        var client = agent.Connect();

        var fault = await FaultAsync(client, Samples.Request());
        Assert.Equal((AgentFaultKind.Paused, "AgentPaused"), (fault.Kind, fault.Reason));
        Assert.Contains("Hands off.", fault.Message, StringComparison.Ordinal);
        Assert.Empty(agent.Driver.Applied);

        Assert.True(pause.Clear());
        Assert.IsType<ActionDone>(await client.ApplyAsync(Samples.Request(), CancellationToken.None));
    }

    [Fact]
    public async Task An_older_leader_is_refused_and_told_the_newest_epoch_also_after_a_restart()
    {
        await using var agent = await AgentHarness.StartedAsync();
        await agent.Connect(counter: 5).ObserveAsync(CancellationToken.None);
        await agent.StopAsync();
        await agent.StartAsync();

        var fault = await FaultAsync(agent.Connect(counter: 4), Samples.Request());

        Assert.Equal((AgentFaultKind.StaleEpoch, 5UL), (fault.Kind, fault.NewestCounter));
        Assert.Empty(agent.Driver.Applied);
    }

    [Fact]
    public async Task A_second_installation_is_refused_until_the_host_is_rebound()
    {
        await using var agent = await AgentHarness.StartedAsync();
        await agent.Connect().ObserveAsync(CancellationToken.None);
        var second = agent.Connect(installation: "installation-two");

        var fault = (
            await Assert.ThrowsAsync<AgentFaultException>(() => second.ObserveAsync(CancellationToken.None))
        ).Fault;
        Assert.Equal(AgentFaultKind.NotBound, fault.Kind);
        Assert.Contains("rebind", fault.Message, StringComparison.Ordinal);

        InstallationBinding.Rebind(agent.StateDirectory, "installation-two");
        await second.ObserveAsync(CancellationToken.None);

        // The mark of the installation that was replaced on the host may now be taken over.
        var mark = new OwnerMark("installation-two", Samples.Key);
        Assert.IsType<ActionDone>(
            await second.ApplyAsync(Samples.Request(action: new MarkOwner(mark)), CancellationToken.None)
        );
        var old = await FaultAsync(agent.Connect(counter: 99), Samples.Request("op-9"));
        Assert.Equal(AgentFaultKind.NotBound, old.Kind);
    }

    [Fact]
    public async Task A_reader_neither_binds_an_agent_nor_raises_its_epoch()
    {
        await using var agent = await AgentHarness.StartedAsync();
        await agent
            .Connect(agent.Identity(Contract.Security.Roles.Reader), "somebody", 1000)
            .ObserveAsync(CancellationToken.None);

        await agent.Connect(counter: 1).ObserveAsync(CancellationToken.None);
    }

    private static async Task<AgentFault> FaultAsync(IHostAgent client, ApplyRequest request) =>
        (
            await Assert.ThrowsAsync<AgentFaultException>(() =>
                client.ApplyAsync(request, CancellationToken.None).WaitAsync(AgentHarness.Patience)
            )
        ).Fault;
}
