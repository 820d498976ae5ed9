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

    private readonly ConcurrentDictionary<ObjectKey, ImmutableSortedDictionary<string, ActionFailure>> _failures = new();

    /// <summary>Notes a failure.</summary>
    public void Add(ObjectKey key, string action, string? setting, AgentFault fault) =>
        _failures.AddOrUpdate(
            key,
            _ => ImmutableSortedDictionary.Create<string, ActionFailure>(StringComparer.Ordinal).Add(action, Next(action, setting, fault, 1)),
            (_, all) => all.SetItem(action, Next(action, setting, fault, all.TryGetValue(action, out var before) ? before.Count + 1 : 1))
        );

    /// <summary>Notes that an action which the agent had accepted failed in the end.</summary>
    public void AddLate(ObjectKey key, string action, AgentFault fault)
    {
        var before = Of(key).FirstOrDefault(failure => failure.Action == action);
        Add(key, action, before?.Setting, fault);
    }

    /// <summary>Notes that an action went well.</summary>
    public void Clear(ObjectKey key, string action)
    {
        if (_failures.TryGetValue(key, out var all) && all.ContainsKey(action))
        {
            _failures.AddOrUpdate(
                key,
                static (_, _) => ImmutableSortedDictionary<string, ActionFailure>.Empty,
                static (_, failures, name) => failures.Remove(name),
                action
            );
        }
    }

    /// <summary>Forgets a VM whose declared object is gone.</summary>
    public void Forget(ObjectKey key) => _failures.TryRemove(key, out _);

    /// <summary>Lists a VM's failures, also those whose retry is due.</summary>
    public IReadOnlyList<ActionFailure> Of(ObjectKey key) =>
        _failures.TryGetValue(key, out var all) ? [.. all.Values] : [];

    private ActionFailure Next(string action, string? setting, AgentFault fault, int count) =>
        new(action, setting, fault, count, time.GetUtcNow() + s_backoff.Delay(count, chance()));
}
