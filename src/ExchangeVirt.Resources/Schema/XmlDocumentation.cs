using System.Reflection;
using System.Xml.Linq;

namespace ExchangeVirt.Resources.Schema;

/// <summary>Reads the descriptions of types and fields from the XML file that the compiler writes beside the assembly.</summary>
internal sealed class XmlDocumentation
{
    private readonly Dictionary<string, string> _summaries;

    private XmlDocumentation(Dictionary<string, string> summaries) => _summaries = summaries;

    /// <summary>Reads the file of the assembly of the kinds.</summary>
    /// <exception cref="FileNotFoundException">The file was not kept with the assembly.</exception>
    public static XmlDocumentation Load()
    {
        var name = typeof(XmlDocumentation).Assembly.GetName().Name + ".xml";
        var path = Path.Combine(AppContext.BaseDirectory, name);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException(
                $"{path} is missing: the descriptions of the custom resource definitions come from it; keep it with the program.",
                path
            );
        }

        var members = XDocument.Load(path).Descendants("member");
        return new XmlDocumentation(
            members.ToDictionary(member => member.Attribute("name")!.Value, member => TextOf(member.Element("summary")))
        );
    }

    /// <summary>Describes a type.</summary>
    public string Of(Type type) => Find($"T:{type.FullName}");

    /// <summary>Describes a field.</summary>
    public string Of(PropertyInfo property) => Find($"P:{property.DeclaringType!.FullName}.{property.Name}");

    private string Find(string member) =>
        _summaries.TryGetValue(member, out var summary) && summary.Length > 0
            ? summary
            : throw new InvalidOperationException($"{member} has no summary, which is what users read of it.");

    private static string TextOf(XElement? summary)
    {
        var words = summary
            ?.Nodes()
            .Select(node =>
                node switch
                {
                    XText text => text.Value,
                    // A reference is read as the last part of what it refers to.
                    XElement { Name.LocalName: "see" } see => see.Attribute("cref")?.Value.Split('.', ':')[^1] ?? "",
                    XElement element => element.Value,
                    _ => "",
                }
            );
        return string.Join(
            ' ',
            string.Concat(words ?? []).Split([' ', '\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries)
        );
    }
}
