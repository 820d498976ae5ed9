using ExchangeVirt.Operator.Tests.Support;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Operator.Tests.Scenes;

/// <summary>Objects that VMs depend on and that this version cannot read: they are there, and nothing is done by what they said before.</summary>
public sealed class UnreadableScenes
{
    [Fact]
    public async Task No_second_VM_is_made_while_the_first_is_on_a_host_that_was_never_understood()
    {
        await using var estate = new EstateUnderTest();
        estate.AddHost("hv01", EstateUnderTest.Right("ex01"));
        var other = estate.AddHost("hv02");
        estate.WritePolicy();
        estate.WriteMachine("ex01");
        estate.Misfit = static entity => Odd(entity, "hv01");
        await estate.StartAsync();

        await estate.UntilAsync(() => estate.Is("ex01", "Ready", "False", "InventoryIncomplete"), "out of sight");
        Assert.Contains("hv01 (NotUnderstood", estate.Condition("ex01", "Ready")!.Message, StringComparison.Ordinal);
        await estate.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Empty(other.Simulated.Control.Machines());

        estate.Misfit = static _ => null;
        estate.WriteHost("hv01", "  faultDomain: rack-b");
        await estate.UntilAsync(() => estate.IsInSync("ex01"), "found once it is understood");
        Assert.Equal("hv01", estate.Machine("ex01")!.Status!.Host);
        Assert.Empty(other.Simulated.Control.Machines());
    }

    [Fact]
    public async Task A_VM_whose_host_an_operator_that_starts_does_not_understand_is_out_of_reach_and_its_host_declared()
    {
        await using var estate = new EstateUnderTest();
        estate.AddHost("hv01", EstateUnderTest.Right("ex01"));
        estate.WritePolicy();
        estate.WriteMachine("ex01");
        await estate.StartAsync();
        await estate.UntilAsync(() => estate.IsInSync("ex01"), "in sync");
        await estate.StopOperatorAsync();

        estate.Misfit = static entity => Odd(entity, "hv01");
        await estate.StartOperatorAsync();

        await estate.UntilAsync(() => estate.Is("ex01", "Ready", "False"), "not ready");
        Assert.Equal("HostUnreachable", estate.Condition("ex01", "Ready")!.Reason);
    }

    [Fact]
    public async Task Nothing_is_done_on_a_host_that_is_not_understood_any_more()
    {
        await using var estate = new EstateUnderTest();
        var host = estate.AddHost("hv01", EstateUnderTest.Right("ex01"));
        estate.WritePolicy();
        estate.WriteMachine("ex01");
        await estate.StartAsync();
        await estate.UntilAsync(() => estate.IsInSync("ex01"), "in sync");

        estate.Misfit = static entity => Odd(entity, "hv01");
        estate.WriteHost("hv01", "  faultDomain: rack-b");
        await estate.UntilAsync(() => estate.Is("ex01", "Ready", "False", "HostUnreachable"), "out of reach");
        host.Set("ex01", "checkpoints", "Production");
        await estate.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal("Production", host.Machine("ex01").CheckpointType);

        estate.Misfit = static _ => null;
        estate.WriteHost("hv01", "  faultDomain: rack-c");
        await estate.UntilAsync(() => host.Machine("ex01").CheckpointType == "Disabled", "kept again");
    }

    [Fact]
    public async Task Once_a_host_that_was_never_understood_is_declared_no_more_nothing_waits_for_it()
    {
        await using var estate = new EstateUnderTest();
        estate.AddHost("hv01", EstateUnderTest.Right("ex01"));
        estate.AddHost("hv02");
        estate.WritePolicy();
        estate.WriteMachine("ex01");
        estate.Misfit = static entity => Odd(entity, "hv01");
        await estate.StartAsync();
        await estate.UntilAsync(() => estate.Is("ex01", "Ready", "False", "InventoryIncomplete"), "out of sight");
        var before = estate.Clock.GetUtcNow();

        estate.Remove("host-hv01.yaml");
        await estate.Store.DeleteAsync<HyperVHost>(new ResourceKey(null, "hv01"), CancellationToken.None);
        await estate.UntilAsync(() => estate.Machine("ex01")!.Status!.Placement?.Host == "hv02", "placed");

        Assert.True(estate.Clock.GetUtcNow() - before < TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task A_member_on_a_host_that_is_not_understood_counts_as_down()
    {
        await using var estate = new EstateUnderTest();
        estate.AddHost("hv01", EstateUnderTest.Right("ex01"));
        estate.AddHost("hv02", EstateUnderTest.Right("ex02"));
        estate.WritePolicy();
        estate.WriteGroup();
        estate.WriteMachine("ex01", "databaseAvailabilityGroup: dag01");
        estate.WriteMachine("ex02", "databaseAvailabilityGroup: dag01");
        await estate.StartAsync();
        await estate.UntilAsync(
            () => estate.IsInSync("ex01") && estate.IsInSync("ex02") && estate.Group()?.Status?.Available == 2,
            "both are up"
        );

        estate.Misfit = static entity => Odd(entity, "hv02");
        estate.WriteHost("hv02", "  faultDomain: rack-b");
        await estate.UntilAsync(() => estate.Group()?.Status?.Available == 1, "one is not known to be up");
        estate.WriteMachine("ex01", "databaseAvailabilityGroup: dag01", processors: 4);
        await estate.UntilAsync(() => estate.Is("ex01", "RestartPending", reason: "AvailabilityGroupSlot"), "waits");
        await estate.PassAsync(TimeSpan.FromMinutes(2));
        Assert.Equal("Running", estate["hv01"].Machine("ex01").State);
    }

    [Theory]
    [InlineData("default", "PolicyInvalid", false)]
    [InlineData("default", "PolicyInvalid", true)]
    [InlineData("dag01", "AvailabilityGroupInvalid", false)]
    [InlineData("dag01", "AvailabilityGroupInvalid", true)]
    public async Task Nothing_is_done_by_what_is_not_understood(string name, string reason, bool sinceTheStart)
    {
        await using var estate = new EstateUnderTest();
        var host = estate.AddHost("hv01", EstateUnderTest.Right("ex01"));
        estate.WritePolicy();
        estate.WriteGroup();
        estate.WriteMachine("ex01", membership: "databaseAvailabilityGroup: dag01");
        await estate.StartAsync();
        await estate.UntilAsync(() => estate.IsInSync("ex01"), "in sync");

        if (sinceTheStart)
        {
            await estate.StopOperatorAsync();
        }

        estate.Misfit = entity => Odd(entity, name);
        Touch(estate, 190, "Preferred");
        if (sinceTheStart)
        {
            await estate.StartOperatorAsync();
        }

        await estate.UntilAsync(() => estate.Is("ex01", "Stalled", reason: reason), "not understood");
        host.Set("ex01", "checkpoints", "Production");
        await estate.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal("Production", host.Machine("ex01").CheckpointType);
        Assert.True(name != "default" || HostIs(estate, "Stalled", reason));

        estate.Misfit = static _ => null;
        Touch(estate, 195, "Required");
        await estate.UntilAsync(() => host.Machine("ex01").CheckpointType == "Disabled", "kept again");
    }

    [Fact]
    public async Task A_host_that_is_declared_no_more_is_told_to_its_VMs_at_once()
    {
        await using var estate = new EstateUnderTest();
        estate.AddHost("hv01", EstateUnderTest.Right("ex01"));
        estate.WritePolicy();
        estate.WriteMachine("ex01");
        await estate.StartAsync();
        await estate.UntilAsync(() => estate.IsInSync("ex01"), "in sync");
        var before = estate.Clock.GetUtcNow();

        estate.Remove("host-hv01.yaml");
        await estate.Store.DeleteAsync<HyperVHost>(new ResourceKey(null, "hv01"), CancellationToken.None);
        await estate.UntilAsync(
            () => estate.Is("ex01", "Stalled", reason: "HostNotDeclared") || Elapsed() > TimeSpan.FromMinutes(5),
            "told"
        );

        // By itself it would be looked at again only after ten minutes.
        Assert.True(estate.Is("ex01", "Stalled", reason: "HostNotDeclared"), estate.Describe());

        TimeSpan Elapsed() => estate.Clock.GetUtcNow() - before;
    }

    private static void Touch(EstateUnderTest estate, int percent, string antiAffinity)
    {
        estate.WritePolicy($"  processor: {{maxRatioPercent: {percent}}}");
        estate.WriteGroup(more: $"  antiAffinity: {antiAffinity}");
    }

    private static string? Odd(object entity, string name) =>
        entity switch
        {
            HyperVHost host when host.Metadata.Name == name => "spec.tier: unknown field.",
            DatabaseAvailabilityGroup group when group.Metadata.Name == name => "spec.tier: unknown field.",
            VirtualizationPolicy policy when policy.Metadata.Name == name => "spec.tier: unknown field.",
            _ => null,
        };

    private static bool HostIs(EstateUnderTest estate, string type, string reason) =>
        estate
            .Plane.Caches.Hosts.Get(new ResourceKey(null, "hv01"))
            ?.Status?.Conditions?.Any(one => one.Type == type && one.Status == "True" && one.Reason == reason) == true;
}
