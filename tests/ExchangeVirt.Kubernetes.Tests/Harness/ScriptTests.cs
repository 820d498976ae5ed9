using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Processes;

namespace ExchangeVirt.Kubernetes.Tests.Harness;

public sealed class ScriptTests
{
    private const string Build = "build-assets.sh";
    private const string Promtool = "fetch-promtool.sh";

    [Fact]
    public async Task An_unknown_name_is_refused()
    {
        using var folder = new TemporaryFolder();

        var (code, log) = await RunAsync(Build, new(), folder.Path, "kubelet");

        Assert.Equal(1, code);
        Assert.Contains("does not know kubelet", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_builds_nothing_and_tells_what_was_built_in_an_older_way()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(1, (await RunAsync(Build, new(), "--check", folder.Path, "etcd")).Code);
        foreach (var name in (string[])["etcd", "kube-apiserver"])
        {
            await File.WriteAllTextAsync(folder.Combine(name), "");
            MakeExecutable(folder.Combine(name));
        }

        Assert.Equal(0, (await RunAsync(Build, new(), "--check", folder.Path, "etcd")).Code);
        Assert.Equal(1, (await RunAsync(Build, new(), "--check", folder.Path, "etcd", "kube-apiserver")).Code);
        Assert.Equal(2, Directory.EnumerateFileSystemEntries(folder.Path).Count());
    }

    [Fact]
    public async Task Where_it_is_no_Debian_the_missing_tools_are_named()
    {
        using var folder = new TemporaryFolder();
        var programs = folder.Folder("bin");
        foreach (
            var name in (string[])
                [
                    "bash",
                    "sh",
                    "basename",
                    "dirname",
                    "mkdir",
                    "cat",
                    "flock",
                    "df",
                    "awk",
                    "sed",
                    "grep",
                    "sort",
                    "tar",
                ]
        )
        {
            File.CreateSymbolicLink(Path.Combine(programs, name), Find(name));
        }

        var (code, log) = await RunAsync(Promtool, new() { ["PATH"] = programs }, folder.Folder("out"));

        Assert.Equal(1, code);
        Assert.Contains(
            "needs Debian or a derivative; not found: apt-get dpkg dpkg-deb",
            log,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Without_a_network_that_is_said()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/apt-get"), "apt-get: this is no Debian.");
        using var folder = new TemporaryFolder();

        var (code, log) = await RunAsync(
            Promtool,
            new() { ["EXVIRT_DEBIAN_MIRROR"] = "http://127.0.0.1:1" },
            folder.Folder("out")
        );

        Assert.Equal(1, code);
        Assert.Contains("cannot read the package mirror http://127.0.0.1:1", log, StringComparison.Ordinal);
    }

    private static void MakeExecutable(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }

    private static string Find(string name) =>
        ((string[])["/usr/bin", "/bin", "/usr/local/bin"])
            .Select(folder => Path.Combine(folder, name))
            .First(File.Exists);

    private static async Task<(int Code, string Log)> RunAsync(
        string script,
        Dictionary<string, string?> environment,
        params string[] arguments
    )
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The script runs on Linux only.");
        await using var running = await GuardedProcess.StartAsync(
            new ProgramStart("bash", [Checkout.Combine("tests", "envtest", script), .. arguments])
            {
                Environment = environment,
            }
        );
        return (await running.WaitForExitAsync(), running.Log);
    }
}
