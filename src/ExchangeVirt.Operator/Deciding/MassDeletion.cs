using System.Collections.Concurrent;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Operator.Deciding;

/// <summary>Why an object that is being deleted has to wait.</summary>
/// <param name="Reason">A stable CamelCase word.</param>
/// <param name="Message">Why, and how to go on.</param>
/// <param name="NeedsPerson">Whether only a person can end it.</param>
/// <param name="LookAgainAfter">When to look again; null: as usual.</param>
public sealed record DeletionHold(
    string Reason,
    string Message,
    bool NeedsPerson = false,
    TimeSpan? LookAgainAfter = null
)
{
    /// <summary>How a person has the object let go of and keeps its VM.</summary>
    public const string SetRetain = "To let go of the VM instead, set spec.deletionPolicy: Retain.";

    /// <summary>Gets how a person ends the wait, whatever it is for.</summary>
    public string Exit { get; init; } = SetRetain;
}

/// <summary>
/// Keeps a deletion of many from unregistering VMs: a pruned Git path deletes its objects one after the other, each as if
/// somebody had asked for it. Equal in spirit to what the manifest directory does when many files vanish.
/// </summary>
public sealed class MassDeletion(TimeProvider time)
{
    /// <summary>More than so many at once are never unregistered.</summary>
    public const int MostObjects = 10;

    /// <summary>More than this share at once, and at least two, are never unregistered.</summary>
    public const int MostPercent = 20;

    /// <summary>How long nothing more must have been deleted before anything is unregistered: the first of many looks like one alone.</summary>
    public static readonly TimeSpan Settle = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, long> _seen = new(StringComparer.Ordinal);

    /// <summary>Asks whether the VM of an object may be unregistered.</summary>
    /// <param name="entity">The object.</param>
    /// <param name="all">All VMs' objects as last heard.</param>
    /// <returns>Null where it may.</returns>
    public DeletionHold? Check(ExchangeVirtualMachine entity, IReadOnlyList<ExchangeVirtualMachine> all)
    {
        // What is heard of the others may lag behind what is known of this one.
        var asked = all.Where(other => other.Metadata.Uid != entity.Metadata.Uid)
            .Append(entity)
            .Where(DeletionPolicies.AsksToUnregister)
            .ToList();
        var deleting = asked.Where(IsCounted).ToList();
        Remember(deleting);
        if (DeletionPolicies.IsConfirmed(entity))
        {
            return null;
        }

        if (IsTooMuch(deleting.Count, asked.Count))
        {
            return new DeletionHold(
                Reasons.MassDeletion,
                $"{deleting.Count} of the {asked.Count} objects with deletionPolicy Delete are being deleted at once, which looks like an accident: no VM is unregistered. To go on with this one, annotate it with {DeletionPolicies.ConfirmationAnnotation}: {entity.Metadata.Uid}.",
                NeedsPerson: true
            );
        }

        // What another pass forgot meanwhile, because it had not heard of it yet, was deleted just now.
        var now = time.GetTimestamp();
        var latest = deleting
            .Select(one => _seen.TryGetValue(one.Metadata.Uid, out var at) ? at : now)
            .DefaultIfEmpty()
            .Max();
        return Settle - time.GetElapsedTime(latest) is { Ticks: > 0 } left
            ? new DeletionHold(
                Reasons.DeletionWaits,
                $"Its VM is unregistered once nothing more was deleted for {Settle.TotalSeconds:0} s.",
                LookAgainAfter: left
            )
            : null;
    }

    /// <summary>Tells whether so many at once are too many.</summary>
    /// <param name="deleting">How many are being deleted.</param>
    /// <param name="asked">How many there are in all.</param>
    public static bool IsTooMuch(int deleting, int asked) =>
        deleting >= 2 && (deleting > MostObjects || deleting * 100 > asked * MostPercent);

    // One that is protected is let go, and one that was confirmed is meant: neither is part of an accident.
    private static bool IsCounted(ExchangeVirtualMachine entity) =>
        entity.Metadata.DeletionTimestamp is not null
        && !DeletionPolicies.IsProtected(entity)
        && !DeletionPolicies.IsConfirmed(entity);

    // By the time since they were seen here, which no clock that is set wrongly can shorten.
    private void Remember(List<ExchangeVirtualMachine> deleting)
    {
        var uids = deleting.Select(static one => one.Metadata.Uid).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in _seen.Keys.Where(uid => !uids.Contains(uid)))
        {
            _seen.TryRemove(gone, out _);
        }

        foreach (var uid in uids)
        {
            _seen.TryAdd(uid, time.GetTimestamp());
        }
    }
}
