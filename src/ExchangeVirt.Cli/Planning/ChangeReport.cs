using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ExchangeVirt.Cli.Demo;
using ExchangeVirt.Cli.Output;
using ExchangeVirt.Operator.Previewing;
using ExchangeVirt.Operator.Reporting;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Cli.Planning;

/// <summary>What applying a manifest does to its object.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ObjectChangeKind>))]
internal enum ObjectChangeKind
{
    /// <summary>It is made.</summary>
    New,

    /// <summary>Its spec changes.</summary>
    Changed,

    /// <summary>Its spec stays as it is.</summary>
    Unchanged,
}

/// <summary>What applying a manifest does to its object.</summary>
/// <param name="Kind">The object's kind.</param>
/// <param name="Name">Its namespace and name.</param>
/// <param name="Change">What is done.</param>
/// <param name="Fields">The fields of spec that change; empty for a new object.</param>
internal sealed record ObjectChange(
    string Kind,
    string Name,
    ObjectChangeKind Change,
    IReadOnlyList<JsonDifference> Fields
)
{
    /// <summary>Compares an object with what is there.</summary>
    public static ObjectChange Of(IKubernetesObject<V1ObjectMeta> entity, IKubernetesObject<V1ObjectMeta>? before)
    {
        var name = entity.Metadata.NamespaceProperty is { } inNamespace
            ? $"{inNamespace}/{entity.Metadata.Name}"
            : entity.Metadata.Name;
        if (before is null)
        {
            return new ObjectChange(entity.Kind, name, ObjectChangeKind.New, []);
        }

        var fields = JsonDifferences
            .Between(
                JsonNode.Parse(PlannedEntities.SpecOf(before)),
                JsonNode.Parse(PlannedEntities.SpecOf(entity)),
                "spec"
            )
            .ToList();
        return new ObjectChange(
            entity.Kind,
            name,
            fields.Count == 0 ? ObjectChangeKind.Unchanged : ObjectChangeKind.Changed,
            fields
        );
    }

    /// <summary>Writes it for people.</summary>
    public void Write(TextWriter output)
    {
        output.WriteLine($"{Kind} {Name}: {Change.ToString().ToLowerInvariant()}");
        foreach (var field in Fields)
        {
            output.WriteLine($"  {field}");
        }
    }
}

/// <summary>One setting that would not be as declared after the manifests were applied.</summary>
/// <param name="Name">The setting.</param>
/// <param name="Desired">What would be asked.</param>
/// <param name="Observed">What the operator last saw; null where it never told.</param>
/// <param name="NeedsOff">Whether a running machine has to be restarted for it.</param>
/// <param name="WaitsNow">The gate that it waits for already; null where it does not wait, or is as declared today.</param>
/// <param name="Waits">The gate that it would wait for, of those that rest on declarations; null where none of these is closed.</param>
/// <param name="Message">Why it would wait.</param>
/// <param name="OpensAt">When that gate opens, where that is known.</param>
/// <param name="IsNew">Whether it is as declared today.</param>
internal sealed record SettingChange(
    string Name,
    string Desired,
    string? Observed,
    bool NeedsOff,
    string? WaitsNow,
    string? Waits,
    string? Message,
    DateTimeOffset? OpensAt,
    bool IsNew
);

/// <summary>What applying manifests would bring about for one machine, as far as status tells.</summary>
/// <param name="Name">Its namespace and name.</param>
/// <param name="Host">Where it is or is bound to; null where nowhere.</param>
/// <param name="Creation">What its creation would wait for; null for a machine that is there, and where no gate that rests on declarations is closed.</param>
/// <param name="IsSeen">Whether it is there.</param>
/// <param name="Placement">Why no host fitted when the operator looked last; null where one did, or nobody looked.</param>
/// <param name="Settings">The settings that would not be as declared.</param>
/// <param name="Problems">What it would be refused for.</param>
internal sealed record MachineChange(
    string Name,
    string? Host,
    bool IsSeen,
    string? Creation,
    string? Placement,
    IReadOnlyList<SettingChange> Settings,
    IReadOnlyList<string> Problems
)
{
    /// <summary>Compares the outlook after with that of today.</summary>
    public static MachineChange Of(VirtualMachineOutlook after, VirtualMachineOutlook? today)
    {
        var entity = after.Entity;
        return new MachineChange(
            $"{entity.Metadata.NamespaceProperty}/{entity.Metadata.Name}",
            entity.Status?.Host ?? entity.Status?.Placement?.Host,
            after.IsSeen,
            after.Creation?.Message,
            MachineLine.Condition(entity.Status, ConditionTypes.Placed)
                is { Status: "False", Reason: Reasons.NoHostFits } placed
                ? placed.Message
                : null,
            [
                .. after.Settings.Select(setting =>
                {
                    var before = today?.Settings.FirstOrDefault(each => each.Name == setting.Name);
                    return new SettingChange(
                        setting.Name,
                        setting.Desired,
                        setting.Observed,
                        setting.NeedsOff,
                        before?.Closed?.Reason,
                        setting.Closed?.Reason,
                        setting.Closed?.Message,
                        setting.Closed?.OpensAt,
                        before is null
                    );
                }),
            ],
            [.. after.Problems.Select(static problem => $"{problem.Reason}: {problem.Message}")]
        );
    }

    /// <summary>Whether the manifests make any difference to the machine.</summary>
    public static bool Differs(VirtualMachineOutlook after, VirtualMachineOutlook? today) =>
        today is null
        || after.Creation?.Reason != today.Creation?.Reason
        || !after.Settings.Select(Words).SequenceEqual(today.Settings.Select(Words))
        || !after
            .Problems.Select(static problem => problem.Message)
            .SequenceEqual(today.Problems.Select(static problem => problem.Message));

    /// <summary>Writes it for people.</summary>
    public void Write(TextWriter output)
    {
        output.WriteLine();
        output.WriteLine(
            $"{Name}: {(IsSeen ? $"on {Host}" : Host is null ? "not there yet" : $"bound to {Host}, not seen yet")}"
        );
        foreach (var problem in Problems)
        {
            output.WriteLine($"  ! {problem}");
        }

        if (!IsSeen && Problems.Count == 0)
        {
            output.WriteLine(
                Creation is not null ? $"  it would be created, and waits: {Creation}"
                : Placement is null ? "  it would be created; on which host is decided by what the hosts have left"
                : $"  it would be created, if a host fits; when the operator looked last, none did: {Placement}"
            );
        }
        else if (Settings.Count == 0 && Problems.Count == 0)
        {
            output.WriteLine("  nothing would differ from what was last seen");
        }

        string? said = null;
        foreach (var setting in Settings)
        {
            var freed = setting is { WaitsNow: { } gate, Waits: null } ? $"  no longer waits: {gate}" : "";
            output.WriteLine(
                $"  {setting.Name}: {setting.Observed ?? "not known"} -> {setting.Desired}{(setting.NeedsOff ? " (off)" : "")}"
                    + $"{(setting.IsNew ? "" : "  as today")}{(setting.Waits is null ? freed : $"  waits: {setting.Waits}")}"
            );
            if (setting.Message is { } message && message != said)
            {
                said = message;
                output.WriteLine($"    {message}");
            }
        }
    }

    private static (string, string, string?) Words(SettingOutlook setting) =>
        (setting.Name, setting.Desired, setting.Closed?.Reason);
}

/// <summary>Says what applying manifests would bring about, as far as status tells: no host was asked.</summary>
/// <param name="Basis">Always <see cref="PlanBasis.Status"/>.</param>
/// <param name="Objects">What is done to each object.</param>
/// <param name="VirtualMachines">The machines to which it makes a difference.</param>
internal sealed record ChangeReport(
    PlanBasis Basis,
    IReadOnlyList<ObjectChange> Objects,
    IReadOnlyList<MachineChange> VirtualMachines
)
{
    /// <summary>What was not known when it was worked out.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>Compares.</summary>
    /// <param name="objects">What is done to each object.</param>
    /// <param name="today">The outlook of what is there.</param>
    /// <param name="after">The outlook as if the manifests were applied.</param>
    public static ChangeReport Of(
        IReadOnlyList<ObjectChange> objects,
        IReadOnlyList<VirtualMachineOutlook> today,
        IReadOnlyList<VirtualMachineOutlook> after
    )
    {
        var before = today.ToDictionary(static each =>
            (each.Entity.Metadata.NamespaceProperty, each.Entity.Metadata.Name)
        );
        return new ChangeReport(
            PlanBasis.Status,
            objects,
            [
                .. after
                    .Select(each =>
                        (
                            After: each,
                            Today: before.GetValueOrDefault(
                                (each.Entity.Metadata.NamespaceProperty, each.Entity.Metadata.Name)
                            )
                        )
                    )
                    .Where(static each => MachineChange.Differs(each.After, each.Today))
                    .Select(static each => MachineChange.Of(each.After, each.Today)),
            ]
        );
    }

    /// <summary>Writes it for people.</summary>
    public void Write(TextWriter output)
    {
        output.WriteLine(
            "From status as the operator last wrote it; no host was asked. Where a machine would go, what hosts are busy with and whose turn it"
        );
        output.WriteLine("is in a DAG is not judged. With --certificates DIR the agents are asked too.");
        foreach (var remark in Remarks)
        {
            output.WriteLine(remark);
        }

        output.WriteLine();
        foreach (var each in Objects.Where(static each => each.Change is not ObjectChangeKind.Unchanged))
        {
            each.Write(output);
        }

        foreach (var machine in VirtualMachines)
        {
            machine.Write(output);
        }

        var settings = VirtualMachines.SelectMany(static machine => machine.Settings).ToList();
        output.WriteLine();
        output.WriteLine(
            $"{Count(ObjectChangeKind.New)} new, {Count(ObjectChangeKind.Changed)} changed, {Count(ObjectChangeKind.Unchanged)} unchanged objects; it makes a "
                + $"difference to {VirtualMachines.Count} machines: {settings.Count(static setting => setting.IsNew)} settings newly differ, "
                + $"{VirtualMachines.Count(static machine => machine.Settings.Any(static setting => setting is { IsNew: true, NeedsOff: true }))} machines newly need a restart. "
                + "Nothing was changed."
        );
    }

    private int Count(ObjectChangeKind kind) => Objects.Count(each => each.Change == kind);
}
