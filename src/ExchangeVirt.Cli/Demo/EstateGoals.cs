using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Cli.Demo;

/// <summary>Judges by status alone how far an estate is from what it should be.</summary>
internal static class EstateGoals
{
    /// <summary>
    /// Whether every machine that can be placed is as declared, on hosts within their limit, and every other one says why
    /// it fits nowhere.
    /// </summary>
    public static bool IsHealed(EstateView view) => view.Machines.Count > 0 && !Missing(view).Any();

    /// <summary>Lists what is missing until <see cref="IsHealed"/>.</summary>
    public static IEnumerable<string> Missing(EstateView view)
    {
        foreach (var host in view.Hosts)
        {
            if (HostLine.Of(host) is not { OverallRatio: { } ratio } line)
            {
                yield return $"{host.Metadata.Name}: {MachineLine.Condition(host.Status, "Ready")?.Message ?? "not seen yet"}";
            }
            else if (ratio > HostLine.Limit)
            {
                yield return line.ToString();
            }
        }

        foreach (var machine in view.Machines)
        {
            var reasons = MissingOf(machine).ToList();
            if (reasons.Count > 0)
            {
                yield return $"{MachineLine.Of(machine)} [{string.Join("; ", reasons)}]";
            }
        }
    }

    /// <summary>Whether every machine that exists knows that it is only observed.</summary>
    public static bool IsObserving(EstateView view) =>
        view.Hosts.Count > 0
        && view.Policies.Any(static policy =>
            policy.Spec.Enforcement is Enforcement.Observe
            && policy.Status?.ObservedGeneration == policy.Metadata.Generation
        );

    /// <summary>Whether a machine's status tells of a setting that is not as declared.</summary>
    public static bool IsDrifted(EstateView view, string machine) =>
        view.Machine(machine)?.Status is { Settings: { } settings } status
        && settings.Any(static setting => setting.State != "InSync")
        && MachineLine.Condition(status, "Synced") is { Status: "False" };

    /// <summary>Whether a machine fits on no host.</summary>
    public static bool IsUnplaceable(ExchangeVirtualMachine machine) =>
        machine.Status is { Placement: null }
        && MachineLine.Condition(machine.Status, "Placed") is { Status: "False", Reason: "NoHostFits" };

    private static IEnumerable<string> MissingOf(ExchangeVirtualMachine machine)
    {
        var status = machine.Status;
        if (status is null || status.ObservedGeneration != machine.Metadata.Generation)
        {
            yield return "not looked at yet";
            yield break;
        }

        if (IsUnplaceable(machine))
        {
            yield break;
        }

        if (status.Operation is { } operation)
        {
            yield return $"{operation.Name} is under way";
        }

        if (MachineLine.Condition(status, "Ready") is not { Status: "True" })
        {
            yield return $"not ready: {MachineLine.Condition(status, "Ready")?.Message}";
        }

        foreach (var setting in (status.Settings ?? []).Where(static setting => setting.State != "InSync"))
        {
            yield return $"{setting.Name} is {setting.Observed} instead of {setting.Desired}, {setting.State} {setting.BlockedBy}".TrimEnd();
        }

        foreach (
            var violation in (status.Violations ?? []).Where(static violation => violation.Severity == "Unsupported")
        )
        {
            yield return $"{violation.Rule}: {violation.Message}";
        }
    }
}
