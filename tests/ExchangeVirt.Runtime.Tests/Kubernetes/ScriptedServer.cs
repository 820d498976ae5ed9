using System.Net;
using System.Text;
using ExchangeVirt.Runtime.Kubernetes;
using k8s;
using Microsoft.Extensions.Time.Testing;

namespace ExchangeVirt.Runtime.Tests.Kubernetes;

/// <summary>Gives the answers of an API server in their order, without a socket, and notes what was asked.</summary>
internal sealed class ScriptedServer : DelegatingHandler
{
    private readonly Queue<(HttpStatusCode Status, string Body)> _answers = new();
    private readonly List<string> _asked = [];

    public IReadOnlyList<string> Asked => _asked;

    /// <summary>Connects to it.</summary>
    public KubernetesApi Connect() =>
        new(
            new k8s.Kubernetes(new KubernetesClientConfiguration { Host = "http://api.example" }, this),
            new FakeTimeProvider()
        );

    public ScriptedServer Then(HttpStatusCode status, string body)
    {
        _answers.Enqueue((status, body));
        return this;
    }

    /// <summary>Answers with a page of widgets of these names.</summary>
    public ScriptedServer ThenPage(string? next, params string[] names) =>
        Then(
            HttpStatusCode.OK,
            $$"""{"metadata":{"resourceVersion":"7"{{(
                next is null ? "" : $",\"continue\":\"{next}\""
            )}}},"items":[{{string.Join(
                ',',
                names.Select(static name => $"{{\"metadata\":{{\"name\":\"{name}\",\"namespace\":\"test\",\"resourceVersion\":\"3\"}}}}")
            )}}]}"""
        );

    /// <summary>Refuses as an API server does.</summary>
    public ScriptedServer ThenRefuse(HttpStatusCode status, string reason) => Then(status, Refusal(status, reason));

    /// <summary>Writes a refusal.</summary>
    public static string Refusal(HttpStatusCode status, string reason) =>
        $$"""{"kind":"Status","status":"Failure","reason":"{{reason}}","message":"it is so","code":{{(int)status}}}""";

    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        _asked.Add(request.RequestUri!.PathAndQuery);
        var (status, body) = _answers.Dequeue();
        return Task.FromResult(
            new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") }
        );
    }
}
