using System.Globalization;
using ExchangeVirt.Envtest.Assets;

namespace ExchangeVirt.Envtest.Processes;

/// <summary>
/// A clock for processes of their own, which is set while they run, by Debian's libfaketime. Only the time of day is set: what
/// measures how long something takes goes on, as it does on a machine whose clock is set.
/// </summary>
public sealed class SettableClock
{
    private const string Library = "libfaketimeMT.so.1";

    private static readonly ScriptedFolder s_fetched = new(
        UserCache.Folder("libfaketime"),
        Checkout.Combine("tests", "envtest", "fetch-libfaketime.sh"),
        TimeSpan.FromMinutes(10)
    );

    private readonly string _ahead;

    private SettableClock(string library, string ahead)
    {
        _ahead = ahead;
        Set(TimeSpan.Zero);
        Environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["LD_PRELOAD"] = library,
            ["FAKETIME_TIMESTAMP_FILE"] = ahead,
            ["FAKETIME_NO_CACHE"] = "1",
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
            ["FAKETIME_DONT_RESET"] = "1",
        };
    }

    /// <summary>Gets what a process has to have in its environment to go by this clock.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; }

    /// <summary>Makes a clock that is right; skips the running test where the library cannot be had.</summary>
    public static async Task<SettableClock> FindAsync(TemporaryFolder folder) =>
        new((await s_fetched.RequireAsync(Library))[0], folder.Combine("clock"));

    /// <summary>Sets the clock of all processes that go by it.</summary>
    /// <param name="ahead">How far it is ahead of the true time, in whole seconds; negative where it is behind.</param>
    public void Set(TimeSpan ahead)
    {
        var seconds = ((long)ahead.TotalSeconds).ToString("+0;-0;+0", CultureInfo.InvariantCulture);
        // It is read at any moment.
        File.WriteAllText(_ahead + ".new", seconds + "\n");
        File.Move(_ahead + ".new", _ahead, overwrite: true);
    }
}
