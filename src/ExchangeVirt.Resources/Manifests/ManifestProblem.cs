using k8s;
using k8s.Models;

namespace ExchangeVirt.Resources.Manifests;

/// <summary>One thing that is wrong in a manifest.</summary>
/// <param name="File">The file, as it was named to the reader.</param>
/// <param name="Line">The line, from 1 on; 0 where the file as a whole is meant.</param>
/// <param name="Path">The field, such as <c>spec.disks[1].name</c>; empty for the document itself.</param>
/// <param name="Message">What is wrong and what is allowed.</param>
/// <param name="Rule">The id of the cross-field rule, or null where the schema is violated.</param>
public sealed record ManifestProblem(string File, int Line, string Path, string Message, string? Rule = null)
{
    /// <summary>Says it in one line: <c>file:line: path: what is wrong, what is allowed</c>.</summary>
    public override string ToString()
    {
        var path = Path.Length == 0 ? "" : $"{Path}: ";
        var rule = Rule is null ? "" : $" ({Rule})";
        return $"{File}:{Line}: {path}{Message}{rule}";
    }
}

/// <summary>One entity with the place that declares it.</summary>
/// <param name="Entity">The entity; schema and rules hold for it.</param>
/// <param name="File">The file, as it was named to the reader.</param>
/// <param name="Line">The line where its document begins, from 1 on.</param>
public sealed record ManifestEntity(IKubernetesObject<V1ObjectMeta> Entity, string File, int Line);

/// <summary>The content of one manifest file.</summary>
/// <param name="Name">Its name, for problems.</param>
/// <param name="Content">Its bytes.</param>
public sealed record ManifestFile(string Name, ReadOnlyMemory<byte> Content);

/// <summary>What was read from a set of manifest files.</summary>
/// <param name="Entities">The sound entities in order of files and documents.</param>
/// <param name="Problems">All that is wrong.</param>
/// <param name="Notices">What was left aside and is not wrong: other groups' objects, a status.</param>
public sealed record ManifestSet(
    IReadOnlyList<ManifestEntity> Entities,
    IReadOnlyList<ManifestProblem> Problems,
    IReadOnlyList<ManifestProblem> Notices
);
