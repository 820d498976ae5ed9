using ExchangeVirt.Envtest.Assets;
using ExchangeVirt.Envtest.Processes;

namespace ExchangeVirt.Envtest.Clients;

/// <summary>Finds Prometheus' own checker of rules and metrics.</summary>
public static class Promtool
{
    private static readonly ScriptedFolder s_fetched = new(
        UserCache.Folder("promtool"),
        Checkout.Combine("tests", "envtest", "fetch-promtool.sh"),
        TimeSpan.FromMinutes(10)
    );

    /// <summary>Takes the one on PATH, else fetches Debian's; skips the running test where it cannot be had.</summary>
    public static async Task<Tool> FindAsync(TemporaryFolder folder) =>
        new(Executables.OnPath("promtool") ?? (await s_fetched.RequireAsync("promtool"))[0], folder.Folder("home"));
}
