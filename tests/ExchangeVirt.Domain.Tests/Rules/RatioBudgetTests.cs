using CsCheck;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Rules;

namespace ExchangeVirt.Domain.Tests.Rules;

public sealed class RatioBudgetTests
{
    [Theory]
    [InlineData(8, null, 16, 14, 6, 12)]
    [InlineData(8, 2.0, 16, 14, 6, 12)]
    [InlineData(8, 3.4, 16, 12, 4, 8)]
    [InlineData(16, 2.0, 32, 30, 14, 28)]
    [InlineData(16, 5.0, 32, 27, 11, 22)]
    [InlineData(32, 1.2, 64, 62, 30, 60)]
    [InlineData(1, null, 2, 0, 0, 0)]
    public void The_table_of_limits_holds(int cores, double? use, int guests, int hard, int advised, int reserved)
    {
        Assert.Equal(guests, Budget(cores, use, HostAccounting.GuestsOnly).HardLimit);
        Assert.Equal(hard, Budget(cores, use, HostAccounting.CountHostAsVirtualProcessors).HardLimit);
        Assert.Equal(advised, Budget(cores, use, HostAccounting.CountHostAsVirtualProcessors).RecommendedLimit);
        Assert.Equal(reserved, Budget(cores, use, HostAccounting.ReserveCores).HardLimit);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    [InlineData(-4)]
    public void Without_cores_there_is_no_budget(int? cores) =>
        Assert.Null(RatioBudget.Supported(new HostProcessors(cores, 64, 1, null), new Policy()));

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-1.0)]
    public void A_use_that_is_no_measurement_counts_as_the_baseline(double use) =>
        Assert.Equal(14, Budget(8, use, HostAccounting.CountHostAsVirtualProcessors).HardLimit);

    [Theory]
    [InlineData(32, 1.2, 40, "1.25", "1.32")]
    [InlineData(8, null, 14, "1.75", "2.00")]
    [InlineData(3, null, 1, "0.34", "1.00")]
    public void Ratios_are_written_with_two_decimals_rounded_up(
        int cores,
        double? use,
        int guests,
        string guestRatio,
        string overallRatio
    )
    {
        var budget = Budget(cores, use, HostAccounting.CountHostAsVirtualProcessors);

        Assert.Equal(guestRatio, budget.GuestRatio(guests));
        Assert.Equal(overallRatio, budget.OverallRatio(guests));
    }

    [Theory]
    [InlineData(HostAccounting.GuestsOnly, "1.50")]
    [InlineData(HostAccounting.CountHostAsVirtualProcessors, "1.93")]
    [InlineData(HostAccounting.ReserveCores, "3.00")]
    public void The_overall_ratio_follows_the_accounting(HostAccounting accounting, string ratio) =>
        Assert.Equal(ratio, Budget(8, 3.4, accounting).OverallRatio(12));

    [Fact]
    public void A_policy_lowers_the_limit_and_never_raises_it()
    {
        var processors = new HostProcessors(10, 20, null, null);

        Assert.Equal(13, RatioBudget.Allowed(processors, new Policy { MaxRatioPercent = 150 })!.Value.HardLimit);
        Assert.Equal(18, RatioBudget.Allowed(processors, new Policy { MaxRatioPercent = 400 })!.Value.HardLimit);
    }

    [Fact]
    public void The_stricter_the_accounting_the_smaller_the_budget() =>
        Gen.Select(Gen.Int[1, 256], Gen.Double[0, 40], Gen.Int[1, 200])
            .Sample(
                (cores, use, percent) =>
                {
                    int Hard(HostAccounting accounting) =>
                        RatioBudget
                            .Allowed(
                                new HostProcessors(cores, null, use, null),
                                new Policy { MaxRatioPercent = percent, HostAccounting = accounting }
                            )!
                            .Value.HardLimit;
                    return Hard(HostAccounting.GuestsOnly) >= Hard(HostAccounting.CountHostAsVirtualProcessors)
                        && Hard(HostAccounting.CountHostAsVirtualProcessors) >= Hard(HostAccounting.ReserveCores);
                }
            );

    [Fact]
    public void The_limit_is_the_last_count_that_does_not_exceed_it() =>
        Gen.Select(Gen.Int[1, 128], Gen.Double[0, 40], Gen.Enum<HostAccounting>())
            .Sample(
                (cores, use, accounting) =>
                {
                    var budget = Budget(cores, use, accounting);
                    return budget.ExceedsHard(budget.HardLimit + 1)
                        && (budget.HardLimit == 0 || !budget.ExceedsHard(budget.HardLimit))
                        && budget.ExceedsRecommended(budget.RecommendedLimit + 1);
                }
            );

    private static RatioBudget Budget(int cores, double? use, HostAccounting accounting) =>
        RatioBudget
            .Supported(new HostProcessors(cores, cores, use, null), new Policy { HostAccounting = accounting })!
            .Value;
}
