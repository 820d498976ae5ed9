using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using ExchangeVirt.Agent.Contract.Security;
using ExchangeVirt.Operator.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ExchangeVirt.Operator.Admission;

/// <summary>How the webhook's server runs.</summary>
/// <param name="Listen">Where it listens.</param>
/// <param name="CertificateFile">Its certificate in PEM, and any intermediate ones after it.</param>
/// <param name="KeyFile">The certificate's key in PEM.</param>
/// <param name="Webhook">What answers.</param>
/// <param name="Loggers">Where log lines go; it outlives the server.</param>
public sealed record AdmissionServerOptions(
    IPEndPoint Listen,
    string CertificateFile,
    string KeyFile,
    AdmissionWebhook Webhook,
    ILoggerFactory Loggers
);

/// <summary>Serves the webhook over HTTPS. The certificate's files are looked at for every connection.</summary>
public static partial class AdmissionServer
{
    /// <summary>Makes a server that is ready to start.</summary>
    /// <exception cref="TlsFileException">The certificate cannot be used.</exception>
    public static WebApplication Create(AdmissionServerOptions options)
    {
        var logger = options.Loggers.CreateLogger(typeof(AdmissionServer));
        var certificate = new ServerCertificateSource(
            options.CertificateFile,
            options.KeyFile,
            failure => LogUnusableCertificate(logger, failure.Message)
        );
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(new BorrowedLoggers(options.Loggers)));
        builder.Services.AddSingleton(certificate);
        // The process around it decides when it ends.
        builder.Services.Replace(ServiceDescriptor.Singleton<IHostLifetime, Lifetime>());
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = AdmissionWebhook.MaxBodyBytes;
            kestrel.Listen(options.Listen, listen => UseTls(listen, certificate));
        });
        var application = builder.Build();
        options.Webhook.MapTo(application);
        return application;
    }

    private static void UseTls(ListenOptions listen, ServerCertificateSource certificate)
    {
        listen.Protocols = HttpProtocols.Http1AndHttp2;
        listen.UseHttps(
            new TlsHandshakeCallbackOptions
            {
                OnConnection = _ =>
                    ValueTask.FromResult(
                        new SslServerAuthenticationOptions
                        {
                            ServerCertificateContext = certificate.Current,
                            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
                            AllowRenegotiation = false,
                        }
                    ),
            }
        );
    }

    [LoggerMessage(
        EventId = 1103,
        Level = LogLevel.Error,
        Message = "The webhook's changed certificate files cannot be used, and the last good ones stay in use: {Problem}"
    )]
    private static partial void LogUnusableCertificate(ILogger logger, string problem);

    /// <summary>Keeps the server from taking the process's signals to itself.</summary>
    private sealed class Lifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
