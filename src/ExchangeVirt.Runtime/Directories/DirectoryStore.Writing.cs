using ExchangeVirt.Runtime.Manifests;
using ExchangeVirt.Runtime.Stores;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Runtime.Directories;

/// <content>How objects change: on the disk first, then in memory, then for watchers.</content>
public sealed partial class DirectoryStore
{
    private StoredObject? Find(ObjectId id) => _objects.GetValueOrDefault(id) is { Ended: false } entry ? entry : null;

    private StoredObject Current_NeedsLock<T>(T entity)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        Current_NeedsLock(
            new ObjectId(ResourceType.Of<T>().Kind, entity.Key()),
            entity.Metadata.Uid,
            entity.Metadata.ResourceVersion
        );

    private StoredObject Current_NeedsLock(ObjectId id, string? uid, string? version)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var entry = Find(id) ?? throw new ResourceNotFoundException($"{id} does not exist (any more).");
        if (uid != entry.Uid || version != Text(entry.ResourceVersion))
        {
            throw new ResourceConflictException(
                $"{id} is at version {entry.ResourceVersion}, the write was made from {version ?? "none"}."
            );
        }

        return entry;
    }

    private StoredObject Patch_NeedsLock(StoredObject entry, MetadataPatch patch)
    {
        var patched = MetadataPatching.Apply(entry, patch);
        return ReferenceEquals(patched, entry) ? entry
            : patched is { DeletionTimestamp: not null, Finalizers.IsEmpty: true } ? End_NeedsLock(patched)
            : Put_NeedsLock(patched);
    }

    private StoredObject Put_NeedsLock(StoredObject entry)
    {
        var isNew = Find(entry.Id) is null;
        var written = entry with { ResourceVersion = _files.NextVersion() };
        _files.Save(written);
        _objects[written.Id] = written;
        _history.Add(isNew ? ResourceEventType.Added : ResourceEventType.Modified, written, written.ResourceVersion);
        return written;
    }

    private bool Delete_NeedsLock(ObjectId id)
    {
        if (Find(id) is not { } entry)
        {
            return false;
        }

        if (entry.DeletionTimestamp is null)
        {
            // As Kubernetes does it: being deleted is something new to act on.
            var deleted = entry with
            {
                DeletionTimestamp = _time.GetUtcNow(),
                Generation = entry.Generation + 1,
            };
            _ = deleted.Finalizers.IsEmpty ? End_NeedsLock(deleted) : Put_NeedsLock(deleted);
        }

        return true;
    }

    private StoredObject End_NeedsLock(StoredObject entry)
    {
        var last = entry with { ResourceVersion = _files.NextVersion() };
        if (last.Vanished)
        {
            _files.Remove(last);
            _objects.Remove(last.Id);
        }
        else
        {
            // Its manifest may still be there and must not bring it back.
            var ended = last with
            {
                Ended = true,
            };
            _files.Save(ended);
            _objects[last.Id] = ended;
        }

        _decideAgain = true;
        _history.Add(ResourceEventType.Deleted, last, last.ResourceVersion);
        return last;
    }

    private void Declare_NeedsLock(ManifestObject declared)
    {
        var manifest = new RawJson(CanonicalJson.Of(declared.Json));
        var id = new ObjectId(declared.Kind, declared.Key);
        if (Find(id) is not { } entry)
        {
            Put_NeedsLock(New(declared, manifest));
            return;
        }

        var current = entry with { File = declared.File, Line = declared.Line };
        if (entry.Manifest == manifest && !entry.Vanished)
        {
            // Where it is declared is no part of the object: a moved file changes nothing that anyone watches.
            if (current != entry)
            {
                _files.Save(current);
                _objects[id] = current;
            }

            return;
        }

        var isAskedAnew = CanonicalJson.Asked(entry.Manifest.Text) != CanonicalJson.Asked(manifest.Text);
        Put_NeedsLock(
            current with
            {
                Manifest = manifest,
                Vanished = false,
                Generation = isAskedAnew ? entry.Generation + 1 : entry.Generation,
            }
        );
    }

    private StoredObject New(ManifestObject declared, RawJson manifest) =>
        new()
        {
            Kind = declared.Kind,
            Namespace = declared.Key.Namespace,
            Name = declared.Key.Name,
            Uid = _newUid().ToString(),
            Generation = 1,
            CreationTimestamp = _time.GetUtcNow(),
            Manifest = manifest,
            File = declared.File,
            Line = declared.Line,
        };
}
