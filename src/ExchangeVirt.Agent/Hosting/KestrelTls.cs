using System.Net.Security;
using System.Security.Authentication;
using ExchangeVirt.Agent.Contract.Security;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace ExchangeVirt.Agent.Hosting;

/// <summary>Mutual TLS on the agent's only port. The files are looked at for every connection.</summary>
internal static class KestrelTls
{
    public static void Use(ListenOptions listen, TlsIdentitySource identity, bool allowTls12, TimeProvider time)
    {
        listen.Protocols = HttpProtocols.Http2;
        listen.UseHttps(
            new TlsHandshakeCallbackOptions
            {
                OnConnection = _ => ValueTask.FromResult(Handshake(identity.Current, allowTls12, time)),
            }
        );
    }

    private static SslServerAuthenticationOptions Handshake(TlsIdentity identity, bool allowTls12, TimeProvider time)
    {
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = identity.Context,
            ClientCertificateRequired = true,
            CertificateChainPolicy = identity.ClientPolicy(time.GetUtcNow()),
            RemoteCertificateValidationCallback = static (_, _, _, errors) => errors == SslPolicyErrors.None,
            EnabledSslProtocols = allowTls12 ? SslProtocols.Tls12 | SslProtocols.Tls13 : SslProtocols.Tls13,
            ApplicationProtocols = [SslApplicationProtocol.Http2],
            AllowRenegotiation = false,
        };
        // Windows takes its cipher suites from the machine's policy and refuses to be told here.
        if (allowTls12 && !OperatingSystem.IsWindows() && !OperatingSystem.IsMacOS())
        {
            options.CipherSuitesPolicy = new CipherSuitesPolicy([
                TlsCipherSuite.TLS_AES_256_GCM_SHA384,
                TlsCipherSuite.TLS_AES_128_GCM_SHA256,
                TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
                TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
                TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
                TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
            ]);
        }

        return options;
    }
}
