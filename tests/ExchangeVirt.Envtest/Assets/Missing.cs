using System.Diagnostics.CodeAnalysis;
using Xunit;

namespace ExchangeVirt.Envtest.Assets;

/// <summary>Ends tests that need what this machine does not have.</summary>
public static class Missing
{
    /// <summary>The variable that turns skipped tests into failed ones, for machines that must run them all.</summary>
    public const string RequireVariable = "EXVIRT_REQUIRE_ENVTEST";

    /// <summary>Skips the running test; fails it on a machine that must run it.</summary>
    /// <param name="reason">What is missing, why, and how to get it.</param>
    [DoesNotReturn]
    public static void Skip(string reason)
    {
        if (IsRequired)
        {
            Assert.Fail($"{reason} ({RequireVariable} is set, so this test must not be skipped.)");
        }

        Assert.Skip(reason);
    }

    /// <summary>Gets whether this machine must run every test.</summary>
    internal static bool IsRequired => Environment.GetEnvironmentVariable(RequireVariable) is "1" or "true";
}
