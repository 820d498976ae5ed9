using ExchangeVirt.Domain.Planning;
using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.Operator.Tests.Support;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Operator.Tests.Scenes;

public sealed class ManifestScenes
{
    private static readonly ResourceKey s_ex01 = new("messaging", "ex01");

    [Fact]
    public async Task A_manifest_that_vanished_leaves_its_VM_as_it_is()
    {
        await using var estate = new EstateUnderTest();
        var host = estate.AddHost("hv01", EstateUnderTest.Right("ex01"));
        // One of few objects gone would be too many at once.
        foreach (var name in new[] { "a", "b", "c", "d" })
        {
            estate.WritePolicy(name: name);
        }

        estate.WritePolicy();
        estate.WriteMachine("ex01");
        await estate.StartAsync();
        await estate.UntilAsync(() => estate.IsInSync("ex01"), "in sync");

        estate.Remove("ex01.yaml");
        await estate.PassAsync(TimeSpan.FromMinutes(2));
        host.Set("ex01", "checkpoints", "Production");

        await estate.UntilAsync(() => host.Machine("ex01").CheckpointType == "Disabled", "still kept as last declared");
        Assert.Equal("Running", host.Machine("ex01").State);
        Assert.NotNull(await estate.Store.GetAsync<ExchangeVirtualMachine>(s_ex01, CancellationToken.None));
        Assert.Empty(host.Driver!.Asked.OfType<UnregisterVirtualMachine>());
    }

    [Fact]
    public async Task A_deleted_object_whose_policy_is_Retain_lets_go_of_its_VM()
    {
        await using var estate = new EstateUnderTest();
        var host = estate.AddHost("hv01", EstateUnderTest.Right("ex01"));
        estate.WritePolicy();
        estate.WriteMachine("ex01");
        await estate.StartAsync();
        await estate.UntilAsync(() => estate.IsInSync("ex01"), "in sync");

        Assert.True(await estate.Store.DeleteAsync<ExchangeVirtualMachine>(s_ex01, CancellationToken.None));
        await estate.UntilAsync(() => estate.Machine("ex01") is null, "gone");

        Assert.Equal("Running", host.Machine("ex01").State);
        Assert.Empty(host.Driver!.Asked.OfType<UnregisterVirtualMachine>());
        Assert.Empty(host.Driver.Asked.OfType<ShutDownGuest>());
    }

    [Fact]
    public async Task A_deleted_object_whose_policy_is_Delete_waits_for_its_VM_to_be_off_and_unregisters_it()
    {
        await using var estate = new EstateUnderTest();
        var host = estate.AddHost("hv01", EstateUnderTest.Right("ex01"));
        estate.WritePolicy();
        estate.WriteMachine("ex01", more: "  deletionPolicy: Delete");
        await estate.StartAsync();
        await estate.UntilAsync(() => estate.IsInSync("ex01"), "in sync");

        Assert.True(await estate.Store.DeleteAsync<ExchangeVirtualMachine>(s_ex01, CancellationToken.None));
        await estate.UntilAsync(() => estate.Condition("ex01", "Ready")?.Reason == "DeletionWaits", "waits");
        await estate.PassAsync(TimeSpan.FromMinutes(2));
        Assert.Equal("Running", host.Machine("ex01").State);
        Assert.Empty(host.Driver!.Asked.OfType<ShutDownGuest>());

        host.Do("ex01", "shutdown");
        await estate.UntilAsync(() => estate.Machine("ex01") is null, "gone");

        Assert.Empty(host.Simulated.Control.Machines());
        Assert.Single(host.Driver.Asked.OfType<UnregisterVirtualMachine>());
        Assert.Empty(host.Driver.Asked.OfType<StartVirtualMachine>());
    }

    [Fact]
    public async Task An_object_deleted_while_its_VM_is_down_by_our_hand_brings_it_back_first()
    {
        await using var estate = new EstateUnderTest();
        var host = estate.AddHost("hv01", EstateUnderTest.Right("ex01") with { Processors = 4 });
        estate.WritePolicy();
        estate.WriteMachine("ex01");
        await estate.StartAsync();
        await estate.UntilAsync(() => host.Driver!.Asked.OfType<ShutDownGuest>().Any(), "asked");

        Assert.True(await estate.Store.DeleteAsync<ExchangeVirtualMachine>(s_ex01, CancellationToken.None));
        await estate.UntilAsync(() => estate.Machine("ex01") is null, "gone");
        await estate.UntilAsync(() => host.Machine("ex01").State == "Running", "running");
        await estate.PassAsync(TimeSpan.FromMinutes(1));

        Assert.Equal("Running", host.Machine("ex01").State);
        Assert.Single(host.Driver!.Asked.OfType<ShutDownGuest>());
    }

    [Fact]
    public async Task Memory_mistyped_to_less_than_half_is_refused_and_the_last_good_manifest_holds()
    {
        await using var estate = new EstateUnderTest();
        var host = estate.AddHost(
            "hv01",
            EstateUnderTest.Right("ex01") with
            {
                Memory = new SimulatedMemory { Size = 128UL << 30 },
            }
        );
        estate.WritePolicy();
        estate.WriteMachine("ex01", memory: "128Gi");
        await estate.StartAsync();
        await estate.UntilAsync(() => estate.IsInSync("ex01"), "in sync");

        estate.WriteMachine("ex01", memory: "12Gi");
        await estate.UntilAsync(() => estate.Store.Problems.Count > 0, "a problem");
        await estate.PassAsync(TimeSpan.FromMinutes(2));

        var problem = Assert.Single(estate.Store.Problems);
        Assert.Equal("ex01.yaml", problem.File);
        Assert.Equal("spec.memory.size", problem.Path);
        Assert.Equal("128Gi", estate.Machine("ex01")!.Spec.Memory.Size);
        Assert.Equal(1, estate.Machine("ex01")!.Metadata.Generation);
        Assert.Equal(128 * 1024, host.Machine("ex01").MemoryMegabytes);
        Assert.Empty(host.Driver!.Asked.OfType<ShutDownGuest>());
        Assert.True(estate.IsInSync("ex01"));

        // Still refused by another life of the operator, and taken once it is right.
        await estate.StopOperatorAsync();
        await estate.StartOperatorAsync();
        Assert.Single(estate.Store.Problems);
        estate.WriteMachine("ex01", memory: "64Gi");
        await estate.UntilAsync(() => estate.Machine("ex01") is { Spec.Memory.Size: "64Gi" }, "taken");
        await estate.UntilAsync(
            () => host.Machine("ex01").MemoryMegabytes == 64 * 1024 && estate.IsInSync("ex01"),
            "in sync"
        );
        Assert.Empty(estate.Store.Problems);
    }
}
