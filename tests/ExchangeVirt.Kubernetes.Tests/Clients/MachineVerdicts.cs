using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Clients;
using ExchangeVirt.Envtest.Definitions;
using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Operator.Tests.Reporting;
using ExchangeVirt.Operator.Tests.Support;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime.Kubernetes;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Kubernetes.Tests.Clients;

/// <summary>How Helm's installation of one VM ended, whose status was as the operator reports it.</summary>
/// <param name="Result">What Helm said.</param>
/// <param name="Namespace">Where the VM is.</param>
/// <param name="Status">Its status; null where the operator had not written any.</param>
internal sealed record MachineVerdict(ToolResult Result, string Namespace, ExchangeVirtualMachineStatus? Status);

/// <summary>
/// Has Helm install a chart with one VM for each row of the table of conditions, several at a time. Each VM is there already
/// with the status of its row, written by the operator's own reports and its own store, and Helm takes it over: so it is
/// certain what stands in status while Helm waits, on however slow a machine.
/// </summary>
public sealed class MachineVerdicts : IAsyncDisposable
{
    /// <summary>A VM that the operator has not seen.</summary>
    public const string Unseen = "not seen by the operator yet";

    /// <summary>A VM that was Ready as it was declared before.</summary>
    public const string Outdated = "ready for the declaration before";

    private const string Release = "row";
    private const int AtATime = 10;

    // Long enough that Helm has looked before it is up; what is waited for takes all of it.
    private const string UntilTimeIsUp = "30s";
    private const string Long = "15m";

    private readonly Lock _gate = new();
    private readonly ConcurrentBag<ScratchNamespace> _places = [];
    private Task<IReadOnlyDictionary<string, MachineVerdict>>? _verdicts;

    /// <summary>Gets what is expected of each row.</summary>
    public static IReadOnlyDictionary<string, string> Expected { get; } =
        new Dictionary<string, string>(ConditionRows.Verdicts, StringComparer.Ordinal)
        {
            [Unseen] = Kstatus.InProgress,
            [Outdated] = Kstatus.InProgress,
        };

    internal Task<IReadOnlyDictionary<string, MachineVerdict>> OnAsync(ControlPlane plane)
    {
        lock (_gate)
        {
            return _verdicts ??= JudgeAllAsync(plane);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var place in _places)
        {
            await place.DisposeAsync();
        }
    }

    private async Task<IReadOnlyDictionary<string, MachineVerdict>> JudgeAllAsync(ControlPlane plane)
    {
        // One that waits all its time lasts longer than those that end at once, so they go first.
        var rows = Expected
            .OrderByDescending(static row => row.Value == Kstatus.InProgress)
            .Select(static row => row.Key);
        // What should end at once, and waits instead, does not keep everybody waiting.
        var helm = await Helm.FindAsync(plane) with
        {
            Deadline = TimeSpan.FromMinutes(4),
        };
        using var api = ApiConnection
            .Find(plane.AdminKubeconfig, context: null, "exchangevirt-tests")
            .Connect(Until.Clock);
        var store = new KubernetesStore(
            api,
            new KubernetesStoreOptions
            {
                FieldManager = "exchangevirt-operator",
                Instance = "test",
                Json = ResourceJson.Options,
            },
            static () => 0.5
        );
        var verdicts = new ConcurrentDictionary<string, MachineVerdict>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(
            rows,
            new ParallelOptions { MaxDegreeOfParallelism = AtATime },
            async (row, _) => verdicts[row] = await JudgeAsync(plane, helm, store, row)
        );
        return verdicts;
    }

    private async Task<MachineVerdict> JudgeAsync(ControlPlane plane, Tool helm, KubernetesStore store, string row)
    {
        var place = await plane.NamespaceAsync("helm");
        _places.Add(place);
        var machine = YamlFiles
            .Load(Checkout.Combine("deploy", "samples", "contoso", "dag01-members.yaml"))
            .Single(static each => (string?)each["metadata"]!["name"] == "ex01");
        using var chart = new MachineChart(machine);
        var timeout = Expected[row] == Kstatus.InProgress ? UntilTimeIsUp : Long;
        var arguments = chart.Install(Release, place.Name, timeout);
        switch (row)
        {
            case Unseen:
                return new MachineVerdict(await helm.RunAsync(arguments), place.Name, Status: null);
            case Outdated:
                var smaller = machine.DeepClone().AsObject();
                smaller["spec"]!["processors"]!["count"] = 4;
                await CreateAsync(plane, smaller, place.Name);
                break;
            default:
                await CreateAsync(plane, machine, place.Name);
                break;
        }

        var status = await ReportAsync(store, new ResourceKey(place.Name, "ex01"), row);
        if (row == Outdated)
        {
            // Not by Helm, whose first look may be at what was there before its own change.
            (
                await plane.Raw.PatchAsync(
                    Path(place.Name) + "/ex01",
                    new JsonObject { ["spec"] = machine["spec"]!.DeepClone() }
                )
            ).Succeeded();
        }

        return new MachineVerdict(await helm.RunAsync(arguments), place.Name, status);
    }

    private static string Path(string place) =>
        $"/apis/{ApiGroup.ApiVersion}/namespaces/{place}/exchangevirtualmachines";

    private static async Task CreateAsync(ControlPlane plane, JsonObject machine, string place) =>
        (await plane.Raw.PostAsync(Path(place), Owned(machine, place))).Succeeded();

    /// <summary>Marks an object as one that Helm may take over.</summary>
    private static JsonObject Owned(JsonObject machine, string place)
    {
        var owned = machine.DeepClone().AsObject();
        owned["metadata"]!["namespace"] = place;
        owned["metadata"]!["labels"] = new JsonObject { ["app.kubernetes.io/managed-by"] = "Helm" };
        owned["metadata"]!["annotations"] = new JsonObject
        {
            ["meta.helm.sh/release-name"] = Release,
            ["meta.helm.sh/release-namespace"] = place,
        };
        return owned;
    }

    private static async Task<ExchangeVirtualMachineStatus> ReportAsync(
        KubernetesStore store,
        ResourceKey key,
        string row
    )
    {
        var entity =
            await store.GetAsync<ExchangeVirtualMachine>(key, default)
            ?? throw new InvalidOperationException($"There is no {key}.");
        var decision = ConditionRows.Decide(row == Outdated ? "in sync, power as asked" : row);
        // The report speaks of the generation of the object that was decided about.
        decision.Situation.Entity.Metadata.Generation = entity.Metadata.Generation;
        entity.Status = VirtualMachineReport.For(decision, OperationStep.For(decision, static () => Guid.Empty));
        return (await store.UpdateStatusAsync(entity, default)).Status!;
    }
}
