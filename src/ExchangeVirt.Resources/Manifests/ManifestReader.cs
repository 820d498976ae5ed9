using System.Text;

namespace ExchangeVirt.Resources.Manifests;

/// <summary>Reads manifests, YAML or JSON, and reports every problem at once with its file and line.</summary>
/// <remarks>No bytes make it throw: a file gives entities, problems, notices, or nothing where it is empty.</remarks>
public static class ManifestReader
{
    /// <summary>The greatest file that is read, in bytes: far above what people write, far below what hurts.</summary>
    public const int MaxFileBytes = 4 * 1024 * 1024;

    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];

    private static readonly UTF8Encoding StrictUtf8 = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    /// <summary>Reads files, and below directories every .yaml, .yml and .json file that no dot hides, in order of their paths.</summary>
    /// <param name="paths">Files and directories; each names itself in problems as given here.</param>
    /// <param name="defaultNamespace">The namespace of objects that name none.</param>
    /// <param name="standardInput">Opens what the path <c>-</c> stands for. Null: it is a path as any other.</param>
    public static ManifestSet ReadPaths(
        IEnumerable<string> paths,
        string defaultNamespace = EntityReading.DefaultNamespace,
        Func<Stream>? standardInput = null
    )
    {
        var problems = new List<ManifestProblem>();
        var files = new List<ManifestFile>();
        foreach (var file in paths.SelectMany(path => Expand(path, problems)).Distinct(StringComparer.Ordinal))
        {
            if (Load(file, problems, standardInput) is { } content)
            {
                files.Add(new ManifestFile(file, content));
            }
        }

        var read = Read(files, defaultNamespace);
        return read with { Problems = [.. problems, .. read.Problems] };
    }

    /// <summary>Reads the contents of files; a name that two objects of a kind share, in whatever files, is a problem.</summary>
    /// <param name="files">The files.</param>
    /// <param name="defaultNamespace">The namespace of objects that name none.</param>
    public static ManifestSet Read(
        IEnumerable<ManifestFile> files,
        string defaultNamespace = EntityReading.DefaultNamespace
    )
    {
        var entities = new List<ManifestEntity>();
        var problems = new List<ManifestProblem>();
        var notices = new List<ManifestProblem>();
        foreach (var file in files)
        {
            if (Decode(file, problems) is { } text)
            {
                var trees = YamlTreeReader.Read(
                    text,
                    (line, message) => problems.Add(new(file.Name, line, "", message))
                );
                var reader = new DocumentReader(file.Name, defaultNamespace, entities, problems, notices);
                foreach (var tree in trees)
                {
                    reader.Read(tree, "");
                }
            }
        }

        return new ManifestSet(RemoveRepeated(entities, problems), problems, notices);
    }

    /// <summary>Reads one text.</summary>
    /// <param name="name">The name for problems.</param>
    /// <param name="text">The manifest.</param>
    public static ManifestSet ReadText(string name, string text) =>
        Read([new ManifestFile(name, Encoding.UTF8.GetBytes(text))]);

    private static List<ManifestEntity> RemoveRepeated(List<ManifestEntity> entities, List<ManifestProblem> problems)
    {
        var first = new Dictionary<(string, string?, string), ManifestEntity>();
        foreach (var each in entities)
        {
            var metadata = each.Entity.Metadata;
            var key = (each.Entity.Kind, metadata.NamespaceProperty, metadata.Name);
            if (!first.TryAdd(key, each))
            {
                var name = metadata.NamespaceProperty is null
                    ? metadata.Name
                    : $"{metadata.NamespaceProperty}/{metadata.Name}";
                problems.Add(
                    new ManifestProblem(
                        each.File,
                        each.Line,
                        "metadata.name",
                        $"{each.Entity.Kind} {name} is already declared in {first[key].File}:{first[key].Line}; remove one of the two"
                    )
                );
            }
        }

        return [.. first.Values];
    }

    private static IEnumerable<string> Expand(string path, List<ManifestProblem> problems)
    {
        if (!Directory.Exists(path))
        {
            return [path];
        }

        try
        {
            return
            [
                .. Directory
                    .EnumerateFiles(path, "*", SearchOption.AllDirectories)
                    .Where(file =>
                        Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase)
                        && !Array.Exists(
                            Path.GetRelativePath(path, file).Split('/', '\\'),
                            part => part.StartsWith('.')
                        )
                    )
                    .Order(StringComparer.Ordinal),
            ];
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            problems.Add(new ManifestProblem(path, 0, "", $"cannot be listed: {refused.Message}"));
            return [];
        }
    }

    private static byte[]? Load(string file, List<ManifestProblem> problems, Func<Stream>? standardInput)
    {
        try
        {
            using var stream = file is "-" && standardInput is not null ? standardInput() : File.OpenRead(file);
            if (stream.CanSeek && stream.Length > MaxFileBytes)
            {
                problems.Add(new ManifestProblem(file, 0, "", TooLarge(stream.Length)));
                return null;
            }

            // The length of what is no regular file is not known beforehand; one byte over the limit shows that it is passed.
            var content = new byte[(stream.CanSeek ? (int)stream.Length : MaxFileBytes) + 1];
            var length = stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            return content[..length];
        }
        catch (Exception refused)
            when (refused is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            problems.Add(new ManifestProblem(file, 0, "", $"cannot be read: {refused.Message}"));
            return null;
        }
    }

    private static string? Decode(ManifestFile file, List<ManifestProblem> problems)
    {
        if (file.Content.Length > MaxFileBytes)
        {
            problems.Add(new ManifestProblem(file.Name, 0, "", TooLarge(file.Content.Length)));
            return null;
        }

        try
        {
            return StrictUtf8.GetString(file.Content.Span).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException broken)
        {
            var line = 1 + file.Content.Span[..Math.Clamp(broken.Index, 0, file.Content.Length)].Count((byte)'\n');
            problems.Add(new ManifestProblem(file.Name, line, "", "is not UTF-8; save the file in that encoding"));
            return null;
        }
    }

    private static string TooLarge(long bytes) =>
        $"has {bytes} bytes; at most {MaxFileBytes} are read, so split the file";
}
