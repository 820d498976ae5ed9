using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ExchangeVirt.Envtest;
using ExchangeVirt.Operator.Admission;
using ExchangeVirt.Resources.Manifests;
using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Tests.Corpus;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;

namespace ExchangeVirt.Kubernetes.Tests.Corpus;

/// <summary>One server that the cases are put before, one after another; started when the first of them is.</summary>
public abstract class ServerJudge : IAsyncDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly List<IAsyncDisposable> _started = [];
    private readonly Dictionary<string, Judgement> _judged = new(StringComparer.Ordinal);
    private CorpusServer? _server;

    /// <summary>Asks it about a case, once; skips the test where this machine cannot have the server.</summary>
    public async Task<Judgement> JudgeAsync(CorpusCase asked)
    {
        await _one.WaitAsync();
        try
        {
            if (_judged.TryGetValue(asked.Id, out var known))
            {
                return known;
            }

            _server ??= await StartAsync();
            Around(CorpusServer.Around(asked));
            try
            {
                return _judged[asked.Id] = await _server.JudgeAsync(asked);
            }
            finally
            {
                Around([]);
                await _server.CleanAsync();
            }
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Does something else with it, alone; skips the test where this machine cannot have the server.</summary>
    internal async Task UseAsync(Func<TestCluster, Task> use)
    {
        await _one.WaitAsync();
        try
        {
            _server ??= await StartAsync();
            await use(_server.Cluster);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var each in Enumerable.Reverse(_started))
        {
            await each.DisposeAsync();
        }

        _one.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected abstract Task<CorpusServer> StartAsync();

    /// <summary>Says which objects are around the case.</summary>
    private protected virtual void Around(IReadOnlyList<JsonObject> objects)
    {
        // A server knows what was put on it.
    }

    private protected T Keep<T>(T started)
        where T : IAsyncDisposable
    {
        _started.Add(started);
        return started;
    }
}

/// <summary>apiextensions-apiserver 1.36: schema and CEL of today.</summary>
public sealed class Server136 : ServerJudge
{
    private protected override async Task<CorpusServer> StartAsync()
    {
        var server = new CorpusServer(Keep(await CustomResourceServer.StartAsync()), isStrict: true);
        await server.PrepareAsync(hasNamespaces: false);
        return server;
    }
}

/// <summary>kube-apiserver 1.20: the schema alone.</summary>
public sealed class Server120 : ServerJudge
{
    private protected override async Task<CorpusServer> StartAsync()
    {
        var plane = Keep(await ControlPlane.StartAsync(new ControlPlaneOptions { ControllerManager = false }));
        var server = new CorpusServer(plane, isStrict: false);
        await server.PrepareAsync(hasNamespaces: true);
        return server;
    }
}

/// <summary>kube-apiserver 1.20 that asks our webhook, over HTTPS on the loopback address.</summary>
public sealed class WebhookOn120 : ServerJudge
{
    private const string Configurations = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";

    private readonly CaseLookups _lookups = new();

    private protected override async Task<CorpusServer> StartAsync()
    {
        var plane = Keep(await ControlPlane.StartAsync(new ControlPlaneOptions { ControllerManager = false }));
        var server = new CorpusServer(plane, isStrict: false);
        await server.PrepareAsync(hasNamespaces: true);
        var (certificate, key) = plane.Authority.IssueServer("webhook").Write(plane.Folder, "webhook");
        var webhook = Keep(
            AdmissionServer.Create(
                new AdmissionServerOptions(
                    new IPEndPoint(IPAddress.Loopback, 0),
                    certificate,
                    key,
                    new AdmissionWebhook(
                        _lookups,
                        UnknownReferences.Warn,
                        Until.Clock,
                        NullLogger<AdmissionWebhook>.Instance
                    ),
                    NullLoggerFactory.Instance
                )
            )
        );
        await webhook.StartAsync();
        (
            await plane.Raw.PostAsync(
                Configurations,
                Configuration(webhook.Urls.Single() + AdmissionWebhook.Path, plane.Authority.Certificate)
            )
        ).Succeeded();
        await server.WaitForRefusalAsync();
        return server;
    }

    private protected override void Around(IReadOnlyList<JsonObject> objects)
    {
        var read = ManifestReader.ReadText(
            "others.json",
            new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "List",
                ["items"] = new JsonArray([.. objects.Select(static each => each.DeepClone())]),
            }.ToJsonString()
        );
        Assert.Empty(read.Problems);
        _lookups.Declared = new DeclaredSet(read.Entities.Select(static each => each.Entity));
    }

    // A refusal is wanted in every case that the server hands on, so nothing may pass unseen here.
    private static JsonObject Configuration(string url, string authority) =>
        new()
        {
            ["metadata"] = new JsonObject { ["name"] = "exchangevirt" },
            ["webhooks"] = new JsonArray(
                new JsonObject
                {
                    ["name"] = "validate.exchangevirt.io",
                    ["admissionReviewVersions"] = new JsonArray("v1"),
                    ["sideEffects"] = "None",
                    ["failurePolicy"] = "Fail",
                    ["timeoutSeconds"] = 30,
                    ["clientConfig"] = new JsonObject
                    {
                        ["url"] = url,
                        ["caBundle"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(authority)),
                    },
                    ["rules"] = new JsonArray(
                        new JsonObject
                        {
                            ["apiGroups"] = new JsonArray("exchangevirt.io"),
                            ["apiVersions"] = new JsonArray("v1alpha1"),
                            ["operations"] = new JsonArray("CREATE", "UPDATE", "DELETE"),
                            ["resources"] = new JsonArray("*"),
                        }
                    ),
                }
            ),
        };

    /// <summary>Knows the objects around the case that is being judged.</summary>
    private sealed class CaseLookups : IAdmissionLookups
    {
        public IDeclaredObjects Declared { get; set; } = new DeclaredSet([]);

        public Task<IDeclaredObjects> ReadAsync(
            IKubernetesObject<V1ObjectMeta> entity,
            bool isDeletion,
            CancellationToken cancellationToken
        ) => Task.FromResult(Declared);
    }
}
