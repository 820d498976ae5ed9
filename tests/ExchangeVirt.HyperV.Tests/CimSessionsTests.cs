using ExchangeVirt.HyperV.Mmi;

namespace ExchangeVirt.HyperV.Tests;

public sealed class CimSessionsTests
{
    [Fact]
    public async Task Elsewhere_than_on_Windows_opening_WMI_says_what_to_do_instead()
    {
        if (OperatingSystem.IsWindows())
        {
            await using var session = CimSessions.OpenLocal();
            Assert.NotNull(session);
            return;
        }

        var failure = Assert.Throws<HyperVException>(CimSessions.OpenLocal);

        Assert.Equal((FaultKind.Unavailable, "WindowsNeeded"), (failure.Kind, failure.Reason));
        Assert.Contains("--simulate", failure.Message, StringComparison.Ordinal);
    }
}
