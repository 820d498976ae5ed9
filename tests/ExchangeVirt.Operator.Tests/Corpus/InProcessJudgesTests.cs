using System.Text.Json;
using System.Text.Json.Nodes;
using ExchangeVirt.Cli.Linting;
using ExchangeVirt.Operator.Admission;
using ExchangeVirt.Resources.Manifests;
using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime.Directories;
using ExchangeVirt.Runtime.Stores;
using ExchangeVirt.Tests.Corpus;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ExchangeVirt.Operator.Tests.Corpus;

/// <summary>The judges that are ours alone: lint, the directory, and the webhook's handler.</summary>
public class InProcessJudgesTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static TheoryData<string> Lint => AskedOf("lint");

    public static TheoryData<string> InDirectory => AskedOf("directory");

    public static TheoryData<string> Webhook => AskedOf("webhook");

    [Theory]
    [MemberData(nameof(Lint))]
    public void Lint_judges_as_the_corpus_says(string id)
    {
        var asked = CorpusCase.All[id];
        const string File = "object.yaml";
        var set = ManifestReader.Read([Manifest(File, asked.Object), Manifest("others.yaml", asked.Others)]);

        // Support rules are advice on what can be used; what cannot be is a problem of the reader's, or invalid.
        var refused = set.Problems.Select(static problem => (problem.Path, problem.Line)).ToHashSet();
        var findings = Linter
            .Judge(set, s_now, asked.Unknown)
            .Where(static finding => finding.File == File && finding.Severity is not LintSeverity.Notice)
            .ToLookup(finding =>
                finding.Severity is LintSeverity.Invalid || refused.Contains((finding.Path, finding.Line))
            );
        var warned = findings[false].Where(static finding => LookupRules.Ids.Contains(finding.Rule)).ToList();

        Judged(
                findings[true].Any() ? "refuses"
                    : warned.Count > 0 ? "warns"
                    : "accepts",
                (findings[true].Any() ? findings[true] : warned).Select(static each => (each.Path, $"{each}"))
            )
            .AssertIs(asked, "lint");
    }

    [Theory]
    [MemberData(nameof(InDirectory))]
    public void The_directory_judges_as_the_corpus_says(string id)
    {
        var asked = CorpusCase.All[id];
        var root = Directory.CreateTempSubdirectory("exvirt-corpus-");
        try
        {
            var options = new DirectoryStoreOptions(root.FullName + "/manifests", root.FullName + "/state");
            Directory.CreateDirectory(options.ManifestDirectory);
            var time = new FakeTimeProvider(s_now);
            using var store = DirectoryStore.Open(
                options,
                new ManifestParser(),
                time,
                // Only one process has the directory, and it ends with the test.
                static () => new Guid(1, 2, 3, [4, 5, 6, 7, 8, 9, 10, 11]),
                new NoChangeHints(),
                NullLogger<DirectoryStore>.Instance
            );
            Take("others.yaml", asked.Others);
            if (asked.Operation is "Delete")
            {
                Take("object.yaml", asked.Object);
                Assert.Empty(store.Problems);
                Delete(store, options.StateDirectory, asked.Object).AssertIs(asked, "directory");
                return;
            }

            if (asked is { Before: { } before, IsFromBefore: false })
            {
                Take("object.yaml", before);
                Assert.Empty(store.Problems);
            }

            Take("object.yaml", asked.Object);

            var problems = store.Problems.Where(static problem => problem.File == "object.yaml").ToList();
            Judged(
                    problems.Count > 0 ? "refuses" : "accepts",
                    problems.Select(static problem => (problem.Path, problem.Message))
                )
                .AssertIs(asked, "directory");

            void Take(string file, string text)
            {
                File.WriteAllText(Path.Combine(options.ManifestDirectory, file), text);
                store.Scan();
                time.Advance(options.Settle);
                store.Scan();
            }
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(Webhook))]
    public void The_webhook_judges_as_the_corpus_says(string id)
    {
        var asked = CorpusCase.All[id];
        var now = CorpusCase.ToJson(asked.Object);
        var request = new AdmissionRequest
        {
            Uid = id,
            Kind = new GroupVersionKind(ApiGroup.Group, ApiGroup.Version, (string)now["kind"]!),
            Name = (string?)now["metadata"]?["name"],
            Operation = asked.Operation.ToUpperInvariant(),
            Object = asked.Operation is "Delete" ? null : Element(now),
            OldObject =
                asked.Operation is "Delete" ? Element(now)
                : asked.Before is { } before ? Element(CorpusCase.ToJson(before))
                : null,
        };

        var isToBeJudged = AdmissionReviewer.IsToBeJudged(request);
        var response = isToBeJudged
            ? AdmissionReviewer.Review(request, new DeclaredSet(asked.ReadOthers()), asked.Unknown, s_now)
            : AdmissionReviewer.Allow(request);

        Assert.Equal(id, response.Uid);
        Of(response).AssertIs(asked, "webhook");
    }

    private static Judgement Of(AdmissionResponse response)
    {
        Assert.Equal(response.Allowed, response.Status is null);
        var warnings = (response.Warnings ?? [])
            .Where(static text => LookupRules.Ids.Any(rule => text.Contains(rule, StringComparison.Ordinal)))
            .Select(static text => (text.Split(": ")[0], text))
            .ToList();
        return !response.Allowed
                ? Judged(
                    "refuses",
                    response.Status!.Details.Causes.Select(static cause => (cause.Field, cause.Message))
                )
            : warnings.Count > 0 ? Judged("warns", warnings)
            : Judgement.Accepted;
    }

    private static Judgement Delete(DirectoryStore store, string stateDirectory, string manifest)
    {
        var entity = Assert.Single(ManifestReader.ReadText("m.yaml", manifest).Entities).Entity;
        var key = new ResourceKey(entity.Metadata.NamespaceProperty, entity.Metadata.Name);
        var requests = new DirectoryRequests(stateDirectory);
        var uid = new DirectoryReader(stateDirectory)
            .ListJson()
            .Where(item => (string?)item["kind"] == entity.Kind && (string?)item["metadata"]?["name"] == key.Name)
            .Select(static item => (string)item["metadata"]!["uid"]!)
            .First();
        requests.Post(new DeleteRequest(entity.Kind, key, uid, "ada", s_now));

        store.Scan();

        Assert.False(requests.IsPending(entity.Kind, key));
        var isThere = new DirectoryReader(stateDirectory)
            .ListJson()
            .Any(item => (string?)item["kind"] == entity.Kind && (string?)item["metadata"]?["name"] == key.Name);
        var refusal = requests.RefusalOf(entity.Kind, key);
        Assert.Equal(refusal is not null, isThere);
        return Judged(
            refusal is null ? "accepts" : "refuses",
            (refusal?.Problems ?? []).Select(static problem => (problem.Path, problem.Message))
        );
    }

    private static Judgement Judged(string word, IEnumerable<(string, string)> said) => new(word, [.. said]);

    private static TheoryData<string> AskedOf(string judge) =>
        [
            .. CorpusCase
                .All.Values.Where(each => each.Judges[judge].Word is not "-")
                .Select(static each => each.Id)
                .Order(StringComparer.Ordinal),
        ];

    private static ManifestFile Manifest(string name, string text) =>
        new(name, System.Text.Encoding.UTF8.GetBytes(text));

    private static JsonElement Element(JsonObject json) => JsonSerializer.SerializeToElement(json);
}
