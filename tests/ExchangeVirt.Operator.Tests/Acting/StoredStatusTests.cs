using ExchangeVirt.Operator.Acting;
using ExchangeVirt.Operator.Tests.Deleting;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime;
using ExchangeVirt.Runtime.Stores;
using k8s.Models;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace ExchangeVirt.Operator.Tests.Acting;

public sealed class StoredStatusTests
{
    private readonly IResourceStore _store = Substitute.For<IResourceStore>();
    private readonly ExchangeVirtualMachine _entity = Entity("7");

    public static TheoryData<string, Action<ExchangeVirtualMachine>> Words =>
        new()
        {
            { "the manifest", static e => e.Metadata.Generation = 5 },
            { "another object of the name", static e => e.Metadata.Uid = "uid-2" },
            { "a deletion", static e => e.Metadata.DeletionTimestamp = DateTime.UnixEpoch },
            { "a hold", static e => Annotate(e, "exchangevirt.io/hold", "") },
        };

    public static TheoryData<string, Action<ExchangeVirtualMachine>> Commitments =>
        new()
        {
            {
                "the binding",
                static e => e.Status = e.Status! with { Placement = new PlacementStatus { Host = "hv09" } }
            },
            { "the GUID", static e => e.Status = e.Status! with { VirtualMachineId = "B" } },
            {
                "the operation",
                static e => e.Status = e.Status! with { Operation = new OperationStatus { Name = "Restart" } }
            },
        };

    [Fact]
    public async Task A_change_that_means_nothing_here_is_written_over()
    {
        var latest = Entity("9");
        Annotate(latest, "example.com/tick", "1");
        latest.Metadata.Labels = new Dictionary<string, string> { ["a"] = "b" };
        _store.UpdateStatusAsync(_entity, default).ThrowsAsync(new ResourceConflictException("9, not 7"));
        _store.GetAsync<ExchangeVirtualMachine>(_entity.Key(), default).Returns(latest);
        _store.UpdateStatusAsync(latest, default).Returns(latest);
        var before = _entity.Status;
        _entity.Status = before! with { PowerState = "Off" };

        var stored = await new StoredStatus(_store).WriteAsync(_entity, before, default);

        Assert.Equal(("9", "Off"), (stored.Metadata.ResourceVersion, stored.Status!.PowerState));
        Assert.Equal("b", stored.Metadata.Labels["a"]);
    }

    [Theory]
    [MemberData(nameof(Words))]
    [MemberData(nameof(Commitments))]
    public async Task A_change_that_the_status_was_not_made_from_is_a_conflict(
        string what,
        Action<ExchangeVirtualMachine> change
    )
    {
        var latest = Entity("9");
        change(latest);
        _store.UpdateStatusAsync(_entity, default).ThrowsAsync(new ResourceConflictException("9, not 7"));
        _store.GetAsync<ExchangeVirtualMachine>(_entity.Key(), default).Returns(latest);

        await Assert.ThrowsAsync<ResourceConflictException>(() =>
            new StoredStatus(_store).WriteAsync(_entity, _entity.Status, default)
        );
        await _store.DidNotReceive().UpdateStatusAsync(latest, default);
        Assert.NotEmpty(what);
    }

    [Fact]
    public async Task A_writer_that_is_always_faster_is_given_way_to()
    {
        _store
            .UpdateStatusAsync(Arg.Any<ExchangeVirtualMachine>(), default)
            .ThrowsAsync(new ResourceConflictException("again"));
        _store.GetAsync<ExchangeVirtualMachine>(_entity.Key(), default).Returns(_ => Entity("9"));

        await Assert.ThrowsAsync<ResourceConflictException>(() =>
            new StoredStatus(_store).WriteAsync(_entity, _entity.Status, default)
        );
    }

    [Fact]
    public async Task An_action_rests_on_what_is_stored()
    {
        var latest = Entity("9");
        Annotate(latest, "example.com/tick", "1");
        _store.GetAsync<ExchangeVirtualMachine>(_entity.Key(), default).Returns(latest);

        await new StoredStatus(_store).ConfirmAsync(_entity, policy: null, default);
    }

    [Theory]
    [MemberData(nameof(Words))]
    [MemberData(nameof(Commitments))]
    public async Task An_action_is_planned_afresh_where_something_new_was_said_or_stored(
        string what,
        Action<ExchangeVirtualMachine> change
    )
    {
        var latest = Entity("9");
        change(latest);
        _store.GetAsync<ExchangeVirtualMachine>(_entity.Key(), default).Returns(latest);

        await Assert.ThrowsAsync<ResourceConflictException>(() =>
            new StoredStatus(_store).ConfirmAsync(_entity, policy: null, default)
        );
        Assert.NotEmpty(what);
    }

    [Fact]
    public async Task An_action_rests_on_the_policy_that_is_stored()
    {
        var key = new ResourceKey(null, "default");
        var confirm = new StoredStatus(_store);
        _store.GetAsync<ExchangeVirtualMachine>(_entity.Key(), default).Returns(_entity);
        _store.GetAsync<VirtualizationPolicy>(key, default).Returns(Policy("uid-1", 3));

        await confirm.ConfirmAsync(_entity, Policy("uid-1", 3), default);

        foreach (var heard in new[] { Policy("uid-1", 2), Policy("uid-0", 3), null })
        {
            await Assert.ThrowsAsync<ResourceConflictException>(() => confirm.ConfirmAsync(_entity, heard, default));
        }
    }

    [Fact]
    public async Task An_action_for_an_object_that_is_gone_is_not_taken()
    {
        _store
            .GetAsync<ExchangeVirtualMachine>(_entity.Key(), default)
            .Returns(Task.FromResult<ExchangeVirtualMachine?>(null));

        await Assert.ThrowsAsync<ResourceConflictException>(() =>
            new StoredStatus(_store).ConfirmAsync(_entity, policy: null, default)
        );
    }

    private static VirtualizationPolicy Policy(string uid, long generation) =>
        new()
        {
            Metadata = new V1ObjectMeta
            {
                Name = "default",
                Uid = uid,
                Generation = generation,
            },
            Spec = new VirtualizationPolicySpec(),
        };

    private static ExchangeVirtualMachine Entity(string version)
    {
        var entity = MassDeletionTests.Machine(1, deleting: false, DeletionPolicy.Retain);
        entity.Metadata.ResourceVersion = version;
        entity.Metadata.Generation = 4;
        entity.Status = new ExchangeVirtualMachineStatus
        {
            ObservedGeneration = 4,
            VirtualMachineId = "A",
            Placement = new PlacementStatus { Host = "hv01" },
        };
        return entity;
    }

    private static void Annotate(ExchangeVirtualMachine entity, string name, string value) =>
        entity.Metadata.Annotations = new Dictionary<string, string> { [name] = value };
}
