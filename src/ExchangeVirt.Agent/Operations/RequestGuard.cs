using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Agent.State;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.HyperV;

namespace ExchangeVirt.Agent.Operations;

/// <summary>Refuses what this agent must not do, whoever asks: above all, touching a VM that is not bound.</summary>
/// <param name="driver">The host.</param>
/// <param name="binding">The installation that is obeyed.</param>
public sealed class RequestGuard(IHyperVDriver driver, InstallationBinding binding)
{
    private static readonly TimeSpan s_longestTimeout = TimeSpan.FromHours(24);

    /// <summary>Checks what can be told from the request alone.</summary>
    /// <exception cref="AgentFaultException">It is wrong.</exception>
    public static void CheckShape(ApplyRequest request, InstallationEpoch epoch)
    {
        List<string> problems = [];
        if (request.OperationId.Length is 0 or > 128)
        {
            problems.Add("operation_id must have 1 to 128 characters.");
        }

        if (request.Timeout <= TimeSpan.Zero || request.Timeout > s_longestTimeout)
        {
            problems.Add("timeout must be above zero and at most 24 hours.");
        }

        if (request.Binding.Name.Length == 0)
        {
            problems.Add("binding.name is missing.");
        }

        if (request.Action is CreateVirtualMachine)
        {
            if (request.VirtualMachineId is not null || request.ExpectedFingerprint is not null)
            {
                problems.Add("a VM that is to be created has neither virtual_machine_id nor expected_fingerprint yet.");
            }
        }
        else if (request.VirtualMachineId is null || string.IsNullOrEmpty(request.ExpectedFingerprint))
        {
            problems.Add("virtual_machine_id and expected_fingerprint are required for all but creation.");
        }

        var mark = request.Action switch
        {
            CreateVirtualMachine create => create.Blueprint.Owner,
            MarkOwner adopt => adopt.Owner,
            _ => null,
        };
        if (mark is not null && mark != new OwnerMark(epoch.Installation, request.Binding))
        {
            problems.Add("the owner mark must name the calling installation and the binding.");
        }

        if (problems.Count > 0)
        {
            throw Faults.Refuse(
                AgentFaultKind.InvalidArgument,
                "InvalidRequest",
                $"{request.Action.Name} {request.OperationId}: {string.Join(' ', problems)}",
                request.VirtualMachineId
            );
        }
    }

    /// <summary>Checks, on the host as it is now, that the VM may be acted on.</summary>
    /// <exception cref="AgentFaultException">It may not.</exception>
    /// <exception cref="HyperVException">The host cannot be read.</exception>
    public async Task CheckHostAsync(ApplyRequest request, InstallationEpoch epoch, CancellationToken cancellationToken)
    {
        var mark = new OwnerMark(epoch.Installation, request.Binding);
        if (request.VirtualMachineId is not { } id)
        {
            await RefuseSecondCreationAsync(mark, cancellationToken);
            return;
        }

        var machine =
            await driver.ReadVirtualMachineAsync(id, cancellationToken)
            ?? throw Faults.Refuse(
                AgentFaultKind.NotFound,
                "VirtualMachineNotFound",
                $"No VM {id} is on this host. Observe, then plan afresh.",
                id
            );
        if (
            machine.ReplicationMode
            is ReplicationMode.Replica
                or ReplicationMode.TestReplica
                or ReplicationMode.ExtendedReplica
        )
        {
            throw Faults.Refuse(
                AgentFaultKind.Forbidden,
                "ReplicaCopy",
                $"«{machine.Name}» is a Hyper-V Replica copy ({machine.ReplicationMode}), which is never acted on.",
                id
            );
        }

        RefuseForeign(request, machine, mark);
    }

    private void RefuseForeign(ApplyRequest request, ObservedVirtualMachine machine, OwnerMark mark)
    {
        if (machine.Owner == mark)
        {
            return;
        }

        if (request.Action is not MarkOwner)
        {
            throw Faults.Refuse(
                AgentFaultKind.Forbidden,
                "VirtualMachineNotBound",
                $"«{machine.Name}» ({machine.Id}) is "
                    + (machine.Owner is { } other ? $"bound to {other.Object} of {other.Installation}" : "not bound")
                    + $", so {request.Action.Name} for {mark.Object} is refused. Only VMs that were created or adopted are acted on.",
                machine.Id
            );
        }

        // A mark of an installation that a person replaced on this host may be taken over, of a living one never.
        if (machine.Owner is { } owner && !binding.Previous.Contains(owner.Installation))
        {
            throw Faults.Refuse(
                AgentFaultKind.Forbidden,
                "OwnedByAnother",
                $"«{machine.Name}» ({machine.Id}) is already bound to {owner.Object} of {owner.Installation}. Remove the "
                    + "exchangevirt line from its Notes if that is over.",
                machine.Id
            );
        }
    }

    private async Task RefuseSecondCreationAsync(OwnerMark mark, CancellationToken cancellationToken)
    {
        var host = await driver.ReadHostAsync(cancellationToken);
        // One whose creation was cut off is completed by asking for it again.
        if (
            host.VirtualMachines.FirstOrDefault(machine => machine.Owner == mark && !machine.CreationIncomplete) is
            { } there
        )
        {
            throw Faults.Refuse(
                AgentFaultKind.FailedPrecondition,
                "AlreadyCreated",
                $"«{there.Name}» ({there.Id}) is bound to {mark.Object} already; a second one is never made.",
                there.Id
            );
        }
    }
}
