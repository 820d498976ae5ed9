namespace ExchangeVirt.Resources.Tests.Manifests;

public partial class BadManifestTests
{
    /// <summary>Cases in which a value is wrong in itself.</summary>
    private static TheoryData<string, string, string, string, string, string> ValueCases =>
        new()
        {
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
                "33: spec.disks[1]",
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
                "amount with a decimal point",
                Vm,
                "size: 2Ti",
                "size: 1.5Ti",
                "37: spec.disks[1].virtualHardDisk.size",
                "without a decimal point"
            },
            {
                "amount beyond all disks",
                Vm,
                "size: 2Ti",
                "size: 9999999Pi",
                "37: spec.disks[1].virtualHardDisk.size",
                "whole number of bytes"
            },
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
        };
}
