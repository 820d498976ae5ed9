using System.Text.Json.Nodes;
using ExchangeVirt.Resources.Manifests;
using ExchangeVirt.Resources.Rules;
using k8s;
using k8s.Models;
using YamlDotNet.Serialization;

namespace ExchangeVirt.Tests.Corpus;

/// <summary>
/// One manifest with what every judge is expected to say of it. Where a judge cannot know, or knows better, its line says
/// so and why.
/// </summary>
public sealed record CorpusCase
{
    private static readonly IDeserializer s_texts = new DeserializerBuilder().Build();

    private static readonly Lazy<IReadOnlyDictionary<string, CorpusCase>> s_all = new(() =>
        Directory.EnumerateDirectories(Folder()).Select(Load).ToDictionary(each => each.Id)
    );

    /// <summary>Gets all cases, by id.</summary>
    public static IReadOnlyDictionary<string, CorpusCase> All => s_all.Value;

    /// <summary>Gets the name of its folder.</summary>
    public required string Id { get; init; }

    /// <summary>Gets what is wrong or right, in words.</summary>
    public required string Says { get; init; }

    /// <summary>Gets Create, Update or Delete.</summary>
    public required string Operation { get; init; }

    /// <summary>Gets what a judge who knows everything says.</summary>
    public required Expectation Verdict { get; init; }

    /// <summary>Gets the rule in question; <c>schema</c> for the schema itself, null where nothing is wrong.</summary>
    public string? Rule { get; init; }

    /// <summary>Gets what becomes of unknown references.</summary>
    public UnknownReferences Unknown { get; init; }

    /// <summary>Gets whether the version before breaks rules that were not there when it was stored.</summary>
    public bool IsFromBefore { get; init; }

    /// <summary>Gets the manifest; of a deletion, what is deleted.</summary>
    public required string Object { get; init; }

    /// <summary>Gets the manifest before; null where the object is new.</summary>
    public string? Before { get; init; }

    /// <summary>Gets the manifests of the objects around it; empty where there are none.</summary>
    public required string Others { get; init; }

    /// <summary>Gets what each judge says.</summary>
    public required IReadOnlyDictionary<string, Expectation> Judges { get; init; }

    /// <summary>Reads the objects around it, which are sound.</summary>
    public IReadOnlyList<IKubernetesObject<V1ObjectMeta>> ReadOthers()
    {
        var read = ManifestReader.ReadText("others.yaml", Others);
        Assert.Empty(read.Problems);
        return [.. read.Entities.Select(static each => each.Entity)];
    }

    /// <summary>Types a manifest as YAML 1.2 does and a client sends it.</summary>
    public static JsonObject ToJson(string manifest)
    {
        var tree = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build();
        var json = new SerializerBuilder()
            .JsonCompatible()
            .Build()
            .Serialize(tree.Deserialize(manifest) ?? throw new InvalidOperationException("The manifest is empty."));
        return JsonNode.Parse(json)!.AsObject();
    }

    private static CorpusCase Load(string folder)
    {
        var texts = s_texts.Deserialize<Dictionary<string, object>>(
            File.ReadAllText(Path.Combine(folder, "case.yaml"))
        );
        var judges = (Dictionary<object, object>)texts["judges"];
        var paths = Text("path")?.Split(", ") ?? [];
        return new CorpusCase
        {
            Id = Path.GetFileName(folder),
            Says = Text("case")!,
            Operation = Text("operation")!,
            Verdict = Expectation.Parse(Text("verdict")!, paths),
            Rule = Text("rule"),
            Unknown = Enum.Parse<UnknownReferences>(Text("unknownReferences") ?? "Warn"),
            IsFromBefore = texts.ContainsKey("before"),
            Object = Read("object.yaml")!,
            Before = Read("before.yaml"),
            Others = Read("others.yaml") ?? "",
            Judges = judges.ToDictionary(
                static each => (string)each.Key,
                each => Expectation.Parse((string)each.Value, paths)
            ),
        };

        string? Text(string key) => texts.GetValueOrDefault(key) as string;

        string? Read(string file) =>
            Path.Combine(folder, file) is var path && File.Exists(path) ? File.ReadAllText(path) : null;
    }

    private static string Folder()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "ExchangeVirtOperator.sln")))
        {
            root = root.Parent;
        }

        return root is null
            ? throw new InvalidOperationException("The tests run outside of the repository.")
            : Path.Combine(root.FullName, "tests", "testassets", "corpus");
    }
}

/// <summary>What a judge is expected to say.</summary>
/// <param name="Word"><c>refuses</c>, <c>accepts</c>, <c>warns</c>, or <c>-</c> where it is not asked.</param>
/// <param name="Paths">The fields that it names.</param>
/// <param name="Because">Why it says something else than one who knows everything; null where it does not.</param>
public sealed record Expectation(string Word, IReadOnlyList<string> Paths, string? Because)
{
    /// <summary>Reads <c>WORD[ at PATH][: BECAUSE]</c>.</summary>
    public static Expectation Parse(string text, IReadOnlyList<string> paths)
    {
        var (said, because) = text.Split(": ", 2) is [var head, var reason] ? (head, reason) : (text, null);
        var (word, at) = said.Split(" at ", 2) is [var first, var place] ? (first, place) : (said, null);
        return new Expectation(word, word is "refuses" or "warns" ? at?.Split(", ") ?? paths : [], because);
    }
}

/// <summary>What a judge said.</summary>
/// <param name="Word"><c>refuses</c>, <c>accepts</c> or <c>warns</c>.</param>
/// <param name="Said">Each problem: the field, and the sentence with the rule's id in it.</param>
public sealed record Judgement(string Word, IReadOnlyList<(string Path, string Message)> Said)
{
    /// <summary>Gets that nothing was found.</summary>
    public static Judgement Accepted { get; } = new("accepts", []);

    /// <summary>Fails where a judge did not say what the corpus expects of it.</summary>
    public void AssertIs(CorpusCase expected, string judge)
    {
        var expectation = expected.Judges[judge];
        var about = $"{expected.Id} ({expected.Says}): {judge} {Word}: {string.Join("; ", Said)}";
        Assert.True(expectation.Word == Word, about);
        Assert.True(
            expectation.Paths.Order().SequenceEqual(Said.Select(static each => each.Path).Distinct().Order()),
            $"{about}; expected at {string.Join(", ", expectation.Paths)}"
        );
        if (expected.Rule is { } rule and not ObjectReader.SchemaRule && Word is not "accepts")
        {
            Assert.True(Said.Any(each => each.Message.Contains(rule, StringComparison.Ordinal)), about);
        }
    }
}
