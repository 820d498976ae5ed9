using System.Net;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime;
using ExchangeVirt.Runtime.Kubernetes;
using ExchangeVirt.Runtime.Stores;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace ExchangeVirt.Operator.Controllers;

/// <summary>
/// Says on the object itself that a pass over it failed in a way that nobody foresaw, or was refused: else its status would go on
/// to speak of an older generation, and whoever waits for it would never learn why. A server that is away for a moment says
/// nothing about the object.
/// </summary>
public sealed partial class FailureReporting<T, TStatus>(
    IEntityController<T> inner,
    IResourceStore store,
    TimeProvider time,
    ILogger<FailureReporting<T, TStatus>> logger
) : IEntityController<T>
    where T : class, IKubernetesObject<V1ObjectMeta>, IStatus<TStatus?>
    where TStatus : ResourceStatus, new()
{
    /// <inheritdoc />
    public Task<ReconciliationResult<T>> ReconcileAsync(T entity, CancellationToken cancellationToken) =>
        WatchAsync(inner.ReconcileAsync, entity, cancellationToken);

    /// <summary>Does the same for a finalizer: an object that cannot be ended says why.</summary>
    public IEntityFinalizer<T> Around(IEntityFinalizer<T> finalizer) => new Finalizer(this, finalizer);

    /// <inheritdoc />
    public Task<ReconciliationResult<T>> DeletedAsync(T entity, CancellationToken cancellationToken) =>
        inner.DeletedAsync(entity, cancellationToken);

    private async Task<ReconciliationResult<T>> WatchAsync(
        Func<T, CancellationToken, Task<ReconciliationResult<T>>> pass,
        T entity,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await pass(entity, cancellationToken);
        }
        catch (Exception exception) when (IsWorthSaying(exception) && !cancellationToken.IsCancellationRequested)
        {
            await SayAsync(entity.Key(), exception, cancellationToken);
            throw;
        }
    }

    private static bool IsWorthSaying(Exception exception) =>
        exception is KubernetesApiException refused
            ? (int)refused.Status is >= 400 and < 500
                && refused.Status is not (HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout)
            : !ExpectedFailure.Is(exception);

    private async Task SayAsync(ResourceKey key, Exception exception, CancellationToken cancellationToken)
    {
        try
        {
            // What the pass held may be half changed.
            if (await store.GetAsync<T>(key, cancellationToken) is { } entity && !IsSaid(entity))
            {
                entity.Status = Failed(entity, exception);
                await store.UpdateStatusAsync(entity, cancellationToken);
            }
        }
        catch (Exception second) when (!cancellationToken.IsCancellationRequested)
        {
            // Where the store is what failed, the log is all there is, and it gets the first failure anyway.
            LogUnsaid(
                ExpectedFailure.StackOf(second),
                ResourceType.Of<T>().Kind,
                key,
                ExpectedFailure.Describe(second)
            );
        }
    }

    // Said once for each generation: a text that differs each time would ring for the next pass each time.
    private static bool IsSaid(T entity) =>
        entity.Status?.Conditions?.Any(condition =>
            condition is { Type: ConditionTypes.Ready, Reason: Reasons.PassFailed }
            && condition.ObservedGeneration == (entity.Metadata.Generation ?? 0)
        ) == true;

    private TStatus Failed(T entity, Exception exception)
    {
        var generation = entity.Metadata.Generation ?? 0;
        var message =
            $"A pass over it failed: {exception.Message} ({exception.GetType().Name}). It is repeated, ever more rarely; the operator's log has the whole story.";
        ResourceStatus before = entity.Status ?? new TStatus();
        return (TStatus)(
            before with
            {
                ObservedGeneration = generation,
                Conditions = Conditions.Amended(
                    before.Conditions,
                    [
                        new Finding(ConditionTypes.Ready, false, Reasons.PassFailed, message),
                        new Finding(ConditionTypes.Reconciling, true, Reasons.PassFailed, message),
                    ],
                    [ConditionTypes.Stalled],
                    generation,
                    time.GetUtcNow()
                ),
            }
        );
    }

    [LoggerMessage(
        EventId = 1031,
        Level = LogLevel.Warning,
        Message = "That a pass over {Kind} {Key} failed could not be said in its status: {Problem}"
    )]
    private partial void LogUnsaid(Exception? exception, string kind, ResourceKey key, string problem);

    private sealed class Finalizer(FailureReporting<T, TStatus> outer, IEntityFinalizer<T> inner) : IEntityFinalizer<T>
    {
        public string Identifier => inner.Identifier;

        public Task<ReconciliationResult<T>> FinalizeAsync(T entity, CancellationToken cancellationToken) =>
            outer.WatchAsync(inner.FinalizeAsync, entity, cancellationToken);
    }
}
