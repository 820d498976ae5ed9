namespace ExchangeVirt.Agent.Contract.Security;

/// <summary>A certificate with its key and authority, all in PEM.</summary>
/// <param name="CertificatePem">The certificate.</param>
/// <param name="KeyPem">Its private key (PKCS #8).</param>
/// <param name="AuthorityPem">The authority that issued it.</param>
public sealed record IssuedCertificate(string CertificatePem, string KeyPem, string AuthorityPem)
{
    /// <summary>
    /// Writes <c>NAME.crt</c>, <c>NAME.key</c> (for its owner alone) and <c>ca.crt</c>, each replaced whole; a copy of the
    /// authority's certificate that is there already is left as it is.
    /// </summary>
    /// <returns>Where they are.</returns>
    public TlsFiles Save(string directory, string name)
    {
        Directory.CreateDirectory(directory);
        var files = new TlsFiles(
            Path.Combine(directory, name + ".crt"),
            Path.Combine(directory, name + ".key"),
            Path.Combine(directory, "ca.crt")
        );
        Replace(files.KeyPath, KeyPem, secret: true);
        Replace(files.CertificatePath, CertificatePem, secret: false);
        if (!File.Exists(files.AuthorityPath))
        {
            Replace(files.AuthorityPath, AuthorityPem, secret: false);
        }

        return files;
    }

    private static void Replace(string path, string text, bool secret)
    {
        var beside = path + ".new";
        File.Delete(beside);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (secret && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var writer = new StreamWriter(beside, options))
        {
            writer.WriteLine(text);
        }

        File.Move(beside, path, overwrite: true);
    }
}
