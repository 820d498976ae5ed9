namespace ExchangeVirt.Resources.Tests.Manifests;

public partial class BadManifestTests
{
    /// <summary>Cases in which values do not go together, and cases of the other kinds.</summary>
    private static TheoryData<string, string, string, string, string, string> RuleCases =>
        new()
        {
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
}
