using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.HyperV;

namespace ExchangeVirt.Agent.Tests.Support;

/// <summary>A host in memory, to see what the agent asks of it.</summary>
internal sealed class FakeDriver : IHyperVDriver
{
    private readonly Channel<HostChange> _changes = Channel.CreateUnbounded<HostChange>();

    public ConcurrentDictionary<Guid, ObservedVirtualMachine> Machines { get; } = new();

    public ConcurrentQueue<VirtualMachineAction> Applied { get; } = new();

    /// <summary>Gets or sets what an action does; it is already recorded then.</summary>
    public Func<Guid?, VirtualMachineAction, CancellationToken, Task<ActionResult>> OnApply { get; set; } =
        static (id, _, _) =>
            Task.FromResult(new ActionResult(id ?? Guid.Parse("99999999-0000-0000-0000-000000000000"), true));

    public HyperVException? Unreadable { get; set; }

    public Guid Add(ObservedVirtualMachine machine)
    {
        Machines[machine.Id] = machine;
        return machine.Id;
    }

    public void Change(ObservedVirtualMachine machine)
    {
        Machines[machine.Id] = machine;
        Hint(machine.Id);
    }

    public void Hint(Guid? id) => _changes.Writer.TryWrite(new HostChange(id));

    public Task<ObservedHost> ReadHostAsync(CancellationToken cancellationToken) =>
        Unreadable is { } failure
            ? Task.FromException<ObservedHost>(failure)
            : Task.FromResult(
                new ObservedHost
                {
                    Name = "hv01",
                    ObservedAt = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero),
                    VirtualMachines = [.. Machines.Values],
                }
            );

    public Task<ObservedVirtualMachine?> ReadVirtualMachineAsync(Guid id, CancellationToken cancellationToken) =>
        Unreadable is { } failure
            ? Task.FromException<ObservedVirtualMachine?>(failure)
            : Task.FromResult(Machines.GetValueOrDefault(id));

    public Task<ActionResult> ApplyAsync(
        Guid? id,
        VirtualMachineAction action,
        string? expectedFingerprint,
        CancellationToken cancellationToken
    )
    {
        Applied.Enqueue(action);
        return OnApply(id, action, cancellationToken);
    }

    public async IAsyncEnumerable<HostChange> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var change in _changes.Reader.ReadAllAsync(cancellationToken))
        {
            yield return change;
        }
    }
}
