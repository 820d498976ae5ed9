using System.Text.Json.Nodes;
using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Definitions;

namespace ExchangeVirt.Kubernetes.Tests.Harness;

public sealed class FaultTests
{
    [Fact]
    public async Task Servers_that_stop_are_killed_or_held_come_back_at_the_same_place_with_the_same_data()
    {
        await using var plane = await ControlPlane.StartAsync(new ControlPlaneOptions { ControllerManager = false });
        await CustomResourceDefinitions.InstallAsync(plane, WidgetDefinition.Manifest());
        var address = plane.Address;
        (await plane.Raw.PostAsync(WidgetDefinition.Path("default"), WidgetDefinition.Widget("w", 7))).Succeeded();

        await plane.ApiServer.StopAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => plane.Raw.GetAsync("/version"));
        await plane.ApiServer.StartAsync();
        Assert.Equal(address, plane.Address);
        await AssertReadsAsync(plane);

        var before = plane.Etcd.ProcessId;
        await plane.Etcd.KillAsync();
        Assert.False(plane.Etcd.IsRunning);
        await plane.Etcd.StartAsync();
        Assert.NotEqual(before, plane.Etcd.ProcessId);
        await AssertReadsAsync(plane);

        await plane.Etcd.FreezeAsync();
        var writing = plane.Raw.PatchAsync(
            WidgetDefinition.Path("default", "w"),
            new JsonObject { ["spec"] = new JsonObject { ["size"] = 8 } }
        );
        await Until.TrueAsync(
            "the store does not answer",
            async () =>
                (await plane.Raw.GetAsync("/healthz/etcd")).Code is System.Net.HttpStatusCode.InternalServerError
        );
        Assert.False(writing.IsCompleted);
        plane.Etcd.Thaw();
        Assert.Equal(8, (int)(await writing).Succeeded()["spec"]!["size"]!);
    }

    private static Task AssertReadsAsync(ControlPlane plane) =>
        Until.TrueAsync(
            "the widget is served as it was written",
            async () =>
                await plane.Raw.GetAsync(WidgetDefinition.Path("default", "w")) is { IsSuccess: true } answer
                && (int)answer.Body["spec"]!["size"]! == 7
        );
}
