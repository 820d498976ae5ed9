namespace ExchangeVirt.Domain.Rules;

/// <summary>Where the rules come from, by Microsoft's page names.</summary>
internal static class Sources
{
    public const string Virtualization =
        "Microsoft: Exchange Server virtualization, https://learn.microsoft.com/exchange/plan-and-deploy/virtualization";

    public const string SystemRequirements =
        "Microsoft: Exchange Server system requirements, https://learn.microsoft.com/exchange/plan-and-deploy/system-requirements";

    public const string HealthChecker =
        "Microsoft CSS: Exchange HealthChecker, https://microsoft.github.io/CSS-Exchange/Diagnostics/HealthChecker/";

    public static string WhitePaper(string where) =>
        $"Microsoft: Best Practices for Virtualizing and Managing Exchange 2013 (2013), {where}";

    public static string WindowsServer(string page) => $"Microsoft: Windows Server documentation, {page}";

    /// <summary>Marks what Microsoft does not say in so many words.</summary>
    public static string Judgement(string why) => $"Operator's judgement, {why}";
}
