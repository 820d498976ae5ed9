using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ExchangeVirt.HyperV.Calls;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Reading;

namespace ExchangeVirt.HyperV.Watching;

/// <summary>
/// Turns WMI's events about VMs, their settings and their jobs into «look at this VM again». Events are hints: they come late, twice, or
/// not at all, so none of what they carry is believed.
/// </summary>
internal sealed class ChangeStream(HyperVCalls calls)
{
    // A burst of events about few VMs is normal; one that fills this is answered by reading everything.
    private const int Capacity = 1024;

    // The base classes of creation, modification and deletion, and of all device settings, keep the subscriptions few.
    private static readonly string[] s_classes =
    [
        "Msvm_ComputerSystem",
        "Msvm_VirtualSystemSettingData",
        "CIM_ResourceAllocationSettingData",
        "Msvm_EthernetSwitchPortVlanSettingData",
        // A guest that answers again changes nothing but this, and a DAG waits for it.
        "Msvm_HeartbeatComponent",
        "Msvm_ConcreteJob",
    ];

    public async IAsyncEnumerable<HostChange> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var channel = Channel.CreateBounded<HostChange>(
            new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true }
        );
        var pumps = Array.ConvertAll(s_classes, className => PumpAsync(className, channel.Writer, ending.Token));
        try
        {
            await foreach (var change in channel.Reader.ReadAllAsync(cancellationToken))
            {
                yield return change;
            }
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(pumps).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task PumpAsync(
        string className,
        ChannelWriter<HostChange> writer,
        CancellationToken cancellationToken
    )
    {
        var wql = $"SELECT * FROM __InstanceOperationEvent WHERE TargetInstance ISA '{className}'";
        try
        {
            await foreach (var item in calls.Session.SubscribeAsync(Wmi.Virtualization, wql, cancellationToken))
            {
                foreach (var change in await ChangesAsync(item, cancellationToken))
                {
                    await writer.WriteAsync(change, cancellationToken);
                }
            }

            writer.TryComplete(
                new HyperVException(
                    FaultKind.Unavailable,
                    "EventStreamEnded",
                    $"The host ended the events about {className}; its management service may be stopping. Read everything and "
                        + "subscribe again."
                )
            );
        }
        catch (CimException failure)
        {
            writer.TryComplete(CimFaults.OfRead(failure, $"Watching {className}"));
        }
        catch (HyperVException failure)
        {
            writer.TryComplete(failure);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            writer.TryComplete();
        }
    }

    private async Task<IReadOnlyList<HostChange>> ChangesAsync(CimEvent item, CancellationToken cancellationToken)
    {
        // Overflow and drop events say that others were lost.
        if (item.Target is not { } target)
        {
            return [new HostChange(null)];
        }

        if (target.Path.Keys.TryGetValue("Name", out var name))
        {
            // The host is an instance of the class too; its own changes concern no VM.
            return Guid.TryParse(name, out var system)
                ? [new HostChange(system, item.ClassName == "__InstanceDeletionEvent")]
                : [];
        }

        if (Guid.TryParse(target.Text("SystemName"), out var device))
        {
            return [new HostChange(device)];
        }

        if (Guid.TryParse(target.Text("VirtualSystemIdentifier"), out var owner))
        {
            return [new HostChange(owner)];
        }

        if (target["JobState"] is not null)
        {
            return await OfJobAsync(item, target, cancellationToken);
        }

        return WmiIdentity.ConfigurationOf(target.Text("InstanceID")) is { } id ? [new HostChange(id)] : [];
    }

    // Jobs report every percent; what matters is that one began or ended. Which VM it is on costs one call.
    private async Task<IReadOnlyList<HostChange>> OfJobAsync(
        CimEvent item,
        CimObject job,
        CancellationToken cancellationToken
    )
    {
        if (item.ClassName == "__InstanceDeletionEvent" || item.Previous?.Number("JobState") == job.Number("JobState"))
        {
            return [];
        }

        var affected = await calls.AssociatorsAsync(
            job.Path,
            "Msvm_AffectedJobElement",
            null,
            "AffectingElement",
            "AffectedElement",
            cancellationToken
        );
        return
        [
            .. affected
                .Select(static element => WmiIdentity.OwnerOf(element.Path))
                .OfType<Guid>()
                .Distinct()
                .Select(static id => new HostChange(id)),
        ];
    }
}
