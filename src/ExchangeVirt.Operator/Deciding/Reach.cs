using ExchangeVirt.Operator.Observing;

namespace ExchangeVirt.Operator.Deciding;

/// <summary>Whether the hosts that may hold the VM of a deleted object can be asked. Pure.</summary>
public abstract record Reach
{
    /// <summary>
    /// How long nothing must have been heard of a host before its VM is let go of: counted from the deletion, and from when the
    /// host fell silent or this operator began to listen.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    private Reach() { }

    /// <summary>Its VM is seen on a host that answers.</summary>
    public sealed record Here : Reach;

    /// <summary>Every host answers, and none has it.</summary>
    public sealed record Nowhere : Reach;

    /// <summary>The host that it is bound to is not declared any more.</summary>
    /// <param name="Host">Its name.</param>
    public sealed record Undeclared(string Host) : Reach;

    /// <summary>Hosts that may hold it do not answer.</summary>
    /// <param name="Hosts">Which.</param>
    /// <param name="Until">When it is let go of.</param>
    public sealed record Silent(IReadOnlyList<HostView> Hosts, DateTimeOffset Until) : Reach;

    /// <summary>Finds out.</summary>
    /// <param name="situation">The situation of the object that is being deleted.</param>
    /// <param name="isDeclared">Tells whether a host is declared.</param>
    public static Reach Of(Situation situation, Func<string, bool> isDeclared)
    {
        var sighting = situation.Sighting;
        if (sighting.Seen is { Host.Reachable: true } seen && isDeclared(seen.Host.Name))
        {
            return new Here();
        }

        if ((sighting.Seen?.Host.Name ?? sighting.BoundHostName) is { } host && !isDeclared(host))
        {
            return new Undeclared(host);
        }

        IReadOnlyList<HostView> silent = sighting.Seen is { } lost ? [lost.Host] : sighting.OutOfSight;
        if (silent.Count == 0)
        {
            return new Nowhere();
        }

        var since = silent
            .Select(static view => view.Since)
            .Append(
                situation.Entity.Metadata.DeletionTimestamp is { } deleted
                    ? new DateTimeOffset(DateTime.SpecifyKind(deleted, DateTimeKind.Utc))
                    : situation.Now
            )
            .Max();
        return new Silent(silent, since + Patience);
    }
}
