using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ExchangeVirt.Resources.Manifests;

/// <summary>Reads YAML (and so JSON) into trees within limits that no honest manifest meets.</summary>
internal sealed class YamlTreeReader
{
    /// <summary>The deepest nesting.</summary>
    public const int MaxDepth = 64;

    /// <summary>The most nodes in a file, aliases written out; a bomb of nested aliases has billions.</summary>
    public const long MaxNodes = 500_000;

    private readonly Parser _parser;
    private readonly Action<int, string> _report;
    private readonly Dictionary<string, YamlNode> _anchors = [];
    private long _read;
    private long _weight;

    private YamlTreeReader(string text, Action<int, string> report)
    {
        _parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
        _report = report;
    }

    /// <summary>Reads all documents of a file; empty ones are left out.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="report">Takes a line and what is wrong there.</param>
    /// <returns>The documents before the first error of syntax.</returns>
    public static IReadOnlyList<YamlNode> Read(string text, Action<int, string> report)
    {
        var documents = new List<YamlNode>();
        var reader = new YamlTreeReader(text, report);
        try
        {
            reader.ReadDocuments(documents);
        }
        catch (RefusedException refused)
        {
            report(refused.Line, refused.Message);
        }
        catch (YamlException broken)
        {
            report(Math.Max(1, (int)broken.Start.Line), $"is not YAML: {Sentence(broken)}");
        }
        catch (Exception broken)
            when (broken is ArgumentException or InvalidOperationException or FormatException or OverflowException)
        {
            // The scanner meets some malformed escapes and directives with exceptions of the runtime.
            report(1, $"is not YAML: {broken.Message}");
        }

        return documents;
    }

    private static string Sentence(YamlException broken)
    {
        var innermost = broken.GetBaseException().Message;
        return innermost.ReplaceLineEndings(" ");
    }

    private void ReadDocuments(List<YamlNode> documents)
    {
        while (_parser.MoveNext())
        {
            if (_parser.Current is not DocumentStart)
            {
                continue;
            }

            _anchors.Clear();
            _parser.MoveNext();
            var document = ReadNode(0);
            if (document is not YamlScalar { IsNull: true })
            {
                documents.Add(document);
            }
        }
    }

    /// <summary>Reads the node at the current event; afterwards the current event is its last.</summary>
    private YamlNode ReadNode(int depth)
    {
        var current = _parser.Current ?? throw new RefusedException(1, "ends in the middle of a document");
        var line = LineOf(current);
        if (depth > MaxDepth)
        {
            throw new RefusedException(line, $"is nested deeper than {MaxDepth} levels, which no manifest needs");
        }

        if (++_read > MaxNodes)
        {
            throw new RefusedException(line, $"holds more than {MaxNodes} nodes; split the file");
        }

        if (current is AnchorAlias alias)
        {
            return Resolve(alias, line);
        }

        YamlNode node = current switch
        {
            Scalar scalar => ReadScalar(scalar, line),
            SequenceStart => ReadSequence(line, depth),
            MappingStart => ReadMapping(line, depth),
            _ => throw new RefusedException(line, $"holds an unexpected {current.GetType().Name}"),
        };
        if (current is NodeEvent { Anchor.IsEmpty: false } anchored)
        {
            _anchors[anchored.Anchor.Value] = node;
        }

        if (current is not Scalar && current is NodeEvent { Tag: { IsEmpty: false, IsNonSpecific: false } } tagged)
        {
            RefuseTag(tagged.Tag, line);
        }

        return node;
    }

    private YamlNode Resolve(AnchorAlias alias, int line)
    {
        if (!_anchors.TryGetValue(alias.Value.Value, out var target))
        {
            throw new RefusedException(line, $"refers to *{alias.Value.Value}, which no anchor before it defines");
        }

        _weight += target.Weight;
        return _weight > MaxNodes
            ? throw new RefusedException(
                line,
                $"grows beyond {MaxNodes} nodes once its aliases are written out; write it without aliases"
            )
            : target;
    }

    private YamlScalar ReadScalar(Scalar scalar, int line)
    {
        var isTagged = scalar.Tag is { IsEmpty: false, IsNonSpecific: false };
        var isText = isTagged && scalar.Tag.Value is "tag:yaml.org,2002:str";
        if (isTagged && !isText)
        {
            RefuseTag(scalar.Tag, line);
        }

        return new YamlScalar(line, scalar.Value, scalar.Style is ScalarStyle.Plain && !isText);
    }

    private YamlSequence ReadSequence(int line, int depth)
    {
        var items = new List<YamlNode>();
        while (Next() is not SequenceEnd)
        {
            items.Add(ReadNode(depth + 1));
        }

        return new YamlSequence(line, items, 1 + items.Sum(item => item.Weight));
    }

    private YamlMapping ReadMapping(int line, int depth)
    {
        var entries = new List<YamlEntry>();
        var known = new Dictionary<string, int>();
        var merged = new List<YamlMapping>();
        while (Next() is not MappingEnd)
        {
            var key = ReadNode(depth + 1);
            Next();
            var value = ReadNode(depth + 1);
            if (key is not YamlScalar scalar)
            {
                _report(key.Line, "has a list or mapping as a key; keys are names");
            }
            else if (scalar is { Text: "<<", IsPlain: true })
            {
                merged.AddRange(Merged(value));
            }
            else if (known.TryAdd(scalar.Text, scalar.Line))
            {
                entries.Add(new YamlEntry(scalar.Text, scalar.Line, value));
            }
            else
            {
                _report(
                    scalar.Line,
                    $"the key \"{scalar.Text}\" stands twice in one mapping, first in line {known[scalar.Text]}; remove one"
                );
            }
        }

        foreach (var entry in merged.SelectMany(mapping => mapping.Entries))
        {
            // What is written in the mapping itself goes before what is merged into it, and the first merged before later ones.
            if (known.TryAdd(entry.Key, entry.Line))
            {
                entries.Add(entry);
            }
        }

        return new YamlMapping(line, entries, 1 + entries.Sum(entry => 1 + entry.Value.Weight));
    }

    private IEnumerable<YamlMapping> Merged(YamlNode value)
    {
        var sources = value is YamlSequence list ? list.Items : [value];
        foreach (var source in sources.Where(source => source is not YamlMapping))
        {
            _report(source.Line, "merges (<<) something that is not a mapping");
        }

        return sources.OfType<YamlMapping>();
    }

    private ParsingEvent Next() =>
        _parser.MoveNext() && _parser.Current is { } current
            ? current
            : throw new RefusedException(1, "ends in the middle of a document");

    private void RefuseTag(TagName tag, int line) =>
        _report(line, $"has the tag {tag}; the schema says what a value is, so remove the tag");

    private static int LineOf(ParsingEvent current) => Math.Max(1, (int)current.Start.Line);

    private sealed class RefusedException(int line, string message) : Exception(message)
    {
        public int Line { get; } = line;
    }
}
