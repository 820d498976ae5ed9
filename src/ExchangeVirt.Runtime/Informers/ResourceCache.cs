using ExchangeVirt.Runtime.Stores;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Runtime.Informers;

/// <summary>
/// Keeps the latest known state of all objects of a kind. Reads are by reference and cost nothing: what is read must not
/// be changed. Safe to read from any thread; written by its informer alone.
/// </summary>
public sealed class ResourceCache<T>
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ResourceKey, T> _objects = [];
    private readonly Dictionary<string, Index> _indexes = new(StringComparer.Ordinal);

    /// <summary>Finds an object.</summary>
    /// <returns>Null where it is not known.</returns>
    public T? Get(ResourceKey key)
    {
        lock (_lock)
        {
            return _objects.GetValueOrDefault(key);
        }
    }

    /// <summary>Lists all objects in no particular order.</summary>
    public IReadOnlyList<T> List()
    {
        lock (_lock)
        {
            return [.. _objects.Values];
        }
    }

    /// <summary>Lists the keys of all objects in no particular order.</summary>
    public IReadOnlyList<ResourceKey> Keys()
    {
        lock (_lock)
        {
            return [.. _objects.Keys];
        }
    }

    /// <summary>Adds an index, so that <see cref="ByIndex"/> finds objects by a value computed from them.</summary>
    /// <param name="name">The index' name.</param>
    /// <param name="valuesOf">Computes the values of an object; pure.</param>
    /// <exception cref="ArgumentException">There is an index of the name.</exception>
    public void AddIndex(string name, Func<T, IEnumerable<string>> valuesOf)
    {
        lock (_lock)
        {
            var index = new Index(valuesOf);
            _indexes.Add(name, index);
            foreach (var (key, entity) in _objects)
            {
                index.Add(key, entity);
            }
        }
    }

    /// <summary>Lists the objects that have a value in an index, in no particular order.</summary>
    /// <exception cref="KeyNotFoundException">There is no index of the name.</exception>
    public IReadOnlyList<T> ByIndex(string name, string value)
    {
        lock (_lock)
        {
            return [.. _indexes[name].Find(value).Select(key => _objects[key])];
        }
    }

    internal T? Set(ResourceKey key, T? entity)
    {
        lock (_lock)
        {
            if (_objects.Remove(key, out var before))
            {
                foreach (var index in _indexes.Values)
                {
                    index.Remove(key, before);
                }
            }

            if (entity is not null)
            {
                _objects.Add(key, entity);
                foreach (var index in _indexes.Values)
                {
                    index.Add(key, entity);
                }
            }

            return before;
        }
    }

    private sealed class Index(Func<T, IEnumerable<string>> valuesOf)
    {
        private readonly Dictionary<string, HashSet<ResourceKey>> _keys = new(StringComparer.Ordinal);

        public HashSet<ResourceKey> Find(string value) => _keys.GetValueOrDefault(value) ?? [];

        public void Add(ResourceKey key, T entity)
        {
            foreach (var value in valuesOf(entity))
            {
                if (!_keys.TryGetValue(value, out var keys))
                {
                    _keys.Add(value, keys = []);
                }

                keys.Add(key);
            }
        }

        public void Remove(ResourceKey key, T entity)
        {
            foreach (var value in valuesOf(entity))
            {
                if (_keys.TryGetValue(value, out var keys) && keys.Remove(key) && keys.Count == 0)
                {
                    _keys.Remove(value);
                }
            }
        }
    }
}
