using System.Collections.Immutable;
using System.Xml;
using System.Xml.Linq;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.Schema;

namespace ExchangeVirt.HyperV.Simulator.CimXml;

/// <summary>
/// Reads an instance from CIM-XML as strictly as Hyper-V does: unknown class, unknown property, a type other than the
/// declared one, or a value that does not fit are all an invalid parameter.
/// </summary>
internal sealed class CimXmlReader(CimSchema schema)
{
    private const int MaxCharacters = 4 * 1024 * 1024;
    private const int MaxDepth = 4;

    private static readonly XmlReaderSettings s_settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = MaxCharacters,
    };

    /// <summary>Reads an instance of a class of the Hyper-V namespace.</summary>
    /// <exception cref="CimException">With <see cref="CimError.InvalidParameter"/> and what is wrong with the text.</exception>
    public CimObject Read(string cimXml) => Read(cimXml, 0);

    private CimObject Read(string cimXml, int depth)
    {
        XElement root;
        try
        {
            using var text = new StringReader(cimXml);
            using var reader = XmlReader.Create(text, s_settings);
            root = XElement.Load(reader, LoadOptions.PreserveWhitespace);
        }
        catch (XmlException malformed)
        {
            throw new CimException(CimError.InvalidParameter, $"This is no XML: {malformed.Message}", malformed);
        }

        if (depth > MaxDepth)
        {
            throw Refused("embedded instances are nested too deeply");
        }

        return Instance(root, depth);
    }

    private CimObject Instance(XElement element, int depth)
    {
        if (element.Name != "INSTANCE")
        {
            throw Refused($"the outermost element is <{element.Name}>, not <INSTANCE>");
        }

        var className = (string?)element.Attribute("CLASSNAME") ?? throw Refused("<INSTANCE> has no CLASSNAME");
        if (!schema.TryClass(CimSchema.Virtualization, className, out var cimClass))
        {
            throw Refused($"there is no class '{className}'");
        }

        var properties = ImmutableSortedDictionary.CreateBuilder<string, CimValue>(StringComparer.OrdinalIgnoreCase);
        foreach (var child in element.Elements())
        {
            if (child.Name == "QUALIFIER")
            {
                continue;
            }

            var (name, value) = Property(child, cimClass, depth);
            if (!properties.TryAdd(name, value))
            {
                throw Refused($"the property '{name}' of {cimClass.Name} is there twice");
            }
        }

        var found = properties.ToImmutable();
        return new CimObject(PathOf(cimClass, found), cimClass.Name, found);
    }

    private (string Name, CimValue Value) Property(XElement element, CimClass cimClass, int depth)
    {
        var name = (string?)element.Attribute("NAME") ?? throw Refused($"<{element.Name}> has no NAME");
        if (!cimClass.Properties.TryGetValue(name, out var declared))
        {
            throw Refused($"{cimClass.Name} has no property '{name}'");
        }

        var type = declared.Type;
        var expected = type switch
        {
            { IsArray: true } => "PROPERTY.ARRAY",
            { Type: CimType.Reference } => "PROPERTY.REFERENCE",
            _ => "PROPERTY",
        };
        if (element.Name != expected)
        {
            throw Refused($"the property '{name}' of {cimClass.Name} is a <{expected}>, not a <{element.Name}>");
        }

        if (type.Type is not CimType.Reference && (string?)element.Attribute("TYPE") != TypeNames.Of(type.Type))
        {
            throw Refused(
                $"the property '{name}' of {cimClass.Name} has the TYPE {TypeNames.Of(type.Type)}, not {(string?)element.Attribute("TYPE") ?? "none"}"
            );
        }

        var content = element.Elements().Where(child => child.Name != "QUALIFIER").ToList();
        return content.Count switch
        {
            0 => (declared.Name, CimValue.Null(type.Type, type.IsArray)),
            1 => (
                declared.Name,
                new CimValue(type.Type, type.IsArray, Content(content[0], type, declared.Name, depth))
            ),
            _ => throw Refused($"the property '{name}' of {cimClass.Name} has more than one value"),
        };
    }

    private object Content(XElement element, CimTypeDeclaration type, string name, int depth)
    {
        var expected = type switch
        {
            { IsArray: true } => "VALUE.ARRAY",
            { Type: CimType.Reference } => "VALUE.REFERENCE",
            _ => "VALUE",
        };
        if (element.Name != expected)
        {
            throw Refused($"the value of '{name}' is a <{element.Name}>, not a <{expected}>");
        }

        return type.IsArray
            ? element.Elements().Select(item => Value(item.Value, type.Type, name, depth)).ToImmutableArray()
            : Value(element.Value, type.Type, name, depth);
    }

    private object Value(string text, CimType type, string name, int depth) =>
        type switch
        {
            CimType.Instance => Read(text, depth + 1),
            CimType.Reference => CimPathText.TryParse(text, out var path)
                ? path
                : throw Refused($"'{text}' of '{name}' is no object path"),
            _ => CimText.Parse(text, type) ?? throw Refused($"'{text}' of '{name}' is no {TypeNames.Of(type)}"),
        };

    /// <summary>Makes the path that an instance's key properties spell; keys that are not set are left out.</summary>
    public static CimPath PathOf(CimClass cimClass, ImmutableSortedDictionary<string, CimValue> properties) =>
        new(
            cimClass.Namespace,
            cimClass.Name,
            cimClass
                .Keys.Where(key => properties.TryGetValue(key, out var value) && value.Value is not null)
                .ToImmutableSortedDictionary(
                    key => key,
                    key => CimXmlWriter.Text(properties[key].Value!),
                    StringComparer.OrdinalIgnoreCase
                )
        );

    private static CimException Refused(string why) => new(CimError.InvalidParameter, $"Not a valid instance: {why}.");
}
