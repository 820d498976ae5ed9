using System.Net;
using System.Security.Cryptography.X509Certificates;
using ExchangeVirt.Envtest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ExchangeVirt.Kubernetes.Tests.Faults;

/// <summary>
/// Stands between the operator and the API server, reads each request and passes it on, unless it is told to hold it: then the
/// server never hears of it. Unlike a relay of bytes it can hold the one request that matters.
/// </summary>
internal sealed class ApiGate : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly X509Certificate2 _certificate;
    private readonly HttpMessageInvoker _onward;
    private readonly Uri _target;
    private volatile Hold? _hold;

    private ApiGate(ControlPlane plane)
    {
        _target = plane.Address;
        var pair = plane.Authority.IssueServer("api-gate");
        _certificate = X509Certificate2.CreateFromPem(pair.Certificate, pair.Key);
        var trust = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        trust.CustomTrustStore.Add(X509Certificate2.CreateFromPem(plane.Authority.Certificate));
        _onward = new HttpMessageInvoker(
            new SocketsHttpHandler
            {
                SslOptions = new() { CertificateChainPolicy = trust },
                AllowAutoRedirect = false,
            }
        );
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(_certificate))
        );
        builder.Services.AddRoutingCore();
        _server = builder.Build();
        _server.Run(PassAsync);
    }

    /// <summary>Gets where clients come in.</summary>
    public Uri Address => new(_server.Urls.Single());

    public static async Task<ApiGate> StartAsync(ControlPlane plane)
    {
        var gate = new ApiGate(plane);
        await gate._server.StartAsync();
        return gate;
    }

    /// <summary>Holds each request that fits, for as long as it does, until <see cref="Open"/>.</summary>
    /// <returns>Ends with the first request that is held: its method and path.</returns>
    public Task<string> HoldAsync(Func<HttpRequest, bool> fits)
    {
        var hold = new Hold(fits);
        _hold = hold;
        return hold.First.Task;
    }

    /// <summary>Holds nothing from now on; what is held already is never passed on.</summary>
    public void Open() => _hold = null;

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _server.StopAsync(now.Token);
        await _server.DisposeAsync();
        _onward.Dispose();
        _certificate.Dispose();
    }

    private async Task PassAsync(HttpContext context)
    {
        var gone = context.RequestAborted;
        try
        {
            if (!await MayPassAsync(context.Request, gone))
            {
                context.Abort();
                return;
            }

            using var request = Onward(context.Request);
            using var answer = await _onward.SendAsync(request, gone);
            context.Response.StatusCode = (int)answer.StatusCode;
            foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
            {
                if (!name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase))
                {
                    context.Response.Headers[name] = values.ToArray();
                }
            }

            await using var body = await answer.Content.ReadAsStreamAsync(gone);
            var buffer = new byte[16 * 1024];
            await context.Response.StartAsync(gone);
            while (await body.ReadAsync(buffer, gone) is var count and > 0)
            {
                await context.Response.Body.WriteAsync(buffer.AsMemory(0, count), gone);
                await context.Response.Body.FlushAsync(gone);
            }
        }
        catch (Exception exception)
            when (exception is OperationCanceledException or HttpRequestException or IOException or TimeoutException)
        {
            // One side is gone, so is the other; and what is held for longer than a test has patience is never answered.
            context.Abort();
        }
    }

    private async Task<bool> MayPassAsync(HttpRequest request, CancellationToken gone)
    {
        var hold = _hold;
        if (hold?.Fits(request) != true)
        {
            return true;
        }

        hold.First.TrySetResult($"{request.Method} {request.Path}");
        await Until.TrueAsync(
            "the request is not held any more",
            () => gone.IsCancellationRequested || _hold != hold || !hold.Fits(request)
        );
        return !gone.IsCancellationRequested && _hold == hold;
    }

    private HttpRequestMessage Onward(HttpRequest from)
    {
        var request = new HttpRequestMessage(
            new HttpMethod(from.Method),
            new Uri(_target, $"{from.Path}{from.QueryString}")
        );
        if (from.ContentLength > 0 || from.Headers.TransferEncoding.Count > 0)
        {
            request.Content = new StreamContent(from.Body);
        }

        foreach (var (name, values) in from.Headers)
        {
            if (
                name[0] != ':'
                && name is not ("Host" or "Transfer-Encoding" or "Connection")
                && !request.Headers.TryAddWithoutValidation(name, values.ToArray())
            )
            {
                request.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
            }
        }

        return request;
    }

    private sealed class Hold(Func<HttpRequest, bool> fits)
    {
        public Func<HttpRequest, bool> Fits { get; } = fits;

        public TaskCompletionSource<string> First { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
