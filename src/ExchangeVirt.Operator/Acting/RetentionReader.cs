using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Operator.Acting;

/// <summary>What becomes of the VM of a deleted object.</summary>
public abstract record Retention
{
    private Retention() { }

    /// <summary>It stays.</summary>
    /// <param name="Reason">What is told in an event; null where the manifest itself says so.</param>
    /// <param name="Why">Why.</param>
    public sealed record Retain(string? Reason, string Why) : Retention;

    /// <summary>It is unregistered.</summary>
    public sealed record Unregister : Retention;

    /// <summary>That cannot be told now.</summary>
    /// <param name="Message">Why.</param>
    public sealed record Untold(string Message) : Retention;
}

/// <summary>Finds out what becomes of the VM of a deleted object: nothing is unregistered that nobody asked for.</summary>
public sealed class RetentionReader(IResourceStore store)
{
    /// <summary>Reads the manifest, and whether the object goes only because its namespace or kind does.</summary>
    public async Task<Retention> ReadAsync(ExchangeVirtualMachine entity, CancellationToken cancellationToken)
    {
        if (!DeletionPolicies.AsksToUnregister(entity))
        {
            return new Retention.Retain(Reason: null, "");
        }

        if (DeletionPolicies.IsProtected(entity))
        {
            return new Retention.Retain(
                EventReasons.RetainedByProtection,
                $"It bears the annotation {DeletionPolicies.ProtectionAnnotation}"
            );
        }

        try
        {
            return
                await store.FindScopeEndingAsync<ExchangeVirtualMachine>(entity.Key(), cancellationToken) is { } ending
                ? new Retention.Retain(EventReasons.RetainedOnTeardown, $"{ending} is being deleted")
                : new Retention.Unregister();
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return new Retention.Untold(
                $"It cannot be told whether its namespace or its kind is being deleted with it ({exception.Message}), and then its VM would have to stay."
            );
        }
    }
}
