using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Operator.Tests.Support;

/// <summary>
/// What Helm, Flux and kubectl's appliers make of an object of a kind that they do not know: deletion first, then the observed
/// generation, then the first of Reconciling and Stalled that is True, and Ready last of all.
/// </summary>
/// <remarks>Source: https://github.com/kubernetes-sigs/cli-utils/tree/master/pkg/kstatus (status.go and util.go).</remarks>
internal static class Kstatus
{
    public const string Current = "Current";
    public const string InProgress = "InProgress";
    public const string Failed = "Failed";
    public const string Terminating = "Terminating";

    /// <summary>Computes it.</summary>
    public static string Compute(long generation, bool deleted, ResourceStatus? status)
    {
        if (deleted)
        {
            return Terminating;
        }

        if (status is not null && status.ObservedGeneration != generation)
        {
            return InProgress;
        }

        foreach (var condition in status?.Conditions ?? [])
        {
            switch (condition)
            {
                case { Type: "Reconciling", Status: "True" }:
                    return InProgress;
                case { Type: "Stalled", Status: "True" }:
                    return Failed;
            }
        }

        return (status?.Conditions ?? []).FirstOrDefault(static condition => condition.Type == "Ready") switch
        {
            null => Current,
            { Status: "True" } => Current,
            _ => InProgress,
        };
    }
}
