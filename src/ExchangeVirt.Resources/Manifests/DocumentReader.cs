using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Resources.Schema;
using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Resources.Manifests;

/// <summary>Reads the documents of one file into entities.</summary>
internal sealed class DocumentReader(
    string file,
    string defaultNamespace,
    List<ManifestEntity> entities,
    List<ManifestProblem> problems,
    List<ManifestProblem> notices
)
{
    /// <summary>Reads one document, or one item of a list of objects.</summary>
    /// <param name="node">Its root.</param>
    /// <param name="prefix">The path of the root within the document; empty for the document itself.</param>
    public void Read(YamlNode node, string prefix)
    {
        if (node is not YamlMapping root)
        {
            Report(node.Line, prefix, "is not an object; a manifest begins with apiVersion and kind");
            return;
        }

        var apiVersion = Head(root, "apiVersion", prefix);
        var kind = Head(root, "kind", prefix);
        if (apiVersion is null || kind is null)
        {
            return;
        }

        if (IsList(apiVersion, kind))
        {
            ReadItems(root, prefix);
        }
        else if (FindKind(root, apiVersion, kind, prefix) is { } schema)
        {
            ReadEntity(root, schema, prefix);
        }
    }

    private static bool IsList(string apiVersion, string kind) =>
        (apiVersion is "v1" && kind is "List")
        || (
            apiVersion is ApiGroup.ApiVersion
            && kind.EndsWith("List", StringComparison.Ordinal)
            && SchemaReader.Kinds.ContainsKey(kind[..^4])
        );

    private void ReadItems(YamlMapping root, string prefix)
    {
        var path = ResourceRules.Join(prefix, "items");
        if (root.Find("items") is not YamlSequence items)
        {
            Report(root.Line, path, "is missing or not a list; a List holds its objects in items");
            return;
        }

        for (var index = 0; index < items.Items.Count; index++)
        {
            Read(items.Items[index], $"{path}[{index}]");
        }
    }

    private string? Head(YamlMapping root, string field, string prefix)
    {
        var entry = root.Entries.FirstOrDefault(entry => entry.Key == field);
        if (entry?.Value is YamlScalar { IsNull: false } scalar)
        {
            return scalar.Text;
        }

        Report(
            entry?.Line ?? root.Line,
            ResourceRules.Join(prefix, field),
            field is "kind"
                ? $"is missing; {NearestName.Suggest("", [.. SchemaReader.Kinds.Keys])}"
                : $"is missing; give {ApiGroup.ApiVersion}"
        );
        return null;
    }

    private KindSchema? FindKind(YamlMapping root, string apiVersion, string kind, string prefix)
    {
        var known = SchemaReader.Kinds.GetValueOrDefault(kind);
        if (apiVersion == ApiGroup.ApiVersion)
        {
            if (known is null)
            {
                Report(
                    LineOf(root, "kind"),
                    ResourceRules.Join(prefix, "kind"),
                    $"\"{kind}\" is not a kind of {apiVersion}; {NearestName.Suggest(kind, [.. SchemaReader.Kinds.Keys])}"
                );
            }

            return known;
        }

        var group = apiVersion.Split('/')[0];
        if (known is not null || group == ApiGroup.Group || NearestName.Find(group, [ApiGroup.Group]) is not null)
        {
            Report(
                LineOf(root, "apiVersion"),
                ResourceRules.Join(prefix, "apiVersion"),
                $"\"{apiVersion}\" is not allowed; give {ApiGroup.ApiVersion}"
            );
        }
        else
        {
            var message = $"{apiVersion} {kind} is not of group {ApiGroup.Group}; left aside";
            notices.Add(new ManifestProblem(file, root.Line, prefix, message));
        }

        return null;
    }

    private void ReadEntity(YamlMapping root, KindSchema kind, string prefix)
    {
        var reading = EntityReading.Of(root, kind, before: null, defaultNamespace);
        foreach (var each in reading.Found)
        {
            Report(each.Line, ResourceRules.Join(prefix, each.Path), each.Message);
        }

        if (reading.StatusLine is { } line)
        {
            const string Message = "is written by the operator alone; left aside";
            notices.Add(new ManifestProblem(file, line, "status", Message));
        }

        var failures = reading.Judge(before: null);
        foreach (var failure in failures)
        {
            var path = ResourceRules.Join(prefix, failure.Path);
            problems.Add(new ManifestProblem(file, reading.LineOf(failure.Path), path, failure.Message, failure.Id));
        }

        if (reading.Found.Count == 0 && failures.Count == 0)
        {
            entities.Add(new ManifestEntity(reading.Entity, file, root.Line));
        }
    }

    private static int LineOf(YamlMapping root, string field) =>
        root.Entries.FirstOrDefault(entry => entry.Key == field)?.Line ?? root.Line;

    private void Report(int line, string path, string message) =>
        problems.Add(new ManifestProblem(file, line, path, message));
}
