using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Runtime.Manifests;

/// <summary>Turns files into objects: the port behind which stand the schema and the format.</summary>
public interface IManifestParser
{
    /// <summary>
    /// Reads all files and reports every problem. Never throws for bad input. A file with a problem counts as invalid as a
    /// whole: what it declared before stays as it was.
    /// </summary>
    ManifestSet Parse(IReadOnlyList<ManifestFile> files);

    /// <summary>
    /// Judges what a manifest would make of an object that is there, such as a field that must not change. Pure. A change
    /// that is refused makes its file invalid as a whole.
    /// </summary>
    /// <param name="declared">The object as its manifest declares it now.</param>
    /// <param name="before">The object as it was last taken, as <see cref="ManifestObject.Json"/>.</param>
    /// <returns>What is wrong with the change; empty where it may be taken.</returns>
    IReadOnlyList<ManifestProblem> JudgeChange(ManifestObject declared, string before) => [];

    /// <summary>
    /// Judges new objects by what else there is, such as one that claims what another has. Pure. What is refused makes its
    /// file invalid as a whole.
    /// </summary>
    /// <param name="fresh">The objects that would be made.</param>
    /// <param name="others">All others: as they are declared now, or as they are stored where no manifest declares them.</param>
    /// <returns>What is wrong; empty where all may be made.</returns>
    IReadOnlyList<ManifestProblem> JudgeNew(
        IReadOnlyList<ManifestObject> fresh,
        IReadOnlyList<ManifestObject> others
    ) => [];

    /// <summary>Judges whether an object may be deleted. Pure.</summary>
    /// <param name="target">The object, whole.</param>
    /// <param name="stored">The objects that are there, whole; the object itself is among them.</param>
    /// <returns>Why it may not; empty where it may.</returns>
    IReadOnlyList<ManifestProblem> JudgeDeletion(ManifestObject target, IReadOnlyList<ManifestObject> stored) => [];
}

/// <summary>Holds what a set of files declares.</summary>
/// <param name="Objects">The objects, duplicates included.</param>
/// <param name="Problems">What is wrong, each with its place.</param>
public sealed record ManifestSet(IReadOnlyList<ManifestObject> Objects, IReadOnlyList<ManifestProblem> Problems);

/// <summary>Holds one declared object.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Key">Its namespace and name, with defaults applied.</param>
/// <param name="Json">The object (apiVersion, kind, metadata, spec) as JSON; of a stored one also what the store adds.</param>
/// <param name="File">The file that declares it, as in <see cref="ManifestFile.Path"/>.</param>
/// <param name="Line">The first line of the declaration, from 1.</param>
public sealed record ManifestObject(string Kind, ResourceKey Key, string Json, string File, int Line);

/// <summary>Says what is wrong with a file, and where.</summary>
/// <param name="File">The file, as in <see cref="ManifestFile.Path"/>; empty where the directory as a whole is meant.</param>
/// <param name="Line">The line, from 1; 0 where the file as a whole is meant.</param>
/// <param name="Path">The field's path, such as <c>spec.memory.size</c>; empty where none is meant.</param>
/// <param name="Message">What is wrong, what is allowed, what to do.</param>
public sealed record ManifestProblem(string File, int Line, string Path, string Message)
{
    /// <summary>Writes <c>file:line: path: message</c>, leaving out what is not known.</summary>
    public override string ToString()
    {
        var place = (File.Length, Line) switch
        {
            (0, _) => "",
            (_, 0) => $"{File}: ",
            _ => $"{File}:{Line}: ",
        };
        return Path.Length == 0 ? place + Message : $"{place}{Path}: {Message}";
    }
}
