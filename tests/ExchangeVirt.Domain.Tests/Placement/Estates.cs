using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Placement;

namespace ExchangeVirt.Domain.Tests.Placement;

/// <summary>Hosts and VMs for placement's tests: 16 cores and 512Gi each, all alike.</summary>
internal static class Estates
{
    public const string Installation = "installation-1";

    public static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    public static HostDefinition Define(string name, string? faultDomain = null, Policy? policy = null) =>
        new()
        {
            Name = name,
            FaultDomain = faultDomain,
            Policy = policy ?? new Policy(),
        };

    public static ObservedHost Facts(string name, int? cores = 16, params ObservedVirtualMachine[] guests) =>
        new()
        {
            Name = name,
            ObservedAt = Now,
            Processors = new HostProcessors(cores, cores * 2, 1.2, "GenuineIntel"),
            Memory = ByteSize.FromGibibytes(512),
            OperatingSystem = new HostOperatingSystem("Windows Server 2022", "10.0.20348", 3),
            Volumes =
            [
                new HostVolume(
                    @"C:\ClusterStorage\csv1",
                    ByteSize.FromGibibytes(8192),
                    ByteSize.FromGibibytes(1000),
                    "ClusterSharedVolume"
                ),
                new HostVolume(@"D:\", ByteSize.FromGibibytes(1000), ByteSize.FromGibibytes(500), "Local"),
            ],
            Switches = ["prod"],
            VirtualMachines = guests,
        };

    public static ObservedVirtualMachine Guest(int number, int? processors = 4, long gibibytes = 16) =>
        new()
        {
            Id = new Guid(number, 0, 0, new byte[8]),
            Name = $"guest{number}",
            Fingerprint = "f",
            PowerState = PowerState.Running,
            ProcessorCount = processors,
            Memory = new ObservedMemory(ByteSize.FromGibibytes(gibibytes), Dynamic: false),
        };

    public static HostCandidate Candidate(string name, params ObservedVirtualMachine[] guests) =>
        HostCandidate.Of(Define(name), Facts(name, 16, guests), Now);

    public static DesiredVirtualMachine Machine(string name, int processors = 8, string? group = null) =>
        new()
        {
            Key = new ObjectKey("messaging", name),
            VirtualMachineName = name,
            Exchange = new ExchangeServer(ExchangeVersion.ExchangeSE, 0, ExchangeRole.Mailbox, group, group is null),
            GuestOperatingSystem = GuestOperatingSystem.WindowsServer2022,
            ProcessorCount = processors,
            Memory = ByteSize.FromGibibytes(32),
        };

    public static PlacementRequest Ask(DesiredVirtualMachine machine, AvailabilityGroup? group = null) =>
        new()
        {
            VirtualMachine = machine,
            AvailabilityGroup = group,
            Now = Now,
        };

    public static AvailabilityGroup Group(
        Strictness antiAffinity = Strictness.Required,
        Strictness spread = Strictness.Preferred
    ) =>
        new()
        {
            Key = new ObjectKey("messaging", "dag1"),
            AntiAffinity = antiAffinity,
            FaultDomainSpread = spread,
        };

    public static DesiredDisk Disk(string path, long? gibibytes, string? source = null) =>
        new()
        {
            Name = path,
            VirtualHardDisk = new DesiredVirtualHardDisk(
                path,
                gibibytes is { } size ? ByteSize.FromGibibytes(size) : null,
                null,
                source
            ),
        };

    public static PlacementLedger Ledger(params (HostDefinition Definition, ObservedHost Facts)[] hosts)
    {
        var ledger = new PlacementLedger(Installation);
        foreach (var (definition, facts) in hosts)
        {
            ledger.SetHost(definition);
            ledger.Observe(definition.Name, facts, Now);
        }

        return ledger;
    }
}
