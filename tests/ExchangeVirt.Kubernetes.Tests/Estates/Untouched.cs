namespace ExchangeVirt.Kubernetes.Tests.Estates;

/// <summary>All VMs of an estate's hosts at one time, with their settings and files, and all that agents had been asked for by then.</summary>
internal sealed class Untouched
{
    private readonly InstalledEstate _estate;
    private readonly IReadOnlyDictionary<string, string> _machines;
    private readonly IReadOnlyList<JournalEntry> _journals;

    private Untouched(InstalledEstate estate)
    {
        _estate = estate;
        _machines = estate.Hosts.Read();
        _journals = estate.Hosts.Journals();
    }

    /// <summary>Looks at it now.</summary>
    public static Untouched Of(InstalledEstate estate) => new(estate);

    /// <summary>Gets what agents were asked for since.</summary>
    public IReadOnlyList<JournalEntry> Since() => _estate.Hosts.JournalsBeyond(_journals);

    /// <summary>
    /// Gets what agents changed since. An action that takes long may be asked for once more, and then finds nothing to change.
    /// </summary>
    /// <param name="action">The only action that they may have been asked for.</param>
    /// <returns>Nothing while that is not all they were asked for.</returns>
    public IReadOnlyList<JournalEntry> ChangedBy(string action) =>
        Since() is var since && since.All(entry => entry.Action == action)
            ? [.. since.Where(static entry => entry.Changed)]
            : [];

    /// <summary>Fails where agents were asked for anything since, or any VM is not as it was.</summary>
    public void AssertSo()
    {
        Assert.Empty(Since());
        Assert.Equal(_machines, _estate.Hosts.Read());
    }
}
