using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.HyperV.Actions;
using ExchangeVirt.HyperV.Calls;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Reading;
using ExchangeVirt.HyperV.Watching;

namespace ExchangeVirt.HyperV;

/// <summary>Reads and changes one host through its WMI model.</summary>
/// <remarks>
/// Facts that every read tells: all of <see cref="ObservedHost"/> but what the agent itself adds. A disk's type and size are told once
/// its VM has been read by itself (<see cref="ReadVirtualMachineAsync"/>), for they cost one call per file and a full read is to cost
/// the same for one VM as for sixty; until then they are null, which is «not known».
/// </remarks>
public sealed class HyperVDriver : IHyperVDriver
{
    private readonly HyperVCalls _calls;
    private readonly InventoryReader _inventory;
    private readonly HostFactsReader _host;
    private readonly VolumeReader _volumes;
    private readonly DiskFactsReader _diskFacts;
    private readonly ActionRunner _actions;

    /// <summary>Makes the driver over a session that the caller owns.</summary>
    public HyperVDriver(ICimSession session, TimeProvider time, HyperVDriverOptions options)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(options);
        _calls = new HyperVCalls(new TracingCimSession(session), time, options);
        _inventory = new InventoryReader(_calls);
        _host = new HostFactsReader(_calls);
        _volumes = new VolumeReader(_calls);
        _diskFacts = new DiskFactsReader(_calls);
        _actions = new ActionRunner(new ActionContext(_calls, _inventory, _volumes, _diskFacts, ReadAsync));
    }

    /// <inheritdoc />
    public async Task<ObservedHost> ReadHostAsync(CancellationToken cancellationToken)
    {
        var host = await _host.ReadAsync(cancellationToken);
        var volumes = await _volumes.ReadAsync(cancellationToken);
        var records = await _inventory.ReadAllAsync(cancellationToken);
        return host with
        {
            Name = host.Name.Length > 0 ? host.Name : HostNameIn(records),
            Volumes = volumes,
            Switches =
            [
                .. records
                    .Switches.Select(static item => item.Text("ElementName"))
                    .OfType<string>()
                    .Order(StringComparer.OrdinalIgnoreCase),
            ],
            VirtualMachines =
            [
                .. new VirtualMachineMapper(records, _diskFacts.Known)
                    .MapAll()
                    .Select(static reading => reading.Observed)
                    .OrderBy(static vm => vm.Name, StringComparer.OrdinalIgnoreCase)
                    .ThenBy(static vm => vm.Id),
            ],
        };
    }

    /// <inheritdoc />
    public async Task<ObservedVirtualMachine?> ReadVirtualMachineAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await _inventory.ReadOneAsync(id, cancellationToken) is not { } records)
        {
            return null;
        }

        if (Map(records) is not { } reading)
        {
            return null;
        }

        await _diskFacts.LearnAsync(reading.Observed.Disks ?? [], cancellationToken);
        return Map(records)?.Observed;
    }

    /// <inheritdoc />
    public Task<ActionResult> ApplyAsync(
        Guid? id,
        VirtualMachineAction action,
        string? expectedFingerprint,
        CancellationToken cancellationToken
    ) => _actions.ApplyAsync(id, action, expectedFingerprint, cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<HostChange> WatchAsync(CancellationToken cancellationToken) =>
        new ChangeStream(_calls).ReadAsync(cancellationToken);

    private async Task<VirtualMachineReading?> ReadAsync(Guid id, CancellationToken cancellationToken) =>
        await _inventory.ReadOneAsync(id, cancellationToken) is { } records ? Map(records) : null;

    private VirtualMachineReading? Map(InventoryRecords records) =>
        new VirtualMachineMapper(records, _diskFacts.Known).MapAll() is [var reading, ..] ? reading : null;

    private static string HostNameIn(InventoryRecords records) =>
        records
            .Systems.Select(static system => system.Text("Name"))
            .FirstOrDefault(static name => name is not null && !Guid.TryParse(name, out _))
        ?? string.Empty;
}
