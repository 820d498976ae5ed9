using System.Runtime.CompilerServices;
using System.Runtime.Versioning;
using ExchangeVirt.HyperV.Cim;

namespace ExchangeVirt.HyperV.Mmi;

/// <summary>Opens the WMI of the machine that this process runs on.</summary>
public static class CimSessions
{
    /// <summary>Opens a session on the local host. Nothing is asked of it yet.</summary>
    /// <exception cref="HyperVException">With <see cref="FaultKind.Unavailable"/> where the machine is no Windows.</exception>
    public static ICimSession OpenLocal() =>
        OperatingSystem.IsWindows()
            ? OpenWindows()
            : throw new HyperVException(
                FaultKind.Unavailable,
                HyperVReasons.WindowsNeeded,
                "Hyper-V is reached through WMI, which exists only on Windows. Run the agent on a Hyper-V host, or with --simulate FILE."
            );

    // The types of Microsoft.Management.Infrastructure load only where this method runs: elsewhere their native library is missing.
    [MethodImpl(MethodImplOptions.NoInlining)]
    [SupportedOSPlatform("windows")]
    private static MiCimSession OpenWindows() => MiCimSession.OpenLocal();
}
