using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Rules;

/// <summary>Windows builds, the only thing that tells server versions apart whatever the language.</summary>
public static class HostBuild
{
    /// <summary>Windows Server 2016.</summary>
    public const int WindowsServer2016 = 14393;

    /// <summary>Windows Server 2019.</summary>
    public const int WindowsServer2019 = 17763;

    /// <summary>Windows Server 2022.</summary>
    public const int WindowsServer2022 = 20348;

    /// <summary>Windows Server 2025.</summary>
    public const int WindowsServer2025 = 26100;

    /// <summary>Reads the build number of <c>10.0.20348</c>; null where unknown.</summary>
    public static int? Of(HostOperatingSystem? system) =>
        System.Version.TryParse(system?.Version, out var version) && version.Build > 0 ? version.Build : null;

    /// <summary>Gets the first build of a guest's version, by which it is compared with its host's.</summary>
    public static int Of(GuestOperatingSystem system) =>
        system switch
        {
            GuestOperatingSystem.WindowsServer2012 => 9200,
            GuestOperatingSystem.WindowsServer2012R2 => 9600,
            GuestOperatingSystem.WindowsServer2016 => WindowsServer2016,
            GuestOperatingSystem.WindowsServer2019 => WindowsServer2019,
            GuestOperatingSystem.WindowsServer2022 => WindowsServer2022,
            GuestOperatingSystem.WindowsServer2025 => WindowsServer2025,
            _ => throw new ArgumentOutOfRangeException(nameof(system), system, "Unknown guest operating system."),
        };
}
