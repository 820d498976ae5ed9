using System.Reflection;
using System.Text.RegularExpressions;
using ExchangeVirt.Domain.Gating;
using ExchangeVirt.Domain.Planning;

namespace ExchangeVirt.Domain.Tests.Gating;

public sealed partial class ReasonWords
{
    [Theory]
    [InlineData(typeof(GateReasons))]
    [InlineData(typeof(PlanReasons))]
    public void A_reason_is_a_CamelCase_word_that_is_its_own_name(Type reasons)
    {
        var fields = reasons.GetFields(BindingFlags.Public | BindingFlags.Static);

        Assert.NotEmpty(fields);
        Assert.All(fields, field => Assert.Equal(field.Name, field.GetRawConstantValue()));
        Assert.All(fields, field => Assert.Matches(CamelCase(), field.Name));
    }

    [GeneratedRegex("^[A-Z][A-Za-z]+$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex CamelCase();
}
