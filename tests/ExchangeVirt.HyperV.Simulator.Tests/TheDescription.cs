using ExchangeVirt.HyperV.Simulator.Description;

namespace ExchangeVirt.HyperV.Simulator.Tests;

public sealed class TheDescription
{
    [Fact]
    public void Reports_every_problem_at_once_with_file_and_line()
    {
        const string Yaml = """
            hostName: A-NAME-THAT-IS-TOO-LONG
            colour: red
            processor: {sockets: 0, coresPerSocket: 8, threads: 2}
            memory: 12GB
            volumes:
              - {path: 'C:\', size: 1Gi, free: 2Gi}
            virtualMachines:
              - name: EX01
                state: Sleeping
                memory: {size: 3Mi}
                networkAdapters: [{switchName: nowhere, vlanId: 5000}]
                disks: [{path: 'X:\a.vhdx'}]
            """;
        var refused = Assert.Throws<DescriptionException>(() => DescriptionReader.Parse(Yaml, "host.yaml"));
        string[] expected =
        [
            "host.yaml:1: $.hostName: a host's name",
            "host.yaml:2: $.colour: unknown field",
            "host.yaml:3: $.processor.sockets: a whole number from 1 to 16",
            "host.yaml:3: $.processor.threads: unknown field",
            "host.yaml:4: $.memory: a size is expected",
            "host.yaml:6: $.volumes[0].free: cannot be more",
            "host.yaml:9: $.virtualMachines[0].state: 'Sleeping' is not one of Running, Off, Saved, Paused",
            "host.yaml:10: $.virtualMachines[0].memory.size: memory is a whole multiple of 2Mi",
            "host.yaml:11: $.virtualMachines[0].networkAdapters[0].vlanId: a whole number from 1 to 4094",
            "a switch 'nowhere'",
            @"no volume holds the file 'X:\a.vhdx'",
        ];
        Assert.All(
            expected,
            text => Assert.Contains(refused.Problems, p => p.Contains(text, StringComparison.Ordinal))
        );
        Assert.Equal(expected.Length, refused.Problems.Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("- a\n- b\n")]
    [InlineData("a: 1\n---\nb: 2\n")]
    [InlineData("a: [1\n")]
    [InlineData("{a: 1}: 2\n")]
    [InlineData("a: 1\na: 2\n")]
    [InlineData("just text")]
    public void Refuses_what_is_no_single_mapping(string yaml) =>
        Assert.NotEmpty(Assert.Throws<DescriptionException>(() => DescriptionReader.Parse(yaml, "x.yaml")).Problems);

    [Fact]
    public void Fills_in_what_Windows_Server_would_have()
    {
        var host = DescriptionReader.Parse(
            "hostName: H\nprocessor: {sockets: 1, coresPerSocket: 4}\nmemory: 16Gi\nvirtualMachines: [{name: A}]\n",
            "x.yaml"
        );
        var machine = Assert.Single(host.VirtualMachines);
        Assert.Equal((2, 1, SimulatedPowerState.Off), (machine.Generation, machine.Processors, machine.State));
        Assert.Equal(
            (SimulatedStopAction.Save, SimulatedCheckpointType.Production),
            (machine.AutomaticStopAction, machine.CheckpointType)
        );
        Assert.Equal(8, host.Processor.LogicalProcessors);
    }

    [Fact]
    public async Task Lets_the_control_surface_do_only_what_Windows_would()
    {
        await using var bench = Bench.Start();
        Assert.True(bench.Control.Set("OLD", "checkpoints", "Production").IsAccepted);
        Assert.True(bench.Control.Do("OLD", "takeCheckpoint", "by hand").IsAccepted);
        Assert.True(bench.Control.Do("OLD", "takeRecoveryCheckpoint", "by a backup").IsAccepted);
        Assert.Equal(["by hand", "by a backup"], bench.Control.Machines().Single(m => m.Name == "OLD").Checkpoints);
        Assert.Single(
            await bench.Query(
                "SELECT * FROM Msvm_VirtualSystemSettingData WHERE VirtualSystemType='Microsoft:Hyper-V:Snapshot:Recovery'"
            )
        );
        foreach (
            var (setting, value) in new[] { ("stopAction", "Save"), ("processors", "4"), ("dynamicMemory", "true") }
        )
        {
            var refused = bench.Control.Set("OLD", setting, value);
            Assert.False(refused.IsAccepted);
            Assert.Contains("Running", refused.Reason, StringComparison.Ordinal);
            Assert.True(bench.Control.Set("EX02", setting, value).IsAccepted, setting);
        }

        Assert.True(bench.Control.Set("EX01", "vlan", "300").IsAccepted);
        Assert.True(bench.Control.Set("EX01", "switch", "backup").IsAccepted);
        Assert.Contains("known:", bench.Control.Set("EX01", "colour", "red").Reason, StringComparison.Ordinal);
        Assert.Contains("Disabled", bench.Control.Set("EX01", "checkpoints", "maybe").Reason, StringComparison.Ordinal);
        Assert.Contains("EX01", bench.Control.Set("EX99", "checkpoints", "Disabled").Reason, StringComparison.Ordinal);
        Assert.True(bench.Control.Set("EX02", "checkpoints", "Disabled").IsAccepted);
        Assert.Contains("disabled", bench.Control.Do("EX02", "takeCheckpoint").Reason, StringComparison.Ordinal);
    }
}
