using ExchangeVirt.Runtime.Informers;

namespace ExchangeVirt.Operator.Hosting;

/// <summary>One thing that must be so for a process to be well.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Problem">What is wrong; null where it is well.</param>
public sealed record HealthCheck(string Name, string? Problem);

/// <summary>What a replica knows of the lease.</summary>
/// <param name="IsHeld">Whether it holds it.</param>
/// <param name="SinceLook">How long ago it last saw it.</param>
public readonly record struct LeaseSight(bool IsHeld, TimeSpan SinceLook);

/// <summary>
/// Tells whether this process is alive (else it is started again) and whether it is ready (else nothing is sent to it). A
/// standby is ready as well: it answers the webhook, and leads within seconds.
/// </summary>
/// <param name="informers">What follows the store.</param>
/// <param name="lease">Tells of the lease; absent where none is asked for.</param>
public sealed class Health(IReadOnlyList<IInformer> informers, Func<LeaseSight>? lease = null)
{
    /// <summary>A part that neither heard nor asked for so long will not do so by itself.</summary>
    private static readonly TimeSpan s_stuck = TimeSpan.FromMinutes(10);

    /// <summary>What is cached may be so old and no older: a silent watch is given up after three minutes.</summary>
    private static readonly TimeSpan s_stale = TimeSpan.FromMinutes(4);

    /// <summary>The lease is looked at every few seconds; so long without an answer is trouble.</summary>
    private static readonly TimeSpan s_unseen = TimeSpan.FromMinutes(1);

    /// <summary>Lists what must be so for the process to go on. An API server that is away is no reason to start again.</summary>
    public IReadOnlyList<HealthCheck> Alive() =>
        [
            .. informers.Select(static informer => new HealthCheck(
                $"watch-{informer.Kind}",
                informer.SinceActive < s_stuck
                    ? null
                    : $"It has not been active for {informer.SinceActive.TotalSeconds:0} s."
            )),
        ];

    /// <summary>Lists what must be so for the process to be of use.</summary>
    public IReadOnlyList<HealthCheck> Ready() => [.. informers.Select(Watch), Leadership()];

    private static HealthCheck Watch(IInformer informer) =>
        new(
            $"watch-{informer.Kind}",
            !informer.Synced.IsCompletedSuccessfully ? "It has not been listed yet."
                : informer.SinceHeard < s_stale ? null
                : $"Nothing was heard for {informer.SinceHeard.TotalSeconds:0} s."
        );

    private HealthCheck Leadership() =>
        new(
            "leadership",
            lease?.Invoke() is { IsHeld: false } sight && sight.SinceLook >= s_unseen
                ? $"The lease was not seen for {sight.SinceLook.TotalSeconds:0} s."
                : null
        );
}
