using System.Diagnostics;
using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Clients;

namespace ExchangeVirt.Deploy.Tests.Support;

/// <summary>A copy of what kustomize builds from, with certificates as its pages say to make them.</summary>
internal sealed class Overlays : IDisposable
{
    private readonly TemporaryFolder _folder = new("kustomize");

    public Overlays()
    {
        Checkout.CopyTo(_folder.Path, "crds");
        Checkout.CopyTo(_folder.Path, "deploy", "kustomize");
    }

    public TemporaryFolder Folder => _folder;

    public async Task<string> WithCertificatesAsync(string overlay)
    {
        var path = _folder.Combine("deploy", "kustomize", "overlays", overlay);
        if (!Directory.Exists(Path.Combine(path, "certificates")) && overlay is "exvirt-certs" or "old-servers")
        {
            var made = await Exvirt.RunAsync(path, ["certs", "--output", "certificates", "--webhook"]);
            Assert.True(made.ExitCode == 0, made.Text);
        }

        return path;
    }

    public async Task<Manifests> BuildAsync(Tool kubectl, string overlay) =>
        Manifests.Parse((await kubectl.RunAsync("kustomize", await WithCertificatesAsync(overlay))).Succeeded());

    /// <summary>Writes an overlay of a user's own.</summary>
    public void Write(string overlay, string kustomization)
    {
        var path = Directory.CreateDirectory(_folder.Combine("deploy", "kustomize", "overlays", overlay)).FullName;
        File.WriteAllText(Path.Combine(path, "kustomization.yaml"), kustomization);
    }

    public void Dispose() => _folder.Dispose();
}

/// <summary>Runs the built <c>exvirt</c>, and what stands in front of it.</summary>
internal static class Exvirt
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    public static string Folder { get; } =
        Checkout.Combine(
            "artifacts",
            "bin",
            "ExchangeVirt.Cli",
            Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar))
        );

    public static Task<(int ExitCode, string Text)> RunAsync(string workingFolder, IReadOnlyList<string> arguments) =>
        RunAsync(
            Path.Combine(Folder, OperatingSystem.IsWindows() ? "exvirt.exe" : "exvirt"),
            workingFolder,
            arguments,
            null
        );

    public static async Task<(int ExitCode, string Text)> RunAsync(
        string program,
        string workingFolder,
        IReadOnlyList<string> arguments,
        string? programFolder
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = workingFolder,
        };
        start.Environment["PATH"] =
            $"{programFolder}{Path.PathSeparator}{Folder}{Path.PathSeparator}{start.Environment["PATH"]}";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(s_patience, Until.Clock);
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, process.ExitCode == 0 ? await output : await output + await error);
    }
}
