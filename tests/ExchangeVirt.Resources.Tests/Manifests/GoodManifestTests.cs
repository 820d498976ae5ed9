using ExchangeVirt.Resources.Manifests;
using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Resources.Tests.Manifests;

public class GoodManifestTests
{
    [Fact]
    public void All_kinds_are_read_from_one_file_of_many_documents()
    {
        var read = ManifestReader.ReadText("all.yaml", string.Join("---\n", Samples.All));

        Assert.Empty(read.Problems);
        Assert.Empty(read.Notices);
        Assert.Equal(
            [
                ("ExchangeVirtualMachine", 1),
                ("HyperVHost", 68),
                ("DatabaseAvailabilityGroup", 82),
                ("VirtualizationPolicy", 105),
                ("VirtualMachineMigration", 147),
            ],
            read.Entities.Select(each => (each.Entity.Kind, each.Line))
        );
    }

    [Fact]
    public void The_values_arrive_as_written()
    {
        var machine = Read<ExchangeVirtualMachine>(Samples.VirtualMachine);

        Assert.Equal("tokyo", machine.Metadata.Labels["site"]);
        Assert.Equal(ExchangeVersion.ExchangeSE, machine.Spec.Exchange.Version);
        Assert.Equal("128Gi", machine.Spec.Memory.Size);
        Assert.Equal(@"C:\ClusterStorage\csv1\ex01\os.vhdx", machine.Spec.Disks![0].VirtualHardDisk!.Path);
        Assert.Equal([DiskPurpose.Database, DiskPurpose.Log], machine.Spec.Disks[1].Purposes!);
        Assert.Equal(9014, machine.Spec.Disks[3].Iscsi!.Mtu);
        Assert.Equal("tokyo", machine.Spec.Placement!.HostSelector!.MatchLabels!["site"]);
        Assert.Equal(RequestedPowerState.Running, machine.Spec.PowerState);
    }

    [Fact]
    public void An_object_that_names_no_namespace_is_in_the_one_that_is_meant()
    {
        var path = Path.GetTempFileName();
        try
        {
            System.IO.File.WriteAllText(path, Samples.Host);
            var input = Samples.VirtualMachine.Replace("namespace: messaging", "", StringComparison.Ordinal);
            Assert.NotEqual(Samples.VirtualMachine, input);

            var read = ManifestReader.ReadPaths(
                [path, "-"],
                "elsewhere",
                () => new MemoryStream(System.Text.Encoding.UTF8.GetBytes(input))
            );

            Assert.Empty(read.Problems);
            Assert.Equal(
                [(path, null), ("-", "elsewhere")],
                read.Entities.Select(static each => (each.File, (string?)each.Entity.Metadata.NamespaceProperty))
            );
        }
        finally
        {
            System.IO.File.Delete(path);
        }
    }

    [Fact]
    public void What_is_absent_gets_its_default()
    {
        var machine = Read<ExchangeVirtualMachine>(
            """
            apiVersion: exchangevirt.io/v1alpha1
            kind: ExchangeVirtualMachine
            metadata: {name: ex01}
            spec:
              exchange: {version: Exchange2019, role: Mailbox}
              guest: {operatingSystem: WindowsServer2019}
              processors: {count: 4}
              memory: {size: 64Gi}
            """
        );
        var policy = Read<VirtualizationPolicy>(
            "{apiVersion: exchangevirt.io/v1alpha1, kind: VirtualizationPolicy, metadata: {name: default}, spec: {processor: {maxRatioPercent: 150}}}"
        );

        Assert.Equal("default", machine.Metadata.NamespaceProperty);
        Assert.Equal("default", machine.Spec.PolicyName);
        Assert.Equal(2700, machine.Spec.ShutdownTimeoutSeconds);
        Assert.Null(machine.Spec.PowerState);
        Assert.Null(machine.Spec.Disks);
        Assert.Equal(new ProcessorPolicySpec { MaxRatioPercent = 150 }, policy.Spec.Processor);
        Assert.Equal("4Gi", policy.Spec.Memory.HostReserve.Minimum);
        Assert.Null(policy.Metadata.NamespaceProperty);
    }

    [Theory]
    [InlineData("off")]
    [InlineData("yes")]
    [InlineData("0123")]
    [InlineData("1e3")]
    [InlineData("1.2.3")]
    [InlineData("2022-11-22")]
    [InlineData("0x1F")]
    [InlineData("12:30")]
    [InlineData("No")]
    public void A_text_stays_the_text_that_was_written(string written)
    {
        var text = Samples.VirtualMachine.Replace(
            "switchName: prod",
            $"switchName: {written}",
            StringComparison.Ordinal
        );

        Assert.Equal(written, Read<ExchangeVirtualMachine>(text).Spec.NetworkAdapters![0].SwitchName);
    }

    [Fact]
    public void A_tag_makes_a_number_a_text()
    {
        var text = Samples.VirtualMachine.Replace("switchName: prod", "switchName: !!str 10", StringComparison.Ordinal);

        Assert.Equal("10", Read<ExchangeVirtualMachine>(text).Spec.NetworkAdapters![0].SwitchName);
    }

    [Fact]
    public void Json_is_read_like_yaml()
    {
        var machine = Read<ExchangeVirtualMachine>(Samples.VirtualMachine);
        var json = System.Text.Json.JsonSerializer.Serialize(machine, Indented);

        var again = Read<ExchangeVirtualMachine>(json.Replace("  ", "\t", StringComparison.Ordinal));

        Assert.Equal(Write(machine), Write(again));
    }

    [Fact]
    public void A_list_of_objects_is_read_item_by_item_with_the_items_place_in_problems()
    {
        var read = ManifestReader.ReadText(
            "list.yaml",
            """
            apiVersion: v1
            kind: List
            items:
              - apiVersion: exchangevirt.io/v1alpha1
                kind: HyperVHost
                metadata: {name: hv01}
                spec: {agent: {endpoint: 'https://hv01:7443'}}
              - apiVersion: exchangevirt.io/v1alpha1
                kind: HyperVHost
                metadata: {name: hv02}
                spec: {agent: {}}
            """
        );

        Assert.Equal("hv01", Assert.Single(read.Entities).Entity.Metadata.Name);
        Assert.StartsWith(
            "list.yaml:11: items[1].spec.agent.endpoint: is missing",
            Assert.Single(read.Problems).ToString()
        );
    }

    [Fact]
    public void Objects_of_other_groups_and_a_status_are_left_aside_with_a_notice()
    {
        var read = ManifestReader.ReadText(
            "m.yaml",
            $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: x}}\n---\n{Samples.Host}status:\n  observedGeneration: 1\n"
        );

        Assert.Empty(read.Problems);
        Assert.Single(read.Entities);
        Assert.Equal([1, 18], read.Notices.Select(notice => notice.Line));
    }

    [Fact]
    public void What_the_server_writes_into_metadata_is_left_aside()
    {
        var text = Samples.Host.Replace(
            "  name: hv01\n",
            "  name: hv01\n  uid: 7\n  resourceVersion: '5'\n  generation: 3\n  managedFields: [{}]\n",
            StringComparison.Ordinal
        );

        Assert.Null(Read<HyperVHost>(text).Metadata.Uid);
    }

    [Fact]
    public void Aliases_and_merges_are_followed()
    {
        var machine = Read<ExchangeVirtualMachine>(
            Samples
                .VirtualMachine.Replace(
                    "    - name: mapi\n",
                    "    - &nic\n      name: mapi\n",
                    StringComparison.Ordinal
                )
                .Replace(
                    "      vlanId: 120\n",
                    "      vlanId: 120\n    - <<: *nic\n      name: backup\n",
                    StringComparison.Ordinal
                )
        );

        Assert.Equal(
            [
                new()
                {
                    Name = "mapi",
                    SwitchName = "prod",
                    VlanId = 120,
                },
                new()
                {
                    Name = "backup",
                    SwitchName = "prod",
                    VlanId = 120,
                },
            ],
            machine.Spec.NetworkAdapters!
        );
    }

    [Fact]
    public void A_name_declared_twice_is_reported_where_it_stands_second()
    {
        var read = ManifestReader.Read([
            File("a.yaml", Samples.Host),
            File("b.yaml", "# a comment\n" + Samples.Host),
            File("c.yaml", Samples.Policy),
        ]);

        Assert.Equal(2, read.Entities.Count);
        Assert.Equal(
            "b.yaml:2: metadata.name: HyperVHost hv01 is already declared in a.yaml:1; remove one of the two",
            Assert.Single(read.Problems).ToString()
        );
    }

    [Fact]
    public void One_bad_document_leaves_the_others()
    {
        var bad = Samples.Policy.Replace("20%", "x", StringComparison.Ordinal);

        var read = ManifestReader.ReadText("m.yaml", $"{Samples.Host}---\n{bad}---\n\n---\n{Samples.Group}");

        Assert.Equal(["HyperVHost", "DatabaseAvailabilityGroup"], read.Entities.Select(each => each.Entity.Kind));
        Assert.Single(read.Problems);
    }

    private static readonly System.Text.Json.JsonSerializerOptions Indented = new(ResourceJson.Options)
    {
        WriteIndented = true,
    };

    private static ManifestFile File(string name, string text) => new(name, System.Text.Encoding.UTF8.GetBytes(text));

    private static string Write(ExchangeVirtualMachine machine) =>
        System.Text.Json.JsonSerializer.Serialize(machine, ResourceJson.Options);

    private static T Read<T>(string text)
    {
        var read = ManifestReader.ReadText("m.yaml", text);
        Assert.Empty(read.Problems);
        return (T)Assert.Single(read.Entities).Entity;
    }
}
