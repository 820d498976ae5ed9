using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Cli.Demo;

/// <summary>Holds what the store said about an estate at one moment.</summary>
/// <param name="Hosts">The hosts, by name.</param>
/// <param name="Groups">The database availability groups, by name.</param>
/// <param name="Machines">The virtual machines, by name.</param>
internal sealed record EstateView(
    IReadOnlyList<HyperVHost> Hosts,
    IReadOnlyList<DatabaseAvailabilityGroup> Groups,
    IReadOnlyList<ExchangeVirtualMachine> Machines
)
{
    /// <summary>Reads the estate as it is now.</summary>
    public static async Task<EstateView> ReadAsync(IResourceStore store, CancellationToken cancellationToken) =>
        new(
            [.. (await store.ListAsync<HyperVHost>(cancellationToken)).Items.OrderBy(static item => item.Metadata.Name, StringComparer.Ordinal)],
            [.. (await store.ListAsync<DatabaseAvailabilityGroup>(cancellationToken)).Items.OrderBy(static item => item.Metadata.Name, StringComparer.Ordinal)],
            [.. (await store.ListAsync<ExchangeVirtualMachine>(cancellationToken)).Items.OrderBy(static item => item.Metadata.Name, StringComparer.Ordinal)]
        );

    /// <summary>Finds a machine by the name of its resource.</summary>
    public ExchangeVirtualMachine? Machine(string name) => Machines.FirstOrDefault(machine => machine.Metadata.Name == name);
}
