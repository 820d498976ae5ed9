using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Definitions;
using ExchangeVirt.Operator.Admission;
using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Tests.Corpus;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;

namespace ExchangeVirt.Kubernetes.Tests.Corpus;

/// <summary>What a server does, under the failurePolicy that we ship, when the webhook does not judge.</summary>
public sealed class WebhookOutageTests(SharedControlPlane shared)
{
    [Fact]
    public async Task What_the_webhook_refuses_passes_while_it_cannot_judge_or_is_away()
    {
        var plane = await shared.GetAsync();
        await using var place = await plane.NamespaceAsync();
        var lookups = new Lookups();
        var (certificate, key) = plane.Authority.IssueServer("webhook").Write(plane.Folder, plane.NewName("webhook"));
        await using var webhook = AdmissionServer.Create(
            new AdmissionServerOptions(
                new IPEndPoint(IPAddress.Loopback, 0),
                certificate,
                key,
                new AdmissionWebhook(
                    lookups,
                    UnknownReferences.Refuse,
                    Until.Clock,
                    NullLogger<AdmissionWebhook>.Instance
                ),
                NullLoggerFactory.Instance
            )
        );
        await webhook.StartAsync();
        await RegisterAsync(plane, place.Name, webhook.Urls.Single());

        await Until.TrueAsync("the webhook is asked", async () => !await PassesAsync(plane, place.Name));

        lookups.IsReady = false;
        Assert.True(await PassesAsync(plane, place.Name));
        lookups.IsReady = true;
        Assert.False(await PassesAsync(plane, place.Name));
        await webhook.StopAsync();
        Assert.True(await PassesAsync(plane, place.Name));
    }

    private static async Task<bool> PassesAsync(ControlPlane plane, string inNamespace)
    {
        var member = CorpusCase.ToJson(CorpusCase.All["lookup-unknown-availability-group"].Object);
        member["metadata"]!["namespace"] = inNamespace;
        var answer = await plane.Raw.PostAsync(CorpusServer.Collection(member) + "?dryRun=All", member);
        Assert.True(answer.Code is HttpStatusCode.Created or HttpStatusCode.UnprocessableEntity, answer.Text);
        return answer.IsSuccess;
    }

    /// <summary>Registers it as we ship it, at its address here, and for one namespace alone: others share the server.</summary>
    private static async Task RegisterAsync(ControlPlane plane, string inNamespace, string address)
    {
        var label = JsonNode.Parse($$"""{"metadata":{"labels":{"judged":"{{inNamespace}}"} } }""")!;
        (await plane.Raw.PatchAsync($"/api/v1/namespaces/{inNamespace}", label)).Succeeded();
        var authority = Convert.ToBase64String(Encoding.UTF8.GetBytes(plane.Authority.Certificate));
        var configuration = YamlFiles
            .Load(Checkout.Combine("deploy", "kustomize", "base", "validating-webhook.yaml"))
            .Single();
        configuration["metadata"] = new JsonObject { ["name"] = inNamespace };
        foreach (var judged in configuration["webhooks"]!.AsArray())
        {
            judged!["clientConfig"] = new JsonObject
            {
                ["url"] = address + AdmissionWebhook.Path,
                ["caBundle"] = authority,
            };
            // A slow machine's answer is an answer.
            judged["timeoutSeconds"] = 30;
            judged["namespaceSelector"] = new JsonObject
            {
                ["matchLabels"] = new JsonObject { ["judged"] = inNamespace },
            };
            // What is in no namespace is selected by none.
            judged["rules"]!.AsArray().RemoveAll(static rule => (string?)rule!["scope"] != "Namespaced");
        }

        (
            await plane.Raw.PostAsync(
                "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
                configuration
            )
        ).Succeeded();
    }

    private sealed class Lookups : IAdmissionLookups
    {
        public bool IsReady { get; set; } = true;

        public Task<IDeclaredObjects> ReadAsync(
            IKubernetesObject<V1ObjectMeta> entity,
            bool isDeletion,
            CancellationToken cancellationToken
        ) =>
            IsReady
                ? Task.FromResult<IDeclaredObjects>(new DeclaredSet([]))
                : throw new AdmissionUnavailableException("The declared objects have not been read yet.");
    }
}
