using ExchangeVirt.Domain.Gating;
using ExchangeVirt.Operator.Observing;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Resources.Mapping;
using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime;
using ExchangeVirt.Runtime.Events;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Operator.Controllers;

/// <summary>Keeps the connection to one host's agent, and says in status what it sees.</summary>
public sealed class HostController(
    IResourceStore store,
    Caches caches,
    FleetView fleet,
    HostConnections connections,
    EventRecorder events,
    TimeProvider time
) : IEntityController<HyperVHost>
{
    private readonly FigurePace _pace = new(time);

    /// <inheritdoc />
    public async Task<ReconciliationResult<HyperVHost>> ReconcileAsync(
        HyperVHost entity,
        CancellationToken cancellationToken
    )
    {
        var name = entity.Metadata.Name;
        var problem = ProblemOf(entity);
        if (problem is { Reason: Reasons.Invalid })
        {
            await connections.RefuseAsync(name, problem.Reason, problem.Message);
        }
        else
        {
            var endpoint = new Uri(entity.Spec.Agent.Endpoint);
            await connections.EnsureAsync(name, endpoint, entity.Spec.Agent.ServerName ?? endpoint.Host);
        }

        var now = time.GetUtcNow();
        var view = fleet.Host(name) ?? HostView.Unknown(name, now);
        var before = entity.Status;
        if (
            before?.Conditions is not null
            && before.ObservedGeneration == entity.Metadata.Generation
            && view.FirstWordDue(now) is { } due
        )
        {
            return ReconciliationResult<HyperVHost>.Success(entity, due);
        }

        var wait = _pace.WaitOf(name);
        entity.Status = HostReport.For(
            entity,
            view,
            caches.DefinitionOf(entity),
            problem,
            figuresMayMove: wait is null,
            now
        );
        _pace.Note(name, before, entity.Status);
        entity = await store.UpdateStatusAsync(entity, cancellationToken);
        foreach (var (condition, good) in Transitions.Of(before?.Conditions, entity.Status!.Conditions))
        {
            await events.RecordAsync(
                entity,
                good ? EventType.Normal : EventType.Warning,
                condition.Reason,
                $"{condition.Type} is {condition.Status}: {condition.Message}",
                cancellationToken
            );
        }

        return ReconciliationResult<HyperVHost>.Success(entity, wait);
    }

    /// <inheritdoc />
    public async Task<ReconciliationResult<HyperVHost>> DeletedAsync(
        HyperVHost entity,
        CancellationToken cancellationToken
    )
    {
        await connections.ForgetAsync(entity.Metadata.Name);
        _pace.Forget(entity.Metadata.Name);
        return ReconciliationResult<HyperVHost>.Success(entity);
    }

    private HostProblem? ProblemOf(HyperVHost entity)
    {
        if (Soundness.Describe(Soundness.Check(entity)) is { } unsound)
        {
            return new HostProblem(
                Reasons.Invalid,
                $"{unsound} The host is not connected to, and what was last seen on it may still run. Correct the manifest."
            );
        }

        var name = Desired.PolicyNameOf(entity);
        if (caches.WhatIsWrongWithPolicy(name) is { } wrong)
        {
            return new HostProblem(
                GateReasons.PolicyInvalid,
                $"The VirtualizationPolicy '{name}' cannot be followed: {wrong} Correct it; until then the built-in values judge the host, and nothing is placed on it."
            );
        }

        return caches.PolicyOf(entity) is null && name != Desired.DefaultPolicy
            ? new HostProblem(
                Reasons.UnknownPolicy,
                $"spec.policyName names the VirtualizationPolicy '{name}', which does not exist. Apply it, or correct the name; until then the built-in values judge the host, and nothing is placed on it."
            )
            : null;
    }
}
