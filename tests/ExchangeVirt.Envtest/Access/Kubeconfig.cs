using System.Text;

namespace ExchangeVirt.Envtest.Access;

/// <summary>Writes kubeconfig files.</summary>
public static class Kubeconfig
{
    /// <summary>Writes the file of a user with a client certificate.</summary>
    /// <returns>The path.</returns>
    public static string Write(string path, Uri server, string authority, PemPair certificate) =>
        WriteUser(
            path,
            server,
            authority,
            $"""
            client-certificate-data: {Base64(certificate.Certificate)}
                client-key-data: {Base64(certificate.Key)}
            """
        );

    /// <summary>Writes the file of a user with a bearer token.</summary>
    /// <returns>The path.</returns>
    public static string Write(string path, Uri server, string authority, string token, string userNamespace) =>
        WriteUser(path, server, authority, $"token: {token}", userNamespace);

    /// <summary>Writes the file of a server that nobody serves.</summary>
    /// <returns>The path.</returns>
    public static string WriteNowhere(string path, string authority) =>
        Write(path, new Uri("https://127.0.0.1:1"), authority, "none", "default");

    private static string WriteUser(
        string path,
        Uri server,
        string authority,
        string user,
        string? userNamespace = null
    )
    {
        File.WriteAllText(
            path,
            $"""
            apiVersion: v1
            kind: Config
            current-context: test
            clusters:
            - name: test
              cluster:
                server: {server.GetLeftPart(UriPartial.Authority)}
                certificate-authority-data: {Base64(authority)}
            contexts:
            - name: test
              context:
                cluster: test
                user: test
                namespace: {userNamespace ?? "default"}
            users:
            - name: test
              user:
                {user}

            """
        );
        if (!OperatingSystem.IsWindows())
        {
            // Helm warns of one that others can read.
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return path;
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
