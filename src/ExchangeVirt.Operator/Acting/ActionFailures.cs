using System.Collections.Concurrent;
using System.Collections.Immutable;
using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Runtime.Queueing;

namespace ExchangeVirt.Operator.Acting;

/// <summary>An action that a host refused or failed, and when it is tried again.</summary>
/// <param name="Action">The action's name.</param>
/// <param name="Setting">The setting it was for; null for a power step.</param>
/// <param name="Fault">What the host said.</param>
/// <param name="Count">How often in a row.</param>
/// <param name="RetryAt">When it is tried again.</param>
public sealed record ActionFailure(string Action, string? Setting, AgentFault Fault, int Count, DateTimeOffset RetryAt);

/// <summary>
/// Remembers which actions failed of late, so that one that fails again and again is tried ever more rarely and holds nothing
/// else back. Losing it costs one early retry.
/// </summary>
public sealed class ActionFailures(TimeProvider time, Func<double> chance)
{
    private static readonly Backoff s_backoff = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));

    /// <summary>The wall clock is set by so much all the time, and a time that was told stays as it was told.</summary>
    private static readonly TimeSpan s_steady = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<ObjectKey, ImmutableSortedDictionary<(string, string), Noted>> _failures =
        new();

    /// <summary>Notes a failure. The same action for another setting (another disk) is another matter.</summary>
    public void Add(ObjectKey key, string action, string? setting, AgentFault fault)
    {
        var id = IdOf(action, setting);
        _failures.AddOrUpdate(
            key,
            _ => ImmutableSortedDictionary<(string, string), Noted>.Empty.Add(id, Next(action, setting, fault, 1)),
            (_, all) =>
                all.SetItem(
                    id,
                    Next(action, setting, fault, all.TryGetValue(id, out var before) ? before.Failure.Count + 1 : 1)
                )
        );
    }

    /// <summary>Notes that an action went well.</summary>
    public void Clear(ObjectKey key, string action, string? setting)
    {
        var id = IdOf(action, setting);
        if (_failures.TryGetValue(key, out var all) && all.ContainsKey(id))
        {
            _failures.AddOrUpdate(
                key,
                static (_, _) => ImmutableSortedDictionary<(string, string), Noted>.Empty,
                static (_, failures, gone) => failures.Remove(gone),
                id
            );
        }
    }

    /// <summary>Forgets a VM whose declared object is gone.</summary>
    public void Forget(ObjectKey key) => _failures.TryRemove(key, out _);

    /// <summary>Lists a VM's failures, also those whose retry is due.</summary>
    public IReadOnlyList<ActionFailure> Of(ObjectKey key) =>
        _failures.TryGetValue(key, out var all) ? [.. all.Values.Select(InTheClockOfNow)] : [];

    private static (string Action, string Setting) IdOf(string action, string? setting) => (action, setting ?? "");

    private Noted Next(string action, string? setting, AgentFault fault, int count)
    {
        var delay = s_backoff.Delay(count, chance());
        return new Noted(
            new ActionFailure(action, setting, fault, count, time.GetUtcNow() + delay),
            time.GetTimestamp(),
            delay
        );
    }

    // How long is waited does not hang on the wall clock: one that was set back a day would make a day of a second.
    private ActionFailure InTheClockOfNow(Noted noted)
    {
        var due = time.GetUtcNow() + noted.Delay - time.GetElapsedTime(noted.Since);
        return (due - noted.Failure.RetryAt).Duration() <= s_steady
            ? noted.Failure
            : noted.Failure with
            {
                RetryAt = due,
            };
    }

    /// <summary>A failure with when it was noted, by this machine's own clock, and how long is waited from then on.</summary>
    private sealed record Noted(ActionFailure Failure, long Since, TimeSpan Delay);
}
