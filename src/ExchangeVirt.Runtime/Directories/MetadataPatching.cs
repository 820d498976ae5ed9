using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Runtime.Directories;

/// <summary>Applies a controller's metadata patch to what is stored. Pure.</summary>
internal static class MetadataPatching
{
    /// <returns>The same instance where the patch changes nothing.</returns>
    public static StoredObject Apply(StoredObject entry, MetadataPatch patch)
    {
        var patched = entry;
        if (patch.Finalizers is { } finalizers && !finalizers.SequenceEqual(entry.Finalizers, StringComparer.Ordinal))
        {
            patched = patched with { Finalizers = [.. finalizers.Distinct(StringComparer.Ordinal)] };
        }

        foreach (var (name, value) in patch.SetAnnotations)
        {
            if (!patched.Annotations.TryGetValue(name, out var before) || before != value)
            {
                patched = patched with { Annotations = patched.Annotations.SetItem(name, value) };
            }
        }

        foreach (var name in patch.RemoveAnnotations)
        {
            if (patched.Annotations.ContainsKey(name))
            {
                patched = patched with { Annotations = patched.Annotations.Remove(name) };
            }

            if (
                ObjectView.DeclaredAnnotation(entry, name) is { } declared
                && patched.RemovedAnnotations.GetValueOrDefault(name) != declared
            )
            {
                patched = patched with { RemovedAnnotations = patched.RemovedAnnotations.SetItem(name, declared) };
            }
        }

        return patched;
    }
}
