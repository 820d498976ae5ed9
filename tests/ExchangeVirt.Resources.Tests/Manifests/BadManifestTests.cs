using ExchangeVirt.Resources.Manifests;
using ExchangeVirt.Resources.Rules;

namespace ExchangeVirt.Resources.Tests.Manifests;

/// <summary>Breaks one line of a sound manifest and expects one problem, at its place, that says what is allowed.</summary>
public class BadManifestTests
{
    private const string Vm = Samples.VirtualMachine;

    /// <summary>Case, manifest, what is replaced and by what, line and path of the problem, and a part of its message.</summary>
    public static TheoryData<string, string, string, string, string, string> Cases =>
        new()
        {
            {
                "kind misspelt",
                Vm,
                "kind: ExchangeVirtualMachine",
                "kind: ExchangeVirtualMachin",
                "2: kind",
                "did you mean ExchangeVirtualMachine?"
            },
            {
                "kind missing",
                Vm,
                "kind: ExchangeVirtualMachine\n",
                "",
                "1: kind",
                "allowed: ExchangeVirtualMachine, "
            },
            { "version of the API unknown", Vm, "/v1alpha1", "/v1", "1: apiVersion", "give exchangevirt.io/v1alpha1" },
            {
                "group of the API misspelt",
                Vm,
                "exchangevirt.io/",
                "exchangevirt.com/",
                "1: apiVersion",
                "give exchangevirt.io/v1alpha1"
            },
            {
                "apiVersion null",
                Vm,
                "apiVersion: exchangevirt.io/v1alpha1",
                "apiVersion:",
                "1: apiVersion",
                "is missing"
            },
            { "field of the root unknown", Vm, "spec:\n", "specs: 1\nspec:\n", "8: specs", "did you mean spec?" },
            {
                "metadata a text",
                Vm,
                "metadata:\n  name: ex01\n  namespace: messaging\n  labels:\n    site: tokyo\n",
                "metadata: ex01\n",
                "3: metadata",
                "is not a mapping"
            },
            { "name missing", Vm, "  name: ex01\n", "", "3: metadata.name", "is missing" },
            { "name in capitals", Vm, "  name: ex01\n", "  name: EX01\n", "4: metadata.name", "(name-is-dns-label)" },
            { "name a number", Vm, "  name: ex01\n", "  name: 17\n", "4: metadata.name", "put it in quotes: \"17\"" },
            {
                "namespace with a dot",
                Vm,
                "namespace: messaging",
                "namespace: mess.aging",
                "5: metadata.namespace",
                "lower-case letters"
            },
            {
                "namespace on a cluster's kind",
                Samples.Host,
                "  name: hv01\n",
                "  name: hv01\n  namespace: messaging\n",
                "5: metadata.namespace",
                "must be absent"
            },
            { "field of metadata unknown", Vm, "  labels:", "  label:", "6: metadata.label", "did you mean labels?" },
            {
                "label a number",
                Vm,
                "    site: tokyo\nspec:",
                "    site: 3\nspec:",
                "7: metadata.labels[site]",
                "in quotes"
            },
            {
                "label's key with a space",
                Vm,
                "    site: tokyo\nspec:",
                "    'a site': tokyo\nspec:",
                "7: metadata.labels[a site]",
                "not a label's key"
            },
            {
                "field unknown",
                Vm,
                "    count: 8",
                "    cuont: 8\n    count: 8",
                "21: spec.processors.cuont",
                "did you mean count?"
            },
            {
                "field of another kind",
                Vm,
                "  paused: false",
                "  dynamicMemory: true",
                "66: spec.dynamicMemory",
                "is not a field here; allowed: exchange, guest"
            },
            {
                "required field missing",
                Vm,
                "    version: ExchangeSE\n",
                "",
                "9: spec.exchange.version",
                "give one of Exchange2016, Exchange2019, ExchangeSE"
            },
            {
                "required object missing",
                Vm,
                "  processors:\n    count: 8\n",
                "",
                "8: spec.processors",
                "give a mapping with count"
            },
            { "number in quotes", Vm, "count: 8", "count: '8'", "21: spec.processors.count", "remove the quotes" },
            {
                "number with decimals",
                Vm,
                "count: 8",
                "count: 8.5",
                "21: spec.processors.count",
                "is not a whole number"
            },
            { "number as octals", Vm, "count: 8", "count: 010", "21: spec.processors.count", "is not a whole number" },
            { "number too small", Vm, "count: 8", "count: 0", "21: spec.processors.count", "from 1 to 2048" },
            { "number too great", Vm, "count: 8", "count: 2049", "21: spec.processors.count", "from 1 to 2048" },
            {
                "number beyond all types",
                Vm,
                "count: 8",
                "count: 99999999999999999999",
                "21: spec.processors.count",
                "out of range"
            },
            { "boolean as yes", Vm, "paused: false", "paused: yes", "66: spec.paused", "give true or false" },
            { "boolean in quotes", Vm, "paused: false", "paused: 'false'", "66: spec.paused", "without quotes" },
            {
                "boolean for a text",
                Vm,
                "virtualMachineName: EX01",
                "virtualMachineName: true",
                "18: spec.virtualMachineName",
                "put it in quotes: \"true\""
            },
            {
                "number for a text",
                Vm,
                "switchName: prod",
                "switchName: 2.10",
                "49: spec.networkAdapters[0].switchName",
                "put it in quotes: \"2.10\""
            },
            {
                "null for a text",
                Vm,
                "virtualMachineName: EX01",
                "virtualMachineName: ~",
                "18: spec.virtualMachineName",
                "is null"
            },
            {
                "null for an object",
                Vm,
                "  memory:\n    size: 128Gi",
                "  memory:",
                "22: spec.memory",
                "is null; give a mapping with size"
            },
            {
                "null for a word",
                Vm,
                "powerState: Running",
                "powerState: null",
                "51: spec.powerState",
                "one of Running, Stopped"
            },
            {
                "text too long",
                Vm,
                "virtualMachineName: EX01",
                "virtualMachineName: " + new string('x', 64),
                "18: spec.virtualMachineName",
                "at most 63"
            },
            {
                "text empty",
                Vm,
                "virtualMachineName: EX01",
                "virtualMachineName: ''",
                "18: spec.virtualMachineName",
                "not empty"
            },
            {
                "word misspelt",
                Vm,
                "role: Mailbox",
                "role: mailbox",
                "12: spec.exchange.role",
                "did you mean Mailbox?"
            },
            {
                "word unknown",
                Vm,
                "powerState: Running",
                "powerState: Hibernated",
                "51: spec.powerState",
                "allowed: Running, Stopped"
            },
            {
                "version as a number",
                Vm,
                "operatingSystem: WindowsServer2022",
                "operatingSystem: 2022",
                "16: spec.guest.operatingSystem",
                "\"2022\" is not allowed"
            },
            {
                "list for an object",
                Vm,
                "  processors:\n    count: 8",
                "  processors:\n    - count: 8",
                "20: spec.processors",
                "is a list"
            },
            {
                "object for a list",
                Vm,
                "purposes: [OperatingSystem]",
                "purposes: {a: b}",
                "26: spec.disks[0].purposes",
                "is a mapping; give a list"
            },
            {
                "list for a text",
                Vm,
                "virtualMachineName: EX01",
                "virtualMachineName: [EX01]",
                "18: spec.virtualMachineName",
                "is a list"
            },
            {
                "list empty",
                Vm,
                "purposes: [OperatingSystem]",
                "purposes: []",
                "26: spec.disks[0].purposes",
                "at least 1"
            },
            {
                "list too long",
                Vm,
                "    - name: mapi\n      switchName: prod\n      vlanId: 120",
                string.Concat(Enumerable.Range(0, 9).Select(i => $"    - {{name: a{i}, switchName: prod}}\n"))
                    .TrimEnd(),
                "47: spec.networkAdapters",
                "at most 8"
            },
            {
                "item repeated in a set",
                Vm,
                "[Database, Log]",
                "[Log, Log]",
                "34: spec.disks[1].purposes[1]",
                "repeats \"Log\""
            },
            {
                "names of disks repeated",
                Vm,
                "- name: db1",
                "- name: os",
                "33: spec.disks[1].name",
                "repeats \"os\" of spec.disks[0] (line 25)"
            },
            {
                "key written twice",
                Vm,
                "    count: 8",
                "    count: 8\n    count: 9",
                "22",
                "the key \"count\" stands twice"
            },
            {
                "amount with a foreign suffix",
                Vm,
                "size: 128Gi",
                "size: 128GiB",
                "23: spec.memory.size",
                "such as 128Gi"
            },
            { "amount negative", Vm, "size: 128Gi", "size: '-1'", "23: spec.memory.size", "such as 128Gi" },
            { "amount empty", Vm, "size: 128Gi", "size: ''", "23: spec.memory.size", "such as 128Gi" },
            {
                "amount with part of a byte",
                Vm,
                "size: 150Gi",
                "size: '0.3'",
                "29: spec.disks[0].virtualHardDisk.size",
                "whole number of bytes"
            },
            { "amount as a number", Vm, "size: 128Gi", "size: 137438953472", "23: spec.memory.size", "in quotes" },
            {
                "path of no drive",
                Vm,
                @"'C:\ClusterStorage\csv1\ex01\os.vhdx'",
                @"'csv1\os.vhdx'",
                "28: spec.disks[0].virtualHardDisk.path",
                "a whole path"
            },
            {
                "path with a wildcard",
                Vm,
                @"csv1\ex01\os.vhdx'",
                @"csv1\ex01\*.vhdx'",
                "28: spec.disks[0].virtualHardDisk.path",
                "a whole path"
            },
            { "VLAN 0", Vm, "vlanId: 120", "vlanId: 0", "50: spec.networkAdapters[0].vlanId", "from 1 to 4094" },
            { "VLAN 4095", Vm, "vlanId: 120", "vlanId: 4095", "50: spec.networkAdapters[0].vlanId", "from 1 to 4094" },
            {
                "delay negative",
                Vm,
                "delaySeconds: 300",
                "delaySeconds: -1",
                "54: spec.automaticStart.delaySeconds",
                "from 0"
            },
            {
                "member that stands alone",
                Vm,
                "standalone: false",
                "standalone: true",
                "14: spec.exchange.standalone",
                "(dag-xor-standalone)"
            },
            {
                "edge server in a group",
                Vm,
                "role: Mailbox",
                "role: EdgeTransport",
                "13: spec.exchange.databaseAvailabilityGroup",
                "(edge-has-no-dag)"
            },
            {
                "memory of odd size",
                Vm,
                "size: 128Gi",
                "size: 1025Mi",
                "23: spec.memory.size",
                "(memory-multiple-of-2mi)"
            },
            { "memory of nothing", Vm, "size: 128Gi", "size: 0Gi", "23: spec.memory.size", "(memory-multiple-of-2mi)" },
            {
                "memory below the minimum",
                Vm.Replace("size: 128Gi", "size: 6Gi", StringComparison.Ordinal),
                "version: ExchangeSE",
                "version: Exchange2016",
                "23: spec.memory.size",
                "(mem-below-minimum)"
            },
            {
                "processors beyond generation 1",
                Vm.Replace("count: 8", "count: 65", StringComparison.Ordinal),
                "virtualMachineGeneration: 2",
                "virtualMachineGeneration: 1",
                "21: spec.processors.count",
                "(generation-1-processor-count)"
            },
            {
                "VHD on generation 2",
                Vm.Replace("size: 2Ti", "size: 1Ti", StringComparison.Ordinal),
                @"ex01\db1.vhdx'",
                @"ex01\db1.vhd'",
                "24: spec.disks",
                "(generation-2-needs-vhdx)"
            },
            {
                "disk of no kind",
                Vm,
                "      iscsi:\n        inGuest: true\n        mtu: 9014\n",
                "",
                "42: spec.disks[3]",
                "(disk-exactly-one-source)"
            },
            {
                "disk of two kinds",
                Vm,
                "      passThrough:",
                "      iscsi: {inGuest: true}\n      passThrough:",
                "38: spec.disks[2]",
                "(disk-exactly-one-source)"
            },
            {
                "disk file of a checkpoint",
                Vm.Replace("virtualMachineGeneration: 2\n", "virtualMachineGeneration: 1\n", StringComparison.Ordinal),
                @"ex01\os.vhdx",
                @"ex01\os.avhdx",
                "28: spec.disks[0].virtualHardDisk.path",
                "(virtual-hard-disk-extension)"
            },
            {
                "source of no disk",
                Vm,
                "ws2022.vhdx",
                "ws2022.iso",
                "32: spec.disks[0].virtualHardDisk.source.path",
                "(virtual-hard-disk-source-extension)"
            },
            {
                "disk too great",
                Vm,
                "size: 2Ti",
                "size: 65Ti",
                "37: spec.disks[1].virtualHardDisk.size",
                "(virtual-hard-disk-size)"
            },
            {
                "disk file used twice",
                Vm,
                @"'\\files.corp.example\vms\ex01\db1.vhdx'",
                @"'c:\clusterstorage\CSV1\ex01\os.vhdx'",
                "24: spec.disks",
                "(disk-files-unique)"
            },
            {
                "LUN used twice",
                Vm,
                "      iscsi:\n        inGuest: true\n        mtu: 9014\n",
                "      passThrough: {uniqueId: 600a0b80000f}\n",
                "24: spec.disks",
                "(disk-luns-unique)"
            },
            {
                "two disks of Windows",
                Vm,
                "[Queue]",
                "[OperatingSystem]",
                "24: spec.disks",
                "(operating-system-disk-once)"
            },
            {
                "iSCSI by the host",
                Vm,
                "inGuest: true",
                "inGuest: false",
                "45: spec.disks[3].iscsi.inGuest",
                "(iscsi-in-guest)"
            },
            {
                "endpoint without TLS",
                Samples.Host,
                "https://",
                "http://",
                "7: spec.agent.endpoint",
                "https://hv01.corp.example:7443"
            },
            {
                "agent missing",
                Samples.Host,
                "  agent:\n    endpoint: https://hv01.corp.example:7443\n    serverName: hv01\n",
                "",
                "5: spec.agent",
                "is missing"
            },
            {
                "spec missing",
                Samples.Host,
                Samples.Host[Samples.Host.IndexOf("spec:", StringComparison.Ordinal)..],
                "",
                "1: spec",
                "give agent"
            },
            {
                "witness of no kind",
                Samples.Group,
                "    external: fsw.corp.example",
                "    {}",
                "11: spec.witness",
                "(witness-exactly-one)"
            },
            {
                "witness of two kinds",
                Samples.Group,
                "    external: fsw.corp.example",
                "    external: fsw.corp.example\n    host: hv09",
                "11: spec.witness",
                "(witness-exactly-one)"
            },
            {
                "hook without its command",
                Samples.Group,
                @"    command: ['C:\tools\maintenance.exe', --enter]",
                "",
                "20: spec.maintenance.command",
                "(hook-command)"
            },
            {
                "command without its hook",
                Samples.Group,
                "hook: Command",
                "hook: None",
                "22: spec.maintenance.command",
                "(hook-command)"
            },
            {
                "member ignored for ever",
                Samples.Group,
                "      expires: 2026-12-31T00:00:00Z\n",
                "",
                "17: spec.ignoredMembers[0].expires",
                "is missing; give a time"
            },
            {
                "time that is none",
                Samples.Group,
                "2026-12-31T00:00:00Z",
                "2026-13-31T00:00:00Z",
                "19: spec.ignoredMembers[0].expires",
                "is not a time"
            },
            {
                "date without a time",
                Samples.Group,
                "2026-12-31T00:00:00Z",
                "2026-12-31",
                "19: spec.ignoredMembers[0].expires",
                "is not a time"
            },
            {
                "ratio raised",
                Samples.Policy,
                "maxRatioPercent: 150",
                "maxRatioPercent: 250",
                "11: spec.processor.maxRatioPercent",
                "from 10 to 200"
            },
            {
                "schedule of six fields",
                Samples.Policy,
                "0 22 * * SAT#2",
                "0 0 22 * * SAT",
                "26: spec.maintenanceWindows[0].schedule",
                "five fields"
            },
            {
                "schedule out of range",
                Samples.Policy,
                "0 22 * * SAT#2",
                "0 24 * * SAT",
                "26: spec.maintenanceWindows[0].schedule",
                "five fields"
            },
            {
                "window longer than a day",
                Samples.Policy,
                "durationMinutes: 240",
                "durationMinutes: 1441",
                "28: spec.maintenanceWindows[0].durationMinutes",
                "from 1 to 1440"
            },
            {
                "time zone of nothing",
                Samples.Policy,
                "timeZone: Asia/Tokyo",
                "timeZone: ''",
                "27: spec.maintenanceWindows[0].timeZone",
                "IANA"
            },
            {
                "share without its sign",
                Samples.Policy,
                "maxChangedPerHour: 20%",
                "maxChangedPerHour: '20'",
                "29: spec.maxChangedPerHour",
                "with its sign"
            },
            {
                "exemption without a reason",
                Samples.Policy,
                "      reason: it is a lab\n",
                "",
                "33: spec.exemptions[0].reason",
                "is missing"
            },
            {
                "exemption by nobody",
                Samples.Policy,
                "by: ops@corp.example",
                "by: ''",
                "40: spec.exemptions[0].by",
                "not empty"
            },
            {
                "exemption for ever",
                Samples.Policy,
                "      expires: 2026-12-31T00:00:00+09:00\n",
                "",
                "33: spec.exemptions[0].expires",
                "is missing"
            },
            {
                "subject without its namespace",
                Samples.Policy,
                "        namespace: lab\n",
                "",
                "35: spec.exemptions[0].subject.namespace",
                "(subject-namespace)"
            },
            {
                "quick migration",
                Samples.Migration,
                "method: Cold",
                "method: Quick",
                "10: spec.method",
                "allowed: Live, Cold"
            },
            { "custom tag", Vm, "count: 8", "count: !!int 8", "21", "remove the tag" },
            { "merge of a text", Vm, "    count: 8", "    <<: x\n    count: 8", "21", "merges" },
        };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_broken_line_is_reported_at_its_place(
        string name,
        string good,
        string find,
        string replacement,
        string place,
        string says
    )
    {
        Assert.Contains(find, good);
        var at = good.IndexOf(find, StringComparison.Ordinal);

        var read = ManifestReader.ReadText("m.yaml", good[..at] + replacement + good[(at + find.Length)..]);

        var problem = Assert.Single(read.Problems).ToString();
        Assert.StartsWith($"m.yaml:{place}: ", problem);
        Assert.True(problem.Contains(says, StringComparison.Ordinal), $"{name}: {problem}");
    }

    [Fact]
    public void Every_rule_that_needs_no_old_version_is_broken_by_a_case()
    {
        var broken = Cases.Select(row => row.Data.Item6).ToList();

        Assert.All(
            ResourceRules.All.Values.Where(rule => !rule.IsTransition),
            rule => Assert.Contains($"({rule.Id})", broken)
        );
    }

    [Fact]
    public void All_problems_are_reported_at_once()
    {
        var text = Vm.Replace("count: 8", "count: 0", StringComparison.Ordinal)
            .Replace("role: Mailbox", "role: EdgeTransport", StringComparison.Ordinal)
            .Replace("size: 128Gi", "size: 3Mi", StringComparison.Ordinal)
            .Replace("vlanId: 120", "vlan: 120", StringComparison.Ordinal)
            .Replace(
                "  guest:\n    operatingSystem: WindowsServer2022\n    installation: Core\n",
                "",
                StringComparison.Ordinal
            );

        var places = ManifestReader.ReadText("m.yaml", text).Problems.Select(problem => problem.Path).Order();

        Assert.Equal(
            [
                "spec.exchange.databaseAvailabilityGroup",
                "spec.guest",
                "spec.memory.size",
                "spec.networkAdapters[0].vlan",
                "spec.processors.count",
            ],
            places
        );
    }
}
