using ExchangeVirt.Kubernetes.Tests.Estates;

namespace ExchangeVirt.Kubernetes.Tests.Installing;

/// <summary>The tests on the small estate that leave the operator installed: they share it, one after the other.</summary>
[CollectionDefinition(nameof(SmallEstateTests))]
public sealed class SmallEstateTests : ICollectionFixture<SharedInstalledEstate>;
