using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Xml;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.Schema;

namespace ExchangeVirt.HyperV.Simulator.CimXml;

/// <summary>Writes an instance as CIM-XML (DTD 2.0), the form that Hyper-V's methods take and give.</summary>
/// <remarks>Source: DMTF DSP0201; properties that are null are left out.</remarks>
internal static class CimXmlWriter
{
    private static readonly XmlWriterSettings s_settings = new()
    {
        OmitXmlDeclaration = true,
        CheckCharacters = true,
        NewLineHandling = NewLineHandling.Entitize,
    };

    /// <summary>Writes the instance.</summary>
    /// <exception cref="CimException">With <see cref="CimError.InvalidParameter"/>: text that XML cannot carry.</exception>
    public static string Write(CimObject instance)
    {
        var text = new StringBuilder();
        try
        {
            using var writer = XmlWriter.Create(text, s_settings);
            Write(writer, instance);
        }
        catch (ArgumentException unprintable)
        {
            throw new CimException(
                CimError.InvalidParameter,
                $"An instance of {instance.ClassName} holds a character that XML cannot carry.",
                unprintable
            );
        }

        return text.ToString();
    }

    private static void Write(XmlWriter writer, CimObject instance)
    {
        writer.WriteStartElement("INSTANCE");
        writer.WriteAttributeString("CLASSNAME", instance.ClassName);
        foreach (var (name, value) in instance.Properties)
        {
            if (value.Value is not null)
            {
                Write(writer, name, value);
            }
        }

        writer.WriteEndElement();
    }

    private static void Write(XmlWriter writer, string name, CimValue value)
    {
        var element = value switch
        {
            { IsArray: true } => "PROPERTY.ARRAY",
            { Type: CimType.Reference } => "PROPERTY.REFERENCE",
            _ => "PROPERTY",
        };
        writer.WriteStartElement(element);
        writer.WriteAttributeString("NAME", name);
        if (element != "PROPERTY.REFERENCE")
        {
            writer.WriteAttributeString("TYPE", TypeNames.Of(value.Type));
        }

        if (value.Type is CimType.Instance)
        {
            writer.WriteAttributeString("EmbeddedObject", "instance");
        }

        if (value.Value is ImmutableArray<object> items)
        {
            writer.WriteStartElement("VALUE.ARRAY");
            foreach (var item in items)
            {
                writer.WriteElementString("VALUE", Text(item));
            }

            writer.WriteEndElement();
        }
        else
        {
            writer.WriteElementString(
                element == "PROPERTY.REFERENCE" ? "VALUE.REFERENCE" : "VALUE",
                Text(value.Value!)
            );
        }

        writer.WriteEndElement();
    }

    /// <summary>Writes one value without its type.</summary>
    public static string Text(object value) =>
        value switch
        {
            bool flag => flag ? "TRUE" : "FALSE",
            DateTimeOffset time => CimDateTimeText.Of(time),
            TimeSpan interval => CimDateTimeText.Of(interval),
            CimObject embedded => Write(embedded),
            char unit => unit.ToString(),
            float number => number.ToString("R", CultureInfo.InvariantCulture),
            double number => number.ToString("R", CultureInfo.InvariantCulture),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        };
}
