using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.Engine;
using ExchangeVirt.HyperV.Simulator.Model;

namespace ExchangeVirt.HyperV.Simulator.Faults;

/// <summary>What faults do to the host beside what calls meet.</summary>
internal static class FaultEffects
{
    /// <summary>Brings VMs and volumes in line with the faults that are there now.</summary>
    public static void Follow(Transaction transaction)
    {
        PowerControl.FollowFaults(transaction);
        var offline = transaction
            .State.Faults.Where(f => f.Kind is SimulatedFaultKind.VolumeOffline)
            .Select(f => f.Volume)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        transaction.State = transaction.State with
        {
            Volumes = transaction.State.Volumes.ConvertAll(v => v with { IsOnline = !offline.Contains(v.Path) }),
        };
    }

    /// <summary>Gets the error that subscriptions end with when a fault begins; null where they stay.</summary>
    public static CimException? SubscriptionsEnd(SimulatedFaultKind kind) =>
        kind switch
        {
            SimulatedFaultKind.WmiStopping => Stopping(),
            SimulatedFaultKind.WmiUnreachable => Unreachable(),
            _ => null,
        };

    /// <summary>Gets the failure of a call that meets a fault of the whole service; null where it meets none.</summary>
    public static CimException? Refusal(
        Transaction transaction,
        string cimNamespace,
        VirtualMachine? machine,
        string? what
    )
    {
        SimulatedFault? Met(SimulatedFaultKind kind) => transaction.Meet(kind, machine, what);
        if (Met(SimulatedFaultKind.WmiStopping) is not null)
        {
            return Stopping();
        }

        if (Met(SimulatedFaultKind.WmiUnreachable) is not null)
        {
            return Unreachable();
        }

        if (Met(SimulatedFaultKind.AccessDeniedAsException) is not null)
        {
            return new CimException(CimError.AccessDenied, "Access denied (0x80041003).");
        }

        if (Met(SimulatedFaultKind.CallTimesOut) is not null)
        {
            return new CimException(CimError.TimedOut, "The call timed out (0x80041069).");
        }

        return CimNamespaceIsHyperV(cimNamespace) && Met(SimulatedFaultKind.ManagementServiceStarting) is not null
            ? new CimException(CimError.ProviderLoadFailure, "The provider could not be loaded (0x80041013).")
            : null;
    }

    /// <summary>Says whether a namespace is served by vmms.</summary>
    public static bool CimNamespaceIsHyperV(string cimNamespace) =>
        string.Equals(
            Schema.CimSchema.Normalize(cimNamespace),
            Schema.CimSchema.Virtualization,
            StringComparison.OrdinalIgnoreCase
        );

    private static CimException Stopping() =>
        new(CimError.ServerIsShuttingDown, "The WMI service is stopping (0x80041033).");

    private static CimException Unreachable() =>
        new(CimError.Unreachable, "The RPC server is unavailable (0x800706BA).");
}
