using System.Collections.Immutable;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.CimXml;
using ExchangeVirt.HyperV.Simulator.Engine;
using ExchangeVirt.HyperV.Simulator.Model;

namespace ExchangeVirt.HyperV.Simulator.Methods;

/// <summary>One invocation, its arguments already of the declared types.</summary>
internal sealed record MethodCall(
    Transaction Transaction,
    CimPath Target,
    IReadOnlyDictionary<string, CimValue> Arguments,
    CimXmlReader Xml
)
{
    /// <summary>Gets a text argument; empty where it is null.</summary>
    public string Text(string name) => Value(name) as string ?? "";

    /// <summary>Gets an array of texts.</summary>
    public ImmutableArray<string> Texts(string name) =>
        Value(name) is ImmutableArray<object> items ? [.. items.Cast<string>()] : [];

    /// <summary>Gets a reference, or null.</summary>
    public CimPath? Reference(string name) => Value(name) as CimPath;

    /// <summary>Gets an array of references; null where the argument is null.</summary>
    public ImmutableArray<CimPath>? References(string name) =>
        Value(name) is ImmutableArray<object> items ? [.. items.Cast<CimPath>()] : null;

    /// <summary>Gets a number, or null.</summary>
    public long? Number(string name) => Value(name) is { } value ? Convert.ToInt64(value, null) : null;

    /// <summary>Reads an embedded instance that must be of a class.</summary>
    /// <exception cref="CimException">It is none.</exception>
    public CimObject Embedded(string name, string className) => Read(Text(name), className);

    /// <summary>Reads an array of embedded instances.</summary>
    /// <exception cref="CimException">One is none.</exception>
    public ImmutableArray<CimObject> AllEmbedded(string name) => [.. Texts(name).Select(text => Read(text, null))];

    /// <summary>Finds the VM that a path names: a computer system or a setting data.</summary>
    public VirtualMachine? MachineOf(CimPath? path)
    {
        if (path is null)
        {
            return null;
        }

        return path.Keys.TryGetValue("InstanceID", out var id)
            ? MachineOfSettings(id)
            : Transaction.Machine(path.Keys.GetValueOrDefault("Name"));
    }

    /// <summary>Finds the VM whose own settings have an InstanceID, not those of a snapshot.</summary>
    public VirtualMachine? MachineOfSettings(string? instanceId)
    {
        const string Prefix = "Microsoft:";
        if (instanceId is null || !instanceId.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var end = instanceId.IndexOf('\\', StringComparison.Ordinal);
        return Transaction.Machine(end < 0 ? instanceId[Prefix.Length..] : instanceId[Prefix.Length..end]);
    }

    /// <summary>Finds the VM and the snapshot that a path names.</summary>
    public (VirtualMachine Machine, Snapshot Snapshot)? SnapshotOf(CimPath? path)
    {
        if (path is null || !path.Keys.TryGetValue("InstanceID", out var id))
        {
            return null;
        }

        foreach (var machine in Transaction.State.Machines.Values)
        {
            var found = machine.Snapshots.Find(s =>
                string.Equals(Names.SettingsId(s.Id), id, StringComparison.OrdinalIgnoreCase)
            );
            if (found is not null)
            {
                return (machine, found);
            }
        }

        return null;
    }

    private object? Value(string name) => Arguments.TryGetValue(name, out var value) ? value.Value : null;

    private CimObject Read(string cimXml, string? className)
    {
        var instance = Xml.Read(cimXml);
        return className is null || instance.ClassName == className
            ? instance
            : throw new CimException(
                CimError.InvalidParameter,
                $"A {className} is expected, not a {instance.ClassName}."
            );
    }
}

/// <summary>What a method gives back: the answer and its other out parameters.</summary>
internal sealed record Reply(Answer Answer, ImmutableDictionary<string, object?> Out)
{
    /// <summary>Makes a reply without further out parameters.</summary>
    public static Reply Of(Answer answer) => new(answer, ImmutableDictionary<string, object?>.Empty);

    /// <summary>Makes a reply with one out parameter.</summary>
    public static Reply Of(Answer answer, string name, object? value) =>
        new(answer, ImmutableDictionary<string, object?>.Empty.Add(name, value));

    /// <summary>Makes a refusal.</summary>
    public static Reply Refused(uint code, string why) => Of(Answer.Refused(code, why));

    /// <summary>Makes a refusal of an argument.</summary>
    public static Reply Invalid(string why) => Refused(ReturnCodes.InvalidParameter, why);
}
