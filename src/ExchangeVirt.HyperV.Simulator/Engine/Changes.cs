using System.Collections.Immutable;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.CimXml;

namespace ExchangeVirt.HyperV.Simulator.Engine;

/// <summary>Finds the intrinsic events that lie between two states.</summary>
internal static class Changes
{
    /// <summary>Compares what is shown of each item before and after; items that are the same object are not looked at.</summary>
    public static IEnumerable<CimEvent> Of<T>(
        ImmutableSortedDictionary<string, T> before,
        ImmutableSortedDictionary<string, T> after,
        Func<T, IReadOnlyDictionary<CimPath, CimObject>> project
    )
        where T : class
    {
        if (ReferenceEquals(before, after))
        {
            yield break;
        }

        foreach (var (key, item) in before)
        {
            if (!after.ContainsKey(key))
            {
                foreach (var gone in project(item).Values)
                {
                    yield return new CimEvent("__InstanceDeletionEvent", gone, null);
                }
            }
        }

        foreach (var (key, item) in after)
        {
            var known = before.GetValueOrDefault(key);
            if (!ReferenceEquals(known, item))
            {
                foreach (var change in Between(known is null ? null : project(known), project(item)))
                {
                    yield return change;
                }
            }
        }
    }

    private static IEnumerable<CimEvent> Between(
        IReadOnlyDictionary<CimPath, CimObject>? before,
        IReadOnlyDictionary<CimPath, CimObject> after
    )
    {
        foreach (var (path, gone) in before ?? new Dictionary<CimPath, CimObject>())
        {
            if (!after.ContainsKey(path))
            {
                yield return new CimEvent("__InstanceDeletionEvent", gone, null);
            }
        }

        foreach (var (path, instance) in after)
        {
            if (before is null || !before.TryGetValue(path, out var previous))
            {
                yield return new CimEvent("__InstanceCreationEvent", instance, null);
            }
            else if (!Same(previous, instance))
            {
                yield return new CimEvent("__InstanceModificationEvent", instance, previous);
            }
        }
    }

    private static bool Same(CimObject left, CimObject right) =>
        ReferenceEquals(left, right)
        || (
            left.Properties.Count == right.Properties.Count
            && left.Properties.All(pair => CimValues.Same(pair.Value.Value, right[pair.Key]))
        );
}
