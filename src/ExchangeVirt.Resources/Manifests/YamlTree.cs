namespace ExchangeVirt.Resources.Manifests;

/// <summary>A node of a YAML document, untyped: the schema decides what a scalar is.</summary>
/// <param name="Line">Where it begins, from 1 on.</param>
internal abstract record YamlNode(int Line)
{
    /// <summary>How many nodes it has with all aliases written out.</summary>
    public abstract long Weight { get; }

    /// <summary>Tells whether two nodes say the same, wherever they stand and in whatever order their keys are.</summary>
    public static bool AreSame(YamlNode? left, YamlNode? right) =>
        (left, right) switch
        {
            (YamlScalar one, YamlScalar other) => one.Text == other.Text && one.IsPlain == other.IsPlain,
            (YamlSequence one, YamlSequence other) => one.Items.Count == other.Items.Count
                && one.Items.Zip(other.Items).All(static pair => AreSame(pair.First, pair.Second)),
            (YamlMapping one, YamlMapping other) => one.Entries.Count == other.Entries.Count
                && one.Entries.All(entry => AreSame(entry.Value, other.Find(entry.Key))),
            _ => false,
        };
}

/// <summary>A scalar.</summary>
/// <param name="Line">Where it begins.</param>
/// <param name="Text">Its text.</param>
/// <param name="IsPlain">Whether it stands without quotes, so that it may be a number, a boolean or null.</param>
internal sealed record YamlScalar(int Line, string Text, bool IsPlain) : YamlNode(Line)
{
    /// <inheritdoc />
    public override long Weight => 1;

    /// <summary>Whether YAML reads it as null.</summary>
    public bool IsNull => IsPlain && (Text is "" or "~" or "null" or "Null" or "NULL");

    /// <summary>Whether YAML 1.2 reads it as a boolean.</summary>
    public bool IsBoolean => IsPlain && (Text is "true" or "True" or "TRUE" or "false" or "False" or "FALSE");
}

/// <summary>A list.</summary>
/// <param name="Line">Where it begins.</param>
/// <param name="Items">Its items.</param>
/// <param name="Weight">Its nodes with all aliases written out.</param>
internal sealed record YamlSequence(int Line, IReadOnlyList<YamlNode> Items, long Weight) : YamlNode(Line)
{
    /// <inheritdoc />
    public override long Weight { get; } = Weight;
}

/// <summary>A mapping.</summary>
/// <param name="Line">Where it begins.</param>
/// <param name="Entries">Its entries in order, one per key.</param>
/// <param name="Weight">Its nodes with all aliases written out.</param>
internal sealed record YamlMapping(int Line, IReadOnlyList<YamlEntry> Entries, long Weight) : YamlNode(Line)
{
    /// <inheritdoc />
    public override long Weight { get; } = Weight;

    /// <summary>Finds the value of a key.</summary>
    /// <returns>Null where there is none.</returns>
    public YamlNode? Find(string key) => Entries.FirstOrDefault(entry => entry.Key == key)?.Value;
}

/// <summary>An entry of a mapping.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Line">Where the key stands.</param>
/// <param name="Value">Its value.</param>
internal sealed record YamlEntry(string Key, int Line, YamlNode Value);
