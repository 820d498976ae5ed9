using ExchangeVirt.HyperV.Cim;

namespace ExchangeVirt.HyperV.Reading;

/// <summary>
/// Knows server applications by their Windows services. What is found is there; what is not found may still be there (a portable
/// program, a container, a scheduled task).
/// </summary>
internal static class ForeignApplications
{
    private static readonly (string Service, string Application)[] s_known =
    [
        ("MSSQL*", "SQL Server"),
        ("SQLAgent*", "SQL Server Agent"),
        ("MSExchange*", "Exchange Server"),
        ("NTDS", "Active Directory Domain Services"),
        ("W3SVC", "Internet Information Services"),
        ("DNS", "DNS Server"),
        ("DHCPServer", "DHCP Server"),
        ("adfssrv", "Active Directory Federation Services"),
        ("CertSvc", "Active Directory Certificate Services"),
        ("WsusService", "Windows Server Update Services"),
        ("WDSServer", "Windows Deployment Services"),
        ("SPTimerV4", "SharePoint Server"),
        ("Tssdis", "Remote Desktop Connection Broker"),
        ("OracleService*", "Oracle Database"),
        ("MySQL*", "MySQL"),
        ("postgresql*", "PostgreSQL"),
    ];

    /// <summary>Finds them among services that are not disabled.</summary>
    public static IReadOnlyList<string> Among(IEnumerable<CimObject> services) =>
        [
            .. services
                .Where(static service => service.Text("StartMode") != "Disabled")
                .Select(static service => service.Text("Name"))
                .OfType<string>()
                .Select(static name => (Name: name, Application: ApplicationOf(name)))
                .Where(static found => found.Application is not null)
                .Select(static found => $"{found.Application} (service {found.Name})")
                .Order(StringComparer.Ordinal),
        ];

    private static string? ApplicationOf(string service)
    {
        foreach (var (pattern, application) in s_known)
        {
            var matches = pattern.EndsWith('*')
                ? service.StartsWith(pattern[..^1], StringComparison.OrdinalIgnoreCase)
                : service.Equals(pattern, StringComparison.OrdinalIgnoreCase);
            if (matches)
            {
                return application;
            }
        }

        return null;
    }
}
