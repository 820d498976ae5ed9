using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using ExchangeVirt.Agent.Contract.Security;
using ExchangeVirt.Operator.Admission;
using ExchangeVirt.Resources.Rules;
using k8s;
using k8s.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace ExchangeVirt.Operator.Tests.Admission;

/// <summary>The webhook over real HTTPS on the loopback address.</summary>
public sealed class AdmissionServerTests : IAsyncLifetime
{
#pragma warning disable RS0030 // Sockets live in real time.
    private static readonly TimeProvider s_clock = TimeProvider.System;
#pragma warning restore RS0030

    private readonly string _root = Directory.CreateTempSubdirectory("exvirt-admission-").FullName;
    private readonly IAdmissionLookups _lookups = Substitute.For<IAdmissionLookups>();
    private readonly CertificateAuthority _authority = CertificateAuthority.Create(
        "test authority",
        TimeSpan.FromDays(30),
        s_clock
    );
    private WebApplication _server = null!;
    private string _trusted = "";

    private string CertificateFile => Path.Combine(_root, "tls", "tls.crt");

    public async ValueTask InitializeAsync()
    {
        _lookups
            .ReadAsync(Arg.Any<IKubernetesObject<V1ObjectMeta>>(), Arg.Any<bool>(), Arg.Any<CancellationToken>())
            .Returns(new DeclaredSet([]));
        _trusted = _authority.CertificatePem;
        Mount("first");
        _server = AdmissionServer.Create(
            new AdmissionServerOptions(
                new IPEndPoint(IPAddress.Loopback, 0),
                CertificateFile,
                Path.Combine(_root, "tls", "tls.key"),
                new AdmissionWebhook(_lookups, UnknownReferences.Warn, s_clock, NullLogger<AdmissionWebhook>.Instance),
                NullLoggerFactory.Instance
            )
        );
        await _server.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync();
        await _server.DisposeAsync();
        _authority.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_question_is_answered_under_its_id(string version)
    {
        using var client = Client();
        using var request = new HttpRequestMessage(HttpMethod.Post, AdmissionWebhook.Path + "?timeout=10s")
        {
            Version = Version.Parse(version),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = Content(Reviews.Json(Reviews.Request("CREATE", Reviews.Machine()))),
        };

        using var response = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        var review = await response.Content.ReadFromJsonAsync<JsonObject>();
        Assert.Equal("admission.k8s.io/v1", (string?)review!["apiVersion"]);
        Assert.Equal("AdmissionReview", (string?)review["kind"]);
        Assert.Equal("""{"uid":"42","allowed":true}""", review["response"]!.ToJsonString());
        Assert.False(review.ContainsKey("request"));
    }

    [Fact]
    public async Task A_refusal_is_an_answer_with_the_status_for_the_users_tool()
    {
        var bad = Reviews.Machine();
        bad["spec"]!["memory"]!["size"] = "3Mi";

        var (code, text) = await PostAsync(Reviews.Json(Reviews.Request("CREATE", bad)));

        Assert.Equal(HttpStatusCode.OK, code);
        var status = JsonNode.Parse(text)!["response"]!["status"]!;
        Assert.Equal(422, (int?)status["code"]);
        Assert.Equal("spec.memory.size", (string?)status["details"]!["causes"]![0]!["field"]);
        Assert.Equal("FieldValueInvalid", (string?)status["details"]!["causes"]![0]!["reason"]);
    }

    [Fact]
    public async Task What_cannot_be_judged_is_an_error_and_never_a_no()
    {
        _lookups
            .ReadAsync(Arg.Any<IKubernetesObject<V1ObjectMeta>>(), Arg.Any<bool>(), Arg.Any<CancellationToken>())
            .ThrowsAsync(new AdmissionUnavailableException("The declared objects have not been read yet."));

        var (code, text) = await PostAsync(Reviews.Json(Reviews.Request("CREATE", Reviews.Machine())));
        var (status, _) = await PostAsync(
            Reviews.Json(Reviews.Request("UPDATE", Reviews.Machine(), Reviews.Machine(), subResource: "status"))
        );

        Assert.Equal(HttpStatusCode.InternalServerError, code);
        Assert.Equal("The declared objects have not been read yet.", text);
        // What needs no judging needs no caches either.
        Assert.Equal(HttpStatusCode.OK, status);
    }

    [Theory]
    [InlineData("{", HttpStatusCode.BadRequest)]
    [InlineData("{}", HttpStatusCode.BadRequest)]
    [InlineData("null", HttpStatusCode.BadRequest)]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}""", HttpStatusCode.BadRequest)]
    [InlineData(
        """{"apiVersion":"admission.k8s.io/v1beta1","kind":"AdmissionReview","request":{"uid":"1","operation":"CREATE","kind":{"group":"","version":"","kind":""}}}""",
        HttpStatusCode.BadRequest
    )]
    public async Task What_is_no_question_is_an_error(string body, HttpStatusCode expected)
    {
        var (code, _) = await PostAsync(body);

        Assert.Equal(expected, code);
    }

    [Fact]
    public async Task A_question_beyond_the_limit_is_not_read()
    {
        var large = Reviews.Machine();
        large["metadata"]!["annotations"] = new JsonObject
        {
            ["a"] = new string('x', (int)AdmissionWebhook.MaxBodyBytes),
        };

        using var client = Client();
        // Else the client may still be writing when the server hangs up.
        client.DefaultRequestHeaders.ExpectContinue = true;
        using var response = await client.PostAsync(
            AdmissionWebhook.Path,
            Content(Reviews.Json(Reviews.Request("CREATE", large)))
        );

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task A_question_just_within_the_limit_is_read_though_nobody_asked_before_sending_it()
    {
        var large = Reviews.Machine();
        var rest = (int)AdmissionWebhook.MaxBodyBytes - Reviews.Json(Reviews.Request("CREATE", large)).Length;
        large["metadata"]!["annotations"] = new JsonObject { ["a"] = new string('x', rest - 100) };

        using var client = Client();
        Assert.NotEqual(true, client.DefaultRequestHeaders.ExpectContinue);
        using var response = await client.PostAsync(
            AdmissionWebhook.Path,
            Content(Reviews.Json(Reviews.Request("CREATE", large)))
        );

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var review = await response.Content.ReadFromJsonAsync<JsonObject>();
        Assert.Equal("42", (string?)review!["response"]!["uid"]);
    }

    [Fact]
    public async Task A_question_beyond_the_limit_is_refused_though_nobody_asked_before_sending_it()
    {
        var address = new Uri(_server.Urls.Single());
        using var connection = new TcpClient();
        await connection.ConnectAsync(address.Host, address.Port);
        await using var stream = new SslStream(
            connection.GetStream(),
            leaveInnerStreamOpen: false,
            static (_, certificate, _, _) => certificate is not null
        );
        await stream.AuthenticateAsClientAsync(address.Host);

        // As an API server does it: what is to come is told, and its beginning sent at once.
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"POST {AdmissionWebhook.Path} HTTP/1.1\r\nHost: it\r\nContent-Type: application/json\r\n"
                    + $"Content-Length: {AdmissionWebhook.MaxBodyBytes + 1}\r\n\r\n{{"
            )
        );
        using var answer = new StreamReader(stream, Encoding.ASCII);

        var said = await answer.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(2));
        Assert.StartsWith("HTTP/1.1 413 ", said, StringComparison.Ordinal);
        // The next one is answered.
        var (code, _) = await PostAsync(Reviews.Json(Reviews.Request("CREATE", Reviews.Machine())));
        Assert.Equal(HttpStatusCode.OK, code);
    }

    [Fact]
    public async Task Only_JSON_posted_to_its_path_is_taken()
    {
        using var client = Client();

        using var text = await client.PostAsync(
            AdmissionWebhook.Path,
            new StringContent("{}", Encoding.UTF8, "text/plain")
        );
        using var read = await client.GetAsync(AdmissionWebhook.Path);
        using var elsewhere = await client.PostAsync("/", Content("{}"));

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, text.StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, read.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, elsewhere.StatusCode);
    }

    [Fact]
    public async Task The_next_connection_sees_a_certificate_that_was_replaced_as_a_mounted_Secret_is()
    {
        var (before, client) = await ConnectAsync();
        Mount("second");
        var (after, other) = await ConnectAsync();
        // Half of a pair is met in passing.
        File.WriteAllText(CertificateFile, "no certificate");
        var (still, third) = await ConnectAsync();

        Assert.Equal("CN=first", before);
        Assert.Equal("CN=second", after);
        Assert.Equal("CN=second", still);
        // A connection that lives goes on.
        using var alive = await client.PostAsync(
            AdmissionWebhook.Path,
            Content(Reviews.Json(Reviews.Request("CREATE", Reviews.Machine())))
        );
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        foreach (var each in new[] { client, other, third })
        {
            each.Dispose();
        }
    }

    [Fact]
    public async Task Intermediate_certificates_are_sent()
    {
        var now = s_clock.GetUtcNow();
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var root = Authority("root", rootKey).CreateSelfSigned(now.AddHours(-1), now.AddDays(2));
        using var middleKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var middle = Authority("middle", middleKey)
            .Create(root, now.AddHours(-1), now.AddDays(2), [1])
            .CopyWithPrivateKey(middleKey);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=chained", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var leaf = request.Create(middle, now.AddHours(-1), now.AddDays(1), [2]);
        File.WriteAllText(Path.Combine(_root, "tls", "tls.key"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(CertificateFile, $"{leaf.ExportCertificatePem()}\n{middle.ExportCertificatePem()}\n");
        _trusted = root.ExportCertificatePem();

        var (subject, client) = await ConnectAsync();

        Assert.Equal("CN=chained", subject);
        client.Dispose();
    }

    [Fact]
    public async Task Every_answer_is_counted_by_its_code()
    {
        HashSet<(string Name, string Code)> missing =
        [
            ("controller_runtime_webhook_requests_total", "/validate 200"),
            ("controller_runtime_webhook_requests_total", "/validate 400"),
            ("controller_runtime_webhook_latency_seconds", "/validate"),
        ];
        var inFlight = 0L;
        var counted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == AdmissionMetrics.MeterName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>(
            (instrument, value, tags, _) =>
                Count(
                    instrument.Name,
                    $"{Tag(tags, "webhook")} {Tag(tags, "code")}",
                    instrument.Name.EndsWith("in_flight", StringComparison.Ordinal) ? value : 0
                )
        );
        listener.SetMeasurementEventCallback<double>(
            (instrument, _, tags, _) => Count(instrument.Name, $"{Tag(tags, "webhook")}", 0)
        );
        listener.Start();

        await PostAsync(Reviews.Json(Reviews.Request("CREATE", Reviews.Machine())));
        await PostAsync("{");

        // The counts follow the answer.
        try
        {
            await counted.Task.WaitAsync(TimeSpan.FromMinutes(2), s_clock);
        }
        catch (TimeoutException)
        {
            lock (missing)
            {
                Assert.Fail($"Never counted: {string.Join(", ", missing)}; {inFlight} are in flight.");
            }
        }

        void Count(string name, string code, long moreInFlight)
        {
            lock (missing)
            {
                missing.Remove((name, code));
                inFlight += moreInFlight;
                if (missing.Count == 0 && inFlight == 0)
                {
                    counted.TrySetResult();
                }
            }
        }
    }

    private static CertificateRequest Authority(string name, ECDsa key)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request;
    }

    private static object? Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach (var tag in tags)
        {
            if (tag.Key == name)
            {
                return tag.Value;
            }
        }

        return null;
    }

    /// <summary>Replaces what a Secret's volume holds as the kubelet does: new files in a new folder, then one link moved.</summary>
    private void Mount(string name)
    {
        var volume = Path.Combine(_root, "tls");
        var data = Path.Combine(volume, "..data");
        var issued = _authority.IssueHost(name, [], [IPAddress.Loopback], TimeSpan.FromDays(1));
        var folder = Directory.CreateDirectory(Path.Combine(volume, $"..{name}")).FullName;
        File.WriteAllText(Path.Combine(folder, "tls.crt"), issued.CertificatePem);
        File.WriteAllText(Path.Combine(folder, "tls.key"), issued.KeyPem);
        // All versions are as old as each other, as files out of an archive are.
        foreach (var file in Directory.GetFiles(folder))
        {
            File.SetLastWriteTimeUtc(file, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        }

        if (Directory.Exists(data))
        {
            Directory.Delete(data);
        }

        Directory.CreateSymbolicLink(data, $"..{name}");
        foreach (var file in new[] { "tls.crt", "tls.key" }.Where(file => !File.Exists(Path.Combine(volume, file))))
        {
            File.CreateSymbolicLink(Path.Combine(volume, file), $"..data/{file}");
        }
    }

    private async Task<(string Subject, HttpClient Client)> ConnectAsync()
    {
        var subject = "";
        var client = Client(certificate => subject = certificate.Subject);
        using var answer = await client.PostAsync(
            AdmissionWebhook.Path,
            Content(Reviews.Json(Reviews.Request("CREATE", Reviews.Machine())))
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (subject, client);
    }

    private async Task<(HttpStatusCode Code, string Text)> PostAsync(string body)
    {
        using var client = Client();
        using var response = await client.PostAsync(AdmissionWebhook.Path, Content(body));
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private HttpClient Client(Action<X509Certificate2>? seen = null) =>
        new(
            new SocketsHttpHandler
            {
                Expect100ContinueTimeout = TimeSpan.FromMinutes(1),
                SslOptions = new SslClientAuthenticationOptions
                {
                    RemoteCertificateValidationCallback = (_, certificate, sent, _) =>
                    {
                        using var chain = new X509Chain();
                        chain.ChainPolicy.ExtraStore.AddRange(sent!.ChainPolicy.ExtraStore);
                        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
                        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
                        chain.ChainPolicy.CustomTrustStore.Add(X509Certificate2.CreateFromPem(_trusted));
                        var shown = (X509Certificate2)certificate!;
                        seen?.Invoke(shown);
                        return chain.Build(shown) && shown.MatchesHostname("127.0.0.1");
                    },
                },
            }
        )
        {
            BaseAddress = new Uri(_server.Urls.Single()),
        };

    private static StringContent Content(string json) => new(json, Encoding.UTF8, "application/json");
}
