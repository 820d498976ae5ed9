using ExchangeVirt.Envtest;

[assembly: AssemblyFixture(typeof(SharedControlPlane))]
[assembly: AssemblyFixture(typeof(SharedCustomResourceServer))]
