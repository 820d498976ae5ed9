using ExchangeVirt.Domain.Model;
using ExchangeVirt.Resources.Manifests;
using ExchangeVirt.Resources.Mapping;
using ExchangeVirt.Resources.Tests.Manifests;
using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Resources.Tests.Mapping;

public class DesiredTests
{
    [Fact]
    public void A_machine_is_mapped_field_by_field()
    {
        var desired = Desired.From(Read<ExchangeVirtualMachine>(Samples.VirtualMachine));

        Assert.Equal(new ObjectKey("messaging", "ex01"), desired.Key);
        Assert.Equal("EX01", desired.VirtualMachineName);
        Assert.Equal(2, desired.Generation);
        Assert.Equal(
            new ExchangeServer(
                Domain.Model.ExchangeVersion.ExchangeSE,
                0,
                Domain.Model.ExchangeRole.Mailbox,
                "dag01",
                false
            ),
            desired.Exchange
        );
        Assert.Equal(8, desired.ProcessorCount);
        Assert.Equal(ByteSize.FromGibibytes(128), desired.Memory);
        Assert.Equal(
            new DesiredVirtualHardDisk(
                @"C:\ClusterStorage\csv1\ex01\os.vhdx",
                ByteSize.FromGibibytes(150),
                VirtualDiskType.Fixed,
                @"C:\templates\ws2022.vhdx"
            ),
            desired.Disks![0].VirtualHardDisk
        );
        Assert.Equal("600A0B80000F", desired.Disks[2].PassThroughUniqueId);
        Assert.True(desired.Disks[3].InGuestIscsi);
        Assert.Equal([new DesiredNetworkAdapter("mapi", "prod", 120)], desired.NetworkAdapters!);
        Assert.Equal(DesiredPowerState.Running, desired.PowerState);
        Assert.Equal(
            new DesiredAutomaticStart(AutomaticStartAction.Start, TimeSpan.FromMinutes(5)),
            desired.AutomaticStart
        );
        Assert.Equal("hv03", desired.HostName);
        Assert.Equal("tokyo", desired.HostSelector["site"]);
        Assert.Equal(TimeSpan.FromMinutes(45), desired.ShutdownTimeout);
        Assert.False(desired.AdoptIfExists);
    }

    [Fact]
    public void What_is_not_declared_stays_unmanaged()
    {
        var entity = Read<ExchangeVirtualMachine>(Samples.VirtualMachine);
        entity.Spec = entity.Spec with
        {
            Disks = null,
            NetworkAdapters = null,
            PowerState = null,
            AutomaticStart = null,
            VirtualMachineName = null,
            Placement = null,
        };

        var desired = Desired.From(entity);

        Assert.Null(desired.Disks);
        Assert.Null(desired.NetworkAdapters);
        Assert.Null(desired.PowerState);
        Assert.Null(desired.AutomaticStart);
        Assert.Null(desired.HostName);
        Assert.Empty(desired.HostSelector);
        Assert.Equal("ex01", desired.VirtualMachineName);
    }

    [Fact]
    public void Without_a_policy_the_built_in_values_hold() =>
        Assert.Equal(new Policy(), Desired.From((VirtualizationPolicy?)null));

    [Fact]
    public void A_policy_is_mapped_field_by_field()
    {
        var entity = Read<VirtualizationPolicy>(Samples.Policy);

        Assert.Equal(
            new Policy
            {
                Enforcement = Domain.Model.Enforcement.Enforce,
                Disruption = Domain.Model.Disruption.Anytime,
                SavedState = Domain.Model.SavedStatePolicy.DiscardAndColdBoot,
                MaxRatioPercent = 150,
                HostAccounting = Domain.Model.HostAccounting.ReserveCores,
                HostReserveMinimum = ByteSize.FromGibibytes(8),
                HostReservePercent = 10,
                PerVirtualMachineOverhead = ByteSize.FromMebibytes(512),
                RemoveUserCheckpoints = Domain.Model.CheckpointRemoval.MaintenanceWindow,
                RecoveryMaxAge = TimeSpan.FromDays(1),
                HostBackupVerified = true,
                RestartGrace = TimeSpan.FromMinutes(30),
            },
            Desired.From(entity)
        );
        Assert.Equal(20, Desired.MaxChangedPercentPerHour(entity));
        Assert.Equal(20, Desired.MaxChangedPercentPerHour(null));
    }

    [Fact]
    public void A_lowered_limit_lowers_the_recommendation_with_it()
    {
        var entity = new VirtualizationPolicy
        {
            Metadata = new() { Name = "low" },
            Spec = new VirtualizationPolicySpec { Processor = new ProcessorPolicySpec { MaxRatioPercent = 80 } },
        };

        Assert.Equal(80, Desired.From(entity).RecommendedRatioPercent);
    }

    [Theory]
    [InlineData(null, null, "Enforce", "Anytime")]
    [InlineData("Observe", "Never", "Observe", "Never")]
    [InlineData("Enforce", "MaintenanceWindow", "Enforce", "MaintenanceWindow")]
    public void The_stricter_of_machine_and_policy_counts(
        string? enforcement,
        string? disruption,
        string expectedEnforcement,
        string expectedDisruption
    )
    {
        var entity = Read<ExchangeVirtualMachine>(Samples.VirtualMachine);
        entity.Spec = entity.Spec with
        {
            Enforcement = enforcement is null ? null : Enum.Parse<Resources.V1Alpha1.Enforcement>(enforcement),
            Disruption = disruption is null ? null : Enum.Parse<Resources.V1Alpha1.Disruption>(disruption),
        };

        var rules = Desired.RulesFor(entity, Desired.From(Read<VirtualizationPolicy>(Samples.Policy)));

        Assert.Equal(
            (expectedEnforcement, expectedDisruption),
            (rules.Enforcement.ToString(), rules.Disruption.ToString())
        );
    }

    [Fact]
    public void A_group_is_mapped_field_by_field()
    {
        var group = Desired.From(Read<DatabaseAvailabilityGroup>(Samples.Group));

        Assert.Equal(new ObjectKey("messaging", "dag01"), group.Key);
        Assert.Equal((Strictness.Required, Strictness.Ignore), (group.AntiAffinity, group.FaultDomainSpread));
        Assert.Equal((WitnessKind.External, "fsw.corp.example"), (group.Witness, group.WitnessName));
        Assert.Equal(["ex90"], group.ExternalMembers);
        Assert.Equal(
            [new IgnoredMember("ex03", "burnt", new DateTimeOffset(2026, 12, 31, 0, 0, 0, TimeSpan.Zero))],
            group.IgnoredMembers
        );
        Assert.Equal(Domain.Model.MaintenanceHook.Command, group.Hook);
    }

    [Fact]
    public void A_group_without_a_hook_has_none_chosen() =>
        Assert.Equal(
            Domain.Model.MaintenanceHook.Unset,
            Desired
                .From(
                    new DatabaseAvailabilityGroup
                    {
                        Metadata = new() { Name = "d", NamespaceProperty = "n" },
                    }
                )
                .Hook
        );

    [Fact]
    public void A_host_is_mapped_under_its_policy()
    {
        var policy = new Policy { Name = "strict" };
        var entity = Read<HyperVHost>(Samples.Host);
        entity.Spec = entity.Spec with { Maintenance = HostMaintenance.Drain, Schedulable = false };
        entity.Metadata.Labels = new Dictionary<string, string> { ["site"] = "tokyo" };

        var host = Desired.From(entity, policy);

        Assert.Equal("hv01", host.Name);
        Assert.Equal("tokyo", host.Labels["site"]);
        Assert.Equal(["messaging"], host.AllowedNamespaces!);
        Assert.True(host.Draining);
        Assert.False(host.Schedulable);
        Assert.Equal("rack-a", host.FaultDomain);
        Assert.Same(policy, host.Policy);
    }

    [Theory]
    [InlineData(typeof(Resources.V1Alpha1.ExchangeVersion), typeof(Domain.Model.ExchangeVersion))]
    [InlineData(typeof(Resources.V1Alpha1.ExchangeRole), typeof(Domain.Model.ExchangeRole))]
    [InlineData(typeof(Resources.V1Alpha1.GuestOperatingSystem), typeof(Domain.Model.GuestOperatingSystem))]
    [InlineData(typeof(Resources.V1Alpha1.DiskPurpose), typeof(Domain.Model.DiskPurpose))]
    [InlineData(typeof(VirtualHardDiskType), typeof(VirtualDiskType))]
    [InlineData(typeof(RequestedPowerState), typeof(DesiredPowerState))]
    [InlineData(typeof(StartAction), typeof(AutomaticStartAction))]
    [InlineData(typeof(Resources.V1Alpha1.Enforcement), typeof(Domain.Model.Enforcement))]
    [InlineData(typeof(Resources.V1Alpha1.Disruption), typeof(Domain.Model.Disruption))]
    [InlineData(typeof(AntiAffinity), typeof(Strictness))]
    [InlineData(typeof(FaultDomainSpread), typeof(Strictness))]
    [InlineData(typeof(Resources.V1Alpha1.MaintenanceHook), typeof(Domain.Model.MaintenanceHook))]
    [InlineData(typeof(Resources.V1Alpha1.SavedStatePolicy), typeof(Domain.Model.SavedStatePolicy))]
    [InlineData(typeof(Resources.V1Alpha1.HostAccounting), typeof(Domain.Model.HostAccounting))]
    [InlineData(typeof(Resources.V1Alpha1.CheckpointRemoval), typeof(Domain.Model.CheckpointRemoval))]
    public void Every_word_of_a_manifest_is_known_to_the_domain(Type manifest, Type domain) =>
        Assert.Subset(new HashSet<string>(Enum.GetNames(domain)), new HashSet<string>(Enum.GetNames(manifest)));

    private static T Read<T>(string text) => (T)Assert.Single(ManifestReader.ReadText("m.yaml", text).Entities).Entity;
}
