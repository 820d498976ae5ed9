using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Cli.Demo;

/// <summary>Says in a few words how one virtual machine stands.</summary>
/// <param name="Name">The resource's name.</param>
/// <param name="Host">Where it is, or is bound to; a dash where nowhere.</param>
/// <param name="Power">Hyper-V's word for its power state; a dash where it does not exist.</param>
/// <param name="InSync">Settings that are as declared.</param>
/// <param name="Settings">Settings that are enforced.</param>
/// <param name="Doing">What is being done or waited for, and why.</param>
/// <param name="Ready">The condition Ready: True, False or Unknown.</param>
internal sealed record MachineLine(
    string Name,
    string Host,
    string Power,
    int InSync,
    int Settings,
    string Doing,
    string Ready
)
{
    /// <summary>Reads the line off a resource.</summary>
    public static MachineLine Of(ExchangeVirtualMachine machine)
    {
        var status = machine.Status;
        var settings = status?.Settings ?? [];
        return new MachineLine(
            machine.Metadata.Name,
            status?.Host ?? status?.Placement?.Host ?? "-",
            status?.PowerState ?? "-",
            settings.Count(static setting => setting.State == "InSync"),
            settings.Count,
            Activity(status),
            Condition(status, "Ready")?.Status ?? "Unknown"
        );
    }

    /// <summary>Finds a condition by its type.</summary>
    public static StatusCondition? Condition(ResourceStatus? status, string type) =>
        status?.Conditions?.FirstOrDefault(condition => condition.Type == type);

    /// <summary>Writes the line for a log.</summary>
    public override string ToString()
    {
        var settings = Settings == 0 ? "" : $", {InSync} of {Settings} settings in sync";
        var doing = Doing.Length == 0 ? "" : $": {Doing}";
        return $"{Name} on {Host}, {Power}{settings}{doing}";
    }

    private static string Activity(ExchangeVirtualMachineStatus? status)
    {
        if (status is null)
        {
            return "";
        }

        if (status.Operation is { } operation)
        {
            return operation.Stage is { } stage ? $"{operation.Name}, {stage}" : operation.Name;
        }

        if (Condition(status, "Placed") is { Status: "False" } placed)
        {
            return placed.Reason;
        }

        if (status.Pending is not { Count: > 0 } pending)
        {
            return Condition(status, "Ready") is { Status: not "True" } ready ? ready.Reason : "";
        }

        var actions = string.Join(
            ", ",
            (pending.Actions ?? []).Select(static action => action.Name).Distinct().Take(3)
        );
        var more = (pending.Actions?.Select(static action => action.Name).Distinct().Count() ?? 0) > 3 ? ", …" : "";
        var gate = pending
            .Actions?.Select(static action => action.BlockedBy)
            .FirstOrDefault(static gate => gate is not null);
        return gate is null ? $"{actions}{more}" : $"{actions}{more} (waits: {gate})";
    }
}
