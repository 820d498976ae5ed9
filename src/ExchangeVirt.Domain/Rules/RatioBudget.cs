using System.Globalization;
using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Rules;

/// <summary>The one arithmetic of virtual processors over physical cores: what a host may hold, and how a sum stands against it.</summary>
/// <remarks>
/// Source: exchange-rules §1.1. <c>H = max(B, use)</c>, <c>use</c> unmeasured counting as <c>B</c>; hyper-threads never count.
/// Microsoft's example takes 2·C for the guests alone, its next paragraph adds the host: that the default counts both is our reading.
/// </remarks>
public readonly record struct RatioBudget
{
    private readonly decimal _hard;
    private readonly decimal _recommended;

    private RatioBudget(int cores, decimal hostUse, HostAccounting accounting, int maxPercent, int recommendedPercent)
    {
        PhysicalCores = cores;
        HostUse = hostUse;
        Accounting = accounting;
        _hard = Budget(maxPercent);
        _recommended = Budget(recommendedPercent);
        HardLimit = Whole(_hard);
        RecommendedLimit = Whole(_recommended);
    }

    /// <summary>Microsoft's limit, in percent of the physical cores.</summary>
    public const int SupportedPercent = 200;

    /// <summary>Microsoft's recommendation, in percent of the physical cores.</summary>
    public const int RecommendedPercent = 100;

    /// <summary>Gets C, the physical cores.</summary>
    public int PhysicalCores { get; }

    /// <summary>Gets H, the processors that the host itself is taken to use.</summary>
    public decimal HostUse { get; }

    /// <summary>Gets how H enters.</summary>
    public HostAccounting Accounting { get; }

    /// <summary>Gets the most virtual processors that all guests together may have; never negative.</summary>
    public int HardLimit { get; }

    /// <summary>Gets the most virtual processors that are recommended; never negative.</summary>
    public int RecommendedLimit { get; }

    /// <summary>Gets the most virtual processors for the guests alone, whatever the accounting: 2·C.</summary>
    public int GuestLimit => PhysicalCores * SupportedPercent / 100;

    /// <summary>Reckons by Microsoft's own limits, 2:1 and 1:1; null where the cores are unknown or not positive.</summary>
    public static RatioBudget? Supported(HostProcessors processors, Policy policy) =>
        Reckon(processors, policy, SupportedPercent, RecommendedPercent);

    /// <summary>Reckons by a policy's limits, which may be lower than Microsoft's and never higher; null where the cores are unknown or not positive.</summary>
    public static RatioBudget? Allowed(HostProcessors processors, Policy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var hard = Math.Clamp(policy.MaxRatioPercent, 0, SupportedPercent);
        return Reckon(processors, policy, hard, Math.Clamp(policy.RecommendedRatioPercent, 0, hard));
    }

    /// <summary>Tells whether a sum of virtual processors is over the hard limit. Exactly at the limit is not over.</summary>
    public bool ExceedsHard(int virtualProcessors) => virtualProcessors > _hard;

    /// <summary>Tells whether a sum of virtual processors is over what is recommended. Exactly at it is not over.</summary>
    public bool ExceedsRecommended(int virtualProcessors) => virtualProcessors > _recommended;

    /// <summary>Tells whether the guests alone are over 2:1.</summary>
    public bool ExceedsGuests(int virtualProcessors) => virtualProcessors > GuestLimit;

    /// <summary>Writes V ÷ C with two decimals, rounded up, such as <c>1.26</c>.</summary>
    public string GuestRatio(int virtualProcessors) => RoundedUp(virtualProcessors, PhysicalCores);

    /// <summary>Writes the ratio that the hard limit judges, with two decimals, rounded up: by the accounting V ÷ C, (V + H) ÷ C or V ÷ (C − ⌈H⌉); <c>unbounded</c> where no core is left.</summary>
    public string OverallRatio(int virtualProcessors) =>
        Accounting switch
        {
            HostAccounting.GuestsOnly => RoundedUp(virtualProcessors, PhysicalCores),
            HostAccounting.ReserveCores => RoundedUp(virtualProcessors, PhysicalCores - decimal.Ceiling(HostUse)),
            _ => RoundedUp(virtualProcessors + HostUse, PhysicalCores),
        };

    /// <summary>Writes how the hard limit comes about, such as <c>2·16 cores − 2 for the host</c>.</summary>
    public string Explain(int percent = SupportedPercent)
    {
        var factor = (percent / 100m).ToString("0.##", CultureInfo.InvariantCulture);
        var host = HostUse.ToString("0.##", CultureInfo.InvariantCulture);
        return Accounting switch
        {
            HostAccounting.GuestsOnly => $"{factor}·{PhysicalCores} cores",
            HostAccounting.ReserveCores =>
                $"{factor}·({PhysicalCores} cores − {decimal.Ceiling(HostUse):0} for the host)",
            _ => $"{factor}·{PhysicalCores} cores − {host} for the host",
        };
    }

    private static RatioBudget? Reckon(HostProcessors processors, Policy policy, int hard, int recommended)
    {
        ArgumentNullException.ThrowIfNull(processors);
        ArgumentNullException.ThrowIfNull(policy);
        if (processors.PhysicalCores is not > 0)
        {
            return null;
        }

        decimal baseline = Math.Max(0, policy.HostReservedVirtualProcessors);
        var use = Measured(processors.RootProcessorsUsed) is { } measured ? Math.Max(baseline, measured) : baseline;
        return new RatioBudget(processors.PhysicalCores.Value, use, policy.HostAccounting, hard, recommended);
    }

    /// <summary>Reads the host's measured use; null where it was not measured or is no number of processors.</summary>
    internal static decimal? Measured(double? use) =>
        use is { } value && double.IsFinite(value) && value is >= 0 and < 1_000_000 ? (decimal)value : null;

    private static string RoundedUp(decimal dividend, decimal divisor) =>
        divisor <= 0
            ? "unbounded"
            : (decimal.Ceiling(dividend * 100 / divisor) / 100).ToString("0.00", CultureInfo.InvariantCulture);

    private static int Whole(decimal budget) => (int)Math.Max(0, decimal.Floor(budget));

    private decimal Budget(int percent)
    {
        var all = PhysicalCores * percent / 100m;
        return Accounting switch
        {
            HostAccounting.GuestsOnly => all,
            // Below 1:1 a core is worth less than a virtual processor: the strictest accounting stays the strictest.
            HostAccounting.ReserveCores => Math.Min(
                (PhysicalCores - decimal.Ceiling(HostUse)) * percent / 100m,
                all - HostUse
            ),
            _ => all - HostUse,
        };
    }
}
