using System.Diagnostics.CodeAnalysis;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Runtime;

/// <summary>Says how a pass over one object ended and when to look again.</summary>
[SuppressMessage("Design", "CA1000", Justification = "Success and Failure are KubeOps' factory names.")]
public sealed record ReconciliationResult<T>
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private ReconciliationResult(
        T entity,
        bool isSuccess,
        bool isWaiting,
        string? errorMessage,
        Exception? error,
        TimeSpan? requeueAfter
    )
    {
        if (requeueAfter < TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(nameof(requeueAfter), requeueAfter, "A requeue lies in the future.");
        }

        Entity = entity;
        IsSuccess = isSuccess;
        IsWaiting = isWaiting;
        ErrorMessage = errorMessage;
        Error = error;
        RequeueAfter = requeueAfter;
    }

    /// <summary>The object as the pass left it.</summary>
    public T Entity { get; }

    /// <summary>Whether the pass did all it could.</summary>
    [MemberNotNullWhen(false, nameof(ErrorMessage))]
    public bool IsSuccess { get; }

    /// <summary>Whether the pass has to be repeated.</summary>
    public bool IsFailure => !IsSuccess;

    /// <summary>Whether nothing failed, and what has to come about first is not there yet: a failure that is none to be alarmed by.</summary>
    public bool IsWaiting { get; }

    /// <summary>What failed or is waited for, for the log; null on success.</summary>
    public string? ErrorMessage { get; }

    /// <summary>The cause, where there is one.</summary>
    public Exception? Error { get; }

    /// <summary>When to look again. Null: on the next change or resync; after a failure: by exponential back-off.</summary>
    public TimeSpan? RequeueAfter { get; }

    /// <summary>Ends a pass well.</summary>
    public static ReconciliationResult<T> Success(T entity, TimeSpan? requeueAfter = null) =>
        new(entity, isSuccess: true, isWaiting: false, errorMessage: null, error: null, requeueAfter);

    /// <summary>Ends a pass that has to be repeated because something is not there yet that it waits for.</summary>
    public static ReconciliationResult<T> Wait(T entity, string message, TimeSpan requeueAfter) =>
        new(entity, isSuccess: false, isWaiting: true, message, error: null, requeueAfter);

    /// <summary>Ends a pass that failed in a way that was foreseen; it is repeated.</summary>
    public static ReconciliationResult<T> Failure(
        T entity,
        string errorMessage,
        Exception? error = null,
        TimeSpan? requeueAfter = null
    ) => new(entity, isSuccess: false, isWaiting: false, errorMessage, error, requeueAfter);
}
