using System.Globalization;
using System.Text.Json.Nodes;
using ExchangeVirt.Envtest;
using ExchangeVirt.Runtime.Kubernetes;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Kubernetes.Tests.Stores;

public sealed class ControlStateTests(SharedControlPlane shared)
{
    [Fact]
    public async Task A_value_is_absent_then_set_then_written_only_over_what_was_read()
    {
        await using var place = await PlaceAsync();
        Assert.Null(await place.Control.GetControlAsync("epoch", default));
        var first = await place.Control.SetControlAsync("epoch", "1", expectedRevision: null, default);
        Assert.Equal(first, await place.Control.GetControlAsync("epoch", default));

        var second = await place.Control.SetControlAsync("epoch", "2", first.Revision, default);

        foreach (var stale in new[] { null, first.Revision })
        {
            await Assert.ThrowsAsync<ResourceConflictException>(() =>
                place.Control.SetControlAsync("epoch", "3", stale, default)
            );
        }

        Assert.Equal(second, await place.Control.GetControlAsync("epoch", default));
    }

    [Fact]
    public async Task A_counter_never_gives_the_same_number_twice()
    {
        await using var place = await PlaceAsync();

        var numbers = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(_ => place.Control.IncrementControlAsync("counter", default))
        );

        Assert.Equal(Enumerable.Range(1, 12).Select(static number => (long)number), numbers.Order());
    }

    [Fact]
    public async Task A_watch_tells_the_value_as_it_is_and_every_change_whoever_makes_it()
    {
        await using var place = await PlaceAsync();
        await using var watch = place.Control.WatchControlAsync("pause", default).GetAsyncEnumerator();
        Assert.True(await watch.MoveNextAsync());
        Assert.Null(watch.Current);

        await place.Control.SetControlAsync("pause", "now", expectedRevision: null, default);
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal("now", watch.Current?.Value);

        await place.PutAsync("pause", new JsonObject { ["value"] = "later" });
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal("later", watch.Current?.Value);

        await place.DeleteAsync("pause");
        Assert.True(await watch.MoveNextAsync());
        Assert.Null(watch.Current);
    }

    [Fact]
    public async Task A_value_that_somebody_has_spoilt_is_not_taken_for_absent()
    {
        await using var place = await PlaceAsync();
        await place.Control.SetControlAsync("pause", "now", expectedRevision: null, default);
        await place.PutAsync("pause", new JsonObject { ["value"] = null, ["other"] = "x" });

        var spoilt = await Assert.ThrowsAsync<IOException>(() => place.Control.GetControlAsync("pause", default));

        Assert.Contains("exchangevirt-pause", spoilt.Message, StringComparison.Ordinal);
        Assert.True((await new PauseSwitch(place.Control).ReadAsync(default))?.IsPaused);
    }

    private async Task<Place> PlaceAsync()
    {
        var plane = await shared.GetAsync();
        return new Place(plane, await plane.NamespaceAsync());
    }

    private sealed class Place : IAsyncDisposable
    {
        private readonly ControlPlane _plane;
        private readonly ScratchNamespace _namespace;
        private readonly KubernetesApi _api;

        public Place(ControlPlane plane, ScratchNamespace ownNamespace)
        {
            _plane = plane;
            _namespace = ownNamespace;
            _api = KubernetesUnderTest.Api(plane);
            Control = new ConfigMapControlState(_api, _namespace.Name, "tests", static () => 0, Until.Clock);
        }

        public ConfigMapControlState Control { get; }

        public async Task PutAsync(string name, JsonObject data) =>
            (await _plane.Raw.PatchAsync(PathOf(name), new JsonObject { ["data"] = data })).Succeeded();

        public async Task DeleteAsync(string name) => (await _plane.Raw.DeleteAsync(PathOf(name))).Succeeded();

        public async ValueTask DisposeAsync()
        {
            _api.Dispose();
            await _namespace.DisposeAsync();
        }

        private string PathOf(string name) =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"/api/v1/namespaces/{_namespace}/configmaps/{ConfigMapControlState.NameOf(name)}"
            );
    }
}
