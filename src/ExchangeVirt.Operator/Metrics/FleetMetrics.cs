using System.Diagnostics.Metrics;
using System.Globalization;
using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Operator.Metrics;

/// <summary>
/// Publishes what is known of hosts, VMs and DAGs. It is reckoned from the caches when somebody looks and costs nothing in
/// between, and only the leader tells it: it alone hears the agents, and what two replicas told would count twice.
/// </summary>
public sealed class FleetMetrics : IDisposable
{
    private static readonly string[] s_conditions =
    [
        ConditionTypes.Ready,
        ConditionTypes.Synced,
        ConditionTypes.Supported,
        ConditionTypes.RestartPending,
        ConditionTypes.Stalled,
    ];

    private readonly Meter _meter = new(OperatorMetrics.MeterName);
    private readonly ControlPlane _plane;
    private readonly Func<bool> _isLeading;
    private readonly TimeProvider _time;

    /// <summary>Begins to publish.</summary>
    /// <param name="plane">What knows it.</param>
    /// <param name="isLeading">Tells whether this process leads now.</param>
    /// <param name="time">The clock of ages.</param>
    public FleetMetrics(ControlPlane plane, Func<bool> isLeading, TimeProvider time)
    {
        _plane = plane;
        _isLeading = isLeading;
        _time = time;
        PublishHosts();
        PublishMachines();
        Publish(
            "exchangevirt_availability_group_disruptions_allowed",
            "How many further members of a DAG may be disrupted now.",
            Disruptions
        );
        Publish(
            "exchangevirt_paused",
            "Off switches that are thrown, by scope: everywhere, policy, virtual_machine, hold (its annotation) and agent.",
            Pauses
        );
    }

    /// <inheritdoc />
    public void Dispose() => _meter.Dispose();

    private void PublishHosts()
    {
        Publish(
            "exchangevirt_host_reachable",
            "Whether the agent of a host answers: 1, else 0.",
            () => _plane.Fleet.Hosts().Select(static host => Of(host.Reachable, Tag("host", host.Name)))
        );
        PublishValues(
            "exchangevirt_host_vcpu_ratio",
            unit: null,
            "Virtual processors of all guests, and of the host as its policy counts it, over the host's physical cores.",
            Ratios
        );
        Publish(
            "exchangevirt_host_within_ratio",
            "Whether a host keeps its policy's ratio of virtual processors to physical cores: 1, else 0. Absent where that is not known.",
            WithinRatio
        );
        PublishValues(
            "exchangevirt_agent_certificate_expiry_timestamp_seconds",
            unit: "s",
            "When the certificate ends that the agent of a host presented at the last handshake.",
            () => _plane.Connections.CertificateExpiries().Select(static pair => At(pair.Value, Tag("host", pair.Key)))
        );
    }

    private void PublishMachines()
    {
        Publish(
            "exchangevirt_virtual_machine_condition",
            "The status that a condition of a VM has now: always 1, with one series for each condition that the VM has.",
            () => Machines().SelectMany(ConditionsOf)
        );
        PublishValues(
            "exchangevirt_virtual_machine_setting_drift_seconds",
            unit: "s",
            "For how long a setting of a VM that is not as declared has been in its state.",
            () => Machines().SelectMany(DriftOf)
        );
        PublishValues(
            "exchangevirt_virtual_machine_last_backup_timestamp_seconds",
            unit: "s",
            "When a VM was last backed up from its host: as the host says, or by the newest recovery checkpoint seen. Absent where never.",
            () => Machines().SelectMany(BackupOf)
        );
    }

    private IEnumerable<ExchangeVirtualMachine> Machines() => _plane.Caches.VirtualMachines.List();

    private IEnumerable<Measurement<double>> Ratios() =>
        from host in _plane.Caches.Hosts.List()
        let ratio = double.TryParse(
            host.Status?.Processor?.OverallRatio,
            NumberStyles.Float,
            CultureInfo.InvariantCulture,
            out var parsed
        )
            ? parsed
            : (double?)null
        where ratio is not null
        select new Measurement<double>(ratio.Value, Tag("host", host.Metadata.Name));

    private IEnumerable<Measurement<int>> WithinRatio() =>
        from host in _plane.Caches.Hosts.List()
        let status = StatusOf(host.Status, ConditionTypes.WithinRatio)
        where status is "True" or "False"
        select Of(status is "True", Tag("host", host.Metadata.Name));

    private static IEnumerable<Measurement<int>> ConditionsOf(ExchangeVirtualMachine machine) =>
        from type in s_conditions
        let status = StatusOf(machine.Status, type)
        where status is not null
        select new Measurement<int>(1, [.. NameOf(machine), Tag("condition", type), Tag("status", status)]);

    private IEnumerable<Measurement<double>> DriftOf(ExchangeVirtualMachine machine) =>
        from setting in machine.Status?.Settings ?? []
        where setting is { State: not null and not nameof(Domain.Planning.SettingState.InSync), Since: not null }
        select new Measurement<double>(
            Math.Max(0, (_time.GetUtcNow() - setting.Since!.Value).TotalSeconds),
            [.. NameOf(machine), Tag("setting", setting.Name), Tag("state", setting.State)]
        );

    private IEnumerable<Measurement<double>> BackupOf(ExchangeVirtualMachine machine) =>
        Guid.TryParse(machine.Status?.VirtualMachineId, out var id)
            ? _plane
                .Fleet.ById(id)
                .Where(static seen => seen.LastBackupAt is not null)
                .OrderByDescending(static seen => seen.LastBackupAt)
                .Take(1)
                .Select(seen => At(seen.LastBackupAt!.Value, NameOf(machine)))
            : [];

    private IEnumerable<Measurement<int>> Disruptions() =>
        from dag in _plane.Caches.Groups.List()
        let allowed = dag.Status?.DisruptionsAllowed
        where allowed is not null
        select new Measurement<int>(
            allowed.Value,
            Tag("namespace", dag.Metadata.NamespaceProperty),
            Tag("name", dag.Metadata.Name)
        );

    private IEnumerable<Measurement<int>> Pauses()
    {
        var machines = _plane.Caches.VirtualMachines.List();
        yield return Scope("virtual_machine", machines.Count(static machine => machine.Spec is { Paused: true }));
        yield return Scope("hold", machines.Count(IsHeld));
        yield return Scope(
            "policy",
            _plane.Caches.Policies.List().Count(static policy => policy.Spec is { Paused: true })
        );
        yield return Scope("agent", _plane.Fleet.Hosts().Count(static host => host.Facts?.PausedReason is not null));
        if (_plane.IsPausedEverywhere is { } paused)
        {
            yield return Scope("everywhere", paused ? 1 : 0);
        }

        static Measurement<int> Scope(string scope, int count) => new(count, Tag("scope", scope));
    }

    private void Publish(string name, string description, Func<IEnumerable<Measurement<int>>> look) =>
        _meter.CreateObservableGauge(name, () => _isLeading() ? look() : [], unit: null, description);

    private void PublishValues(
        string name,
        string? unit,
        string description,
        Func<IEnumerable<Measurement<double>>> look
    ) => _meter.CreateObservableGauge(name, () => _isLeading() ? look() : [], unit, description);

    private static bool IsHeld(ExchangeVirtualMachine machine) =>
        machine.Metadata.Annotations?.ContainsKey(GroupFactsReader.HoldAnnotation) is true;

    private static string? StatusOf(ResourceStatus? status, string type) =>
        status?.Conditions?.FirstOrDefault(condition => condition.Type == type)?.Status;

    private static KeyValuePair<string, object?>[] NameOf(ExchangeVirtualMachine machine) =>
        [Tag("namespace", machine.Metadata.NamespaceProperty), Tag("name", machine.Metadata.Name)];

    private static Measurement<int> Of(bool value, KeyValuePair<string, object?> tag) => new(value ? 1 : 0, tag);

    private static Measurement<double> At(DateTimeOffset time, params KeyValuePair<string, object?>[] tags) =>
        new(OperatorMetrics.Seconds(time), tags);

    private static KeyValuePair<string, object?> Tag(string name, object? value) => new(name, value);
}
