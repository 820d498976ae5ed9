using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ExchangeVirt.Resources.Schema;

namespace ExchangeVirt.Cli.Output;

/// <summary>Prints resources as the columns of their kind.</summary>
internal static class ResourceTable
{
    /// <summary>Makes the table of one kind; a NAMESPACE column appears where more than one namespace is shown, or where it is asked for.</summary>
    /// <param name="kind">The kind of all <paramref name="items"/>.</param>
    /// <param name="items">The objects.</param>
    /// <param name="wide">Whether the wide columns are shown too.</param>
    /// <param name="prefixed">Whether names are written as <c>kind/name</c>, for output that mixes kinds.</param>
    /// <param name="now">The moment that ages are told at.</param>
    /// <param name="showNamespaces">Whether the namespace is shown in any case.</param>
    public static TextTable Of(
        ResourceKind kind,
        IReadOnlyList<JsonObject> items,
        bool wide,
        bool prefixed,
        DateTimeOffset now,
        bool showNamespaces = false
    )
    {
        var columns = kind.Columns.Where(column => wide || !column.Wide).ToList();
        var namespaces =
            showNamespaces || items.Select(static item => Text(item, ".metadata.namespace")).Distinct().Count() > 1;
        var table = new TextTable([
            .. namespaces ? ["NAMESPACE"] : Array.Empty<string>(),
            "NAME",
            .. columns.Select(static column => column.Name.ToUpperInvariant()),
        ]);
        foreach (var item in items)
        {
            var name = Text(item, ".metadata.name");
            table.Add([
                .. namespaces ? [Text(item, ".metadata.namespace")] : Array.Empty<string>(),
                prefixed ? $"{kind.Resource.ShortName}/{name}" : name,
                .. columns.Select(column => Cell(item, column, now)),
            ]);
        }

        return table;
    }

    private static string Cell(JsonObject item, ColumnAttribute column, DateTimeOffset now)
    {
        var found = JsonPath.Select(item, column.JsonPath);
        return
            column.Type == "date"
            && found is [var value]
            && DateTimeOffset.TryParse(Scalar(value), CultureInfo.InvariantCulture, out var then)
            ? Age.Since(then, now)
            : string.Join(',', found.Select(Scalar));
    }

    private static string Text(JsonObject item, string path) =>
        JsonPath.Select(item, path) is [var value] ? Scalar(value) : "";

    private static string Scalar(JsonNode node) =>
        node.GetValueKind() is JsonValueKind.String ? node.GetValue<string>() : node.ToJsonString();
}
