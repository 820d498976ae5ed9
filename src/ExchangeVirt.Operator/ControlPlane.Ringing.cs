using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Operator.Acting;
using ExchangeVirt.Operator.Observing;
using ExchangeVirt.Resources.Mapping;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime;
using ExchangeVirt.Runtime.Informers;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Operator;

/// <content>What rings where: which objects are looked at again when something changes.</content>
public sealed partial class ControlPlane
{
    private void OnFleetChange(FleetNotice notice)
    {
        _placement.HostChanged(notice.Host);
        _hosts.Enqueue(new ResourceKey(null, notice.Host));
        if (notice.WholeHost)
        {
            EnqueueAll(notice.Host);
            return;
        }

        foreach (var machine in new[] { notice.Before, notice.After })
        {
            foreach (var key in machine is null ? [] : Caches.ObjectsOf(machine))
            {
                _machines.Enqueue(key);
                EnqueueGroupOf(Caches.VirtualMachines.Get(key));
            }
        }

        if (IsMerging(notice.Before) && !IsMerging(notice.After))
        {
            // One merge for each volume: a neighbour may have waited for this one.
            EnqueueAll(notice.Host);
        }

        // Room that was given back may be what a VM without a host waits for.
        if (
            notice.After is null
            || notice.Before is null
            || notice.Before.ProcessorCount != notice.After.ProcessorCount
        )
        {
            EnqueueUnplaced();
        }
    }

    private static bool IsMerging(ObservedVirtualMachine? machine) =>
        machine?.Operation is VirtualMachineOperation.MergingDisks or VirtualMachineOperation.DeletingCheckpoint;

    private void EnqueueAll(string host)
    {
        foreach (var group in Caches.Groups.List().Where(group => group.Spec?.Witness?.Host == host))
        {
            _groups.Enqueue(group.Key());
        }

        foreach (var entity in Caches.VirtualMachines.List())
        {
            // One that is not where it was last seen may have been found on this host, or be found nowhere now.
            if (
                entity.Status?.Host is null
                || entity.Status.Host == host
                || entity.Status.Placement?.Host == host
                || !IsWhereItWas(entity.Status)
            )
            {
                _machines.Enqueue(entity.Key());
                EnqueueGroupOf(entity);
            }
        }
    }

    private bool IsWhereItWas(ExchangeVirtualMachineStatus status) =>
        Guid.TryParse(status.VirtualMachineId, out var id)
        && Fleet.ById(id) is [var seen]
        && seen.Host.Name == status.Host;

    private void EnqueueUnplaced()
    {
        foreach (var entity in Caches.WithoutHost())
        {
            _machines.Enqueue(entity.Key());
        }
    }

    private void EnqueueGroupOf(ExchangeVirtualMachine? entity)
    {
        if (entity is not null && Desired.GroupNameOf(entity) is { } group)
        {
            _groups.Enqueue(new ResourceKey(entity.Metadata.NamespaceProperty, group));
        }
    }

    private void OnOperationEnded(string host, OperationEnded ended, ActionRunner runner)
    {
        if (runner.End(ended) is { } asked)
        {
            _machines.Enqueue(new ResourceKey(asked.Namespace, asked.Name));
        }
        else if (ended.VirtualMachineId is { } id)
        {
            foreach (var key in Fleet.ById(id).SelectMany(seen => Caches.ObjectsOf(seen.Machine)).Distinct())
            {
                _machines.Enqueue(key);
            }
        }
        else
        {
            // A creation that another life of this operator asked for, and that left no VM to tell whose it was.
            EnqueueAll(host);
        }
    }

    private void OnMachineChange(ResourceChange<ExchangeVirtualMachine> change)
    {
        EnqueueGroupOf(change.Before);
        EnqueueGroupOf(change.After);
        if (change.After is null)
        {
            EnqueueUnplaced();
        }
    }

    // Whether it is a member of a DAG may be all that can be told of it, and it counts as one.
    private void OnUnreadableMachine(UnreadableResource machine)
    {
        foreach (var group in Caches.Groups.Keys().Where(group => group.Namespace == machine.Key.Namespace))
        {
            _groups.Enqueue(group);
        }
    }

    private void OnDeclarationChange()
    {
        _placement.DeclarationsChanged();
        EnqueueUnplaced();
    }

    // What is on it is out of sight from now on, or in sight again.
    private void OnUnreadableHost(UnreadableResource host)
    {
        _placement.DeclarationsChanged();
        EnqueueAll(host.Key.Name);
    }

    private void OnGroupChange(ResourceKey group)
    {
        foreach (var member in Caches.MembersOf(group.Namespace, group.Name))
        {
            _machines.Enqueue(member.Key());
        }
    }

    private void OnPolicyChange(ResourceKey policy)
    {
        _placement.DeclarationsChanged();
        foreach (var entity in Caches.UnderPolicy(policy.Name))
        {
            _machines.Enqueue(entity.Key());
        }

        foreach (var host in Caches.Hosts.List())
        {
            _hosts.Enqueue(host.Key());
        }
    }

    private void EnqueueEverything()
    {
        foreach (var key in Caches.VirtualMachines.Keys())
        {
            _machines.Enqueue(key);
        }
    }
}
