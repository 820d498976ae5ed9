using System.Net;
using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Access;
using ExchangeVirt.Envtest.Definitions;
using ExchangeVirt.Kubernetes.Tests.Stores;
using ExchangeVirt.Runtime.Informers;
using ExchangeVirt.Runtime.Kubernetes;
using ExchangeVirt.Runtime.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace ExchangeVirt.Kubernetes.Tests.Faults;

/// <summary>Whatever happens to the watch, the cache comes to hold what the server holds.</summary>
public sealed class InformerFaultTests
{
    private const string Place = "default";

    [Fact]
    public async Task A_watch_that_is_cut_mid_stream_goes_on_from_where_it_was()
    {
        await using var scene = await Scene.StartAsync();
        for (var round = 0; round < 3; round++)
        {
            await scene.DeclareAsync("a", size: 10 + round);
            await scene.HoldsAsync("a", 10 + round);
            scene.Relay.Cut();
        }

        await scene.DeclareAsync("b", size: 7);
        await scene.HoldsAsync("b", 7);

        Assert.Equal(1, await scene.ListsAsync());
    }

    [Fact]
    public async Task A_server_that_is_silently_gone_is_found_by_the_idle_timer_and_nothing_is_missed()
    {
        await using var scene = await Scene.StartAsync(new InformerOptions { Idle = TimeSpan.FromSeconds(3) });
        scene.Relay.Swallow();
        await scene.DeclareAsync("a", size: 99);
        await Until.TrueAsync("the silence is noticed", () => scene.Informer.SinceHeard > TimeSpan.FromSeconds(3));
        scene.Relay.Mend();

        await scene.HoldsAsync("a", 99);
    }

    [Fact]
    public async Task A_server_that_starts_anew_is_followed_again_and_what_was_deleted_meanwhile_is_told()
    {
        await using var scene = await Scene.StartAsync();
        await scene.DeclareAsync("gone", size: 1);
        await scene.HoldsAsync("gone", 1);
        scene.Relay.Refuse();
        (await scene.Plane.Raw.DeleteAsync(WidgetDefinition.Path(Place, "gone"))).Succeeded();
        await scene.DeclareAsync("new", size: 2);
        await scene.Plane.ApiServer.StopAsync();
        await scene.Plane.ApiServer.StartAsync();
        scene.Relay.Mend();

        await scene.HoldsAsync("new", 2);
        await Until.TrueAsync("the deletion is told", () => scene.Deleted.Contains("gone"));
    }

    [Fact]
    public async Task A_version_that_the_server_has_forgotten_is_answered_by_a_new_list()
    {
        await using var scene = await Scene.StartAsync();
        await scene.DeclareAsync("gone", size: 1);
        await scene.HoldsAsync("gone", 1);
        scene.Relay.Refuse();
        (await scene.Plane.Raw.DeleteAsync(WidgetDefinition.Path(Place, "gone"))).Succeeded();
        await scene.DeclareAsync("new", size: 3);
        await scene.Plane.ForgetHistoryAsync();
        scene.Relay.Mend();

        await scene.HoldsAsync("new", 3);
        await Until.TrueAsync("the deletion is told", () => scene.Deleted.Contains("gone"));
        Assert.True(await scene.ListsAsync() >= 2);
    }

    [Fact]
    public async Task A_store_that_stands_still_for_a_while_changes_nothing_of_what_is_cached()
    {
        await using var scene = await Scene.StartAsync(new InformerOptions { Idle = TimeSpan.FromSeconds(3) });
        await scene.DeclareAsync("a", size: 5);
        await scene.HoldsAsync("a", 5);
        await scene.Plane.Etcd.FreezeAsync();
        await Until.TrueAsync(
            "the store does not answer",
            async () => (await scene.Plane.Raw.GetAsync("/healthz/etcd")).Code is HttpStatusCode.InternalServerError
        );
        await Until.TrueAsync("it was silent for long", () => scene.Informer.SinceHeard > TimeSpan.FromSeconds(8));
        Assert.Equal(5, scene.SizeOf("a"));
        scene.Plane.Etcd.Thaw();
        await scene.DeclareAsync("a", size: 6);

        await scene.HoldsAsync("a", 6);
        Assert.Empty(scene.Deleted);
    }

    private sealed class Scene : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly KubernetesApi _api;
        private readonly Task _running;

        private Scene(ControlPlane plane, TcpRelay relay, InformerOptions options)
        {
            Plane = plane;
            Relay = relay;
            var kubeconfig = Kubeconfig.Write(
                Path.Combine(plane.Folder, "relayed.kubeconfig"),
                relay.Address,
                plane.Authority.Certificate,
                plane.Authority.IssueClient("informer", "system:masters")
            );
            _api = ApiConnection.Find(kubeconfig, context: null, "informer-under-test").Connect(Until.Clock);
            Informer = new Informer<Widget>(
                KubernetesUnderTest.StoreOver(_api),
                options,
                Until.Clock,
                static () => 0.5,
                NullLogger<Informer<Widget>>.Instance
            );
            Informer.AddHandler(change =>
            {
                if (change.After is null)
                {
                    Deleted.Add(change.Key.Name);
                }
            });
            _running = Informer.RunAsync(_stop.Token);
        }

        public ControlPlane Plane { get; }

        public TcpRelay Relay { get; }

        public Informer<Widget> Informer { get; }

        public System.Collections.Concurrent.ConcurrentBag<string> Deleted { get; } = [];

        public static async Task<Scene> StartAsync(InformerOptions? options = null)
        {
            var plane = await ControlPlane.StartAsync(new ControlPlaneOptions { ControllerManager = false });
            await CustomResourceDefinitions.InstallAsync(plane, WidgetDefinition.Manifest());
            var scene = new Scene(plane, new TcpRelay(plane.Address), options ?? new InformerOptions());
            await scene.Informer.Synced;
            return scene;
        }

        public async Task DeclareAsync(string name, int size)
        {
            var path = $"{WidgetDefinition.Path(Place, name)}?fieldManager=user&force=true";
            await Until.TrueAsync(
                $"{name} is declared",
                async () =>
                    (await Plane.Raw.PatchAsync(path, WidgetDefinition.Widget(name, size), RawApi.Apply)).IsSuccess
            );
        }

        public int? SizeOf(string name) =>
            Informer.Cache.List().FirstOrDefault(each => each.Metadata.Name == name)?.Spec.Size;

        public Task HoldsAsync(string name, int size) =>
            Until.TrueAsync($"the cache holds {name} with size {size}", () => SizeOf(name) == size);

        public async Task<int> ListsAsync() =>
            (await Plane.Audit.ReadAsync()).Count(static entry =>
                entry is { Verb: "list", Resource: "widgets", UserAgent: "informer-under-test" }
                && !entry.Path.Contains("continue", StringComparison.Ordinal)
            );

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running);
            _stop.Dispose();
            _api.Dispose();
            await Relay.DisposeAsync();
            await Plane.DisposeAsync();
        }
    }
}
