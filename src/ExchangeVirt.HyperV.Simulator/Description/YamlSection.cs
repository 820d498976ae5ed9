using System.Collections.Immutable;
using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ExchangeVirt.HyperV.Simulator.Description;

/// <summary>Collects what is wrong with a file.</summary>
internal sealed class YamlProblems(string file)
{
    private readonly List<string> _found = [];

    /// <summary>Gets what was found so far.</summary>
    public ImmutableArray<string> Found => [.. _found];

    /// <summary>Notes a problem at a node.</summary>
    public void Add(Mark mark, string path, string what) => _found.Add($"{file}:{mark.Line}: {path}: {what}");
}

/// <summary>One mapping of a YAML file: each field is taken once, and what nobody took is unknown.</summary>
internal sealed class YamlSection
{
    private readonly YamlProblems _problems;
    private readonly string _path;
    private readonly Mark _mark;
    private readonly Dictionary<string, YamlNode> _fields = new(StringComparer.Ordinal);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public YamlSection(YamlNode node, string path, YamlProblems problems)
    {
        _problems = problems;
        _path = path;
        _mark = node.Start;
        if (node is not YamlMappingNode mapping)
        {
            problems.Add(node.Start, path, "a mapping is expected here");
            return;
        }

        foreach (var (key, value) in mapping.Children)
        {
            if (key is YamlScalarNode { Value: { } name })
            {
                _fields[name] = value;
            }
            else
            {
                problems.Add(key.Start, path, "a field's name is plain text");
            }
        }
    }

    public string? Text(string name, bool required = false)
    {
        var node = Take(name, required);
        if (node is null)
        {
            return null;
        }

        if (node is YamlScalarNode { Value: { Length: > 0 } value })
        {
            return value;
        }

        Wrong(node, name, "text is expected, and not an empty one");
        return null;
    }

    public int? Integer(string name, int minimum, int maximum, bool required = false) =>
        (int?)Number(name, minimum, maximum, required, whole: true);

    public double? Number(string name, double minimum, double maximum) =>
        Number(name, minimum, maximum, required: false, whole: false);

    public bool? Flag(string name)
    {
        if (Take(name, false) is not { } node)
        {
            return null;
        }

        if (node is YamlScalarNode { Value: "true" or "false" } scalar)
        {
            return scalar.Value == "true";
        }

        Wrong(node, name, "true or false is expected");
        return null;
    }

    public ulong? Size(string name, bool required = false)
    {
        if (Take(name, required) is not { } node)
        {
            return null;
        }

        if (node is YamlScalarNode { Value: { } text } && ByteSize.TryParse(text, out var bytes))
        {
            return bytes;
        }

        Wrong(node, name, "a size is expected: bytes, or a whole number with Ki, Mi, Gi or Ti");
        return null;
    }

    public T? Word<T>(string name)
        where T : struct, Enum
    {
        if (Take(name, false) is not { } node)
        {
            return null;
        }

        if (
            node is YamlScalarNode { Value: { } text }
            && Enum.GetNames<T>().Contains(text, StringComparer.Ordinal)
            && Enum.TryParse<T>(text, out var value)
        )
        {
            return value;
        }

        Wrong(node, name, $"'{node}' is not one of {string.Join(", ", Enum.GetNames<T>())}");
        return null;
    }

    public Guid? Identifier(string name)
    {
        if (Take(name, false) is not { } node)
        {
            return null;
        }

        if (node is YamlScalarNode { Value: { } text } && Guid.TryParseExact(text, "D", out var id))
        {
            return id;
        }

        Wrong(node, name, "an identifier such as 0C6A1E6C-0000-0000-0000-000000000001 is expected");
        return null;
    }

    public YamlSection? Section(string name, bool required = false) =>
        Take(name, required) is { } node ? new YamlSection(node, $"{_path}.{name}", _problems) : null;

    public ImmutableArray<T>? List<T>(string name, int maximum, Func<YamlSection, T?> read)
        where T : class
    {
        var items = ImmutableArray.CreateBuilder<T>();
        if (Sequence(name, maximum) is not { } nodes)
        {
            return null;
        }

        foreach (var (item, index) in nodes.Select((item, index) => (item, index)))
        {
            if (read(new YamlSection(item, $"{_path}.{name}[{index}]", _problems)) is { } value)
            {
                items.Add(value);
            }
        }

        return items.ToImmutable();
    }

    public ImmutableArray<string>? Texts(string name, int maximum) =>
        Sequence(name, maximum)?.Select(node => (node as YamlScalarNode)?.Value ?? "").ToImmutableArray();

    public ImmutableArray<int>? Integers(string name, int maximum) =>
        Sequence(name, maximum)
            ?.Select(node =>
            {
                if (int.TryParse((node as YamlScalarNode)?.Value, NumberStyles.None, null, out var number))
                {
                    return number;
                }

                Wrong(node, name, "a whole number is expected");
                return 0;
            })
            .ToImmutableArray();

    /// <summary>Notes a rule that the section breaks as a whole.</summary>
    public void Broken(string name, string what) =>
        _problems.Add(_fields.TryGetValue(name, out var node) ? node.Start : _mark, $"{_path}.{name}", what);

    /// <summary>Refuses the fields that nobody asked for.</summary>
    public void Done()
    {
        foreach (var (name, node) in _fields)
        {
            if (!_known.Contains(name))
            {
                Wrong(
                    node,
                    name,
                    $"unknown field; known here: {string.Join(", ", _known.Order(StringComparer.Ordinal))}"
                );
            }
        }
    }

    private IList<YamlNode>? Sequence(string name, int maximum)
    {
        if (Take(name, false) is not { } node)
        {
            return null;
        }

        if (node is not YamlSequenceNode sequence)
        {
            Wrong(node, name, "a list is expected");
            return null;
        }

        if (sequence.Children.Count > maximum)
        {
            Wrong(node, name, $"at most {maximum} entries are allowed");
        }

        return sequence.Children;
    }

    private double? Number(string name, double minimum, double maximum, bool required, bool whole)
    {
        if (Take(name, required) is not { } node)
        {
            return null;
        }

        var styles = whole ? NumberStyles.None : NumberStyles.AllowDecimalPoint;
        if (
            node is YamlScalarNode { Value: { } text }
            && double.TryParse(text, styles, CultureInfo.InvariantCulture, out var value)
            && value >= minimum
            && value <= maximum
        )
        {
            return value;
        }

        Wrong(node, name, $"a {(whole ? "whole " : "")}number from {minimum} to {maximum} is expected");
        return null;
    }

    private YamlNode? Take(string name, bool required)
    {
        _known.Add(name);
        if (_fields.TryGetValue(name, out var node))
        {
            return node;
        }

        if (required)
        {
            _problems.Add(_mark, $"{_path}.{name}", "is required");
        }

        return null;
    }

    private void Wrong(YamlNode node, string name, string what) => _problems.Add(node.Start, $"{_path}.{name}", what);
}
