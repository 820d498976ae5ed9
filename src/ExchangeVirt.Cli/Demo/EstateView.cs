using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime.Stores;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Cli.Demo;

/// <summary>Holds what the store said about an estate at one moment.</summary>
/// <param name="Hosts">The hosts, by name.</param>
/// <param name="Groups">The database availability groups, by name.</param>
/// <param name="Machines">The virtual machines, by name.</param>
/// <param name="Policies">The policies, by name.</param>
internal sealed record EstateView(
    IReadOnlyList<HyperVHost> Hosts,
    IReadOnlyList<DatabaseAvailabilityGroup> Groups,
    IReadOnlyList<ExchangeVirtualMachine> Machines,
    IReadOnlyList<VirtualizationPolicy> Policies
)
{
    /// <summary>Reads the estate as it is now.</summary>
    public static async Task<EstateView> ReadAsync(IResourceStore store, CancellationToken cancellationToken) =>
        new(
            await ListAsync<HyperVHost>(store, cancellationToken),
            await ListAsync<DatabaseAvailabilityGroup>(store, cancellationToken),
            await ListAsync<ExchangeVirtualMachine>(store, cancellationToken),
            await ListAsync<VirtualizationPolicy>(store, cancellationToken)
        );

    /// <summary>An estate of which nothing is known.</summary>
    public static EstateView Empty { get; } = new([], [], [], []);

    /// <summary>Finds a machine by the name of its resource.</summary>
    public ExchangeVirtualMachine? Machine(string name) =>
        Machines.FirstOrDefault(machine => machine.Metadata.Name == name);

    private static async Task<IReadOnlyList<T>> ListAsync<T>(IResourceStore store, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        [
            .. (await store.ListAsync<T>(cancellationToken)).Items.OrderBy(
                static item => item.Metadata.Name,
                StringComparer.Ordinal
            ),
        ];
}
