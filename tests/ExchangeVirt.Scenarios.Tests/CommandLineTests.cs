using System.Text.Json.Nodes;
using ExchangeVirt.Scenarios.Tests.Support;

namespace ExchangeVirt.Scenarios.Tests;

public sealed class CommandLineTests
{
    public static TheoryData<string> Commands =>
        [
            "demo",
            "run",
            "status",
            "get",
            "plan",
            "lint",
            "crds",
            "certs",
            "sim up",
            "sim drift",
            "sim fault",
            "pause",
            "resume",
            "delete",
            "version",
        ];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Every_command_teaches_by_an_example(string command)
    {
        using var place = new Workplace();

        var help = await Exvirt.RunAsync(place, [.. command.Split(' '), "--help"]);

        Assert.Equal(0, help.ExitCode);
        Assert.Contains("Example", help.Output, StringComparison.Ordinal);
        Assert.Contains($"exvirt {command}", help.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("contoso")]
    [InlineData("minimal")]
    public async Task The_samples_are_clean(string sample)
    {
        using var place = new Workplace();

        var lint = await Exvirt.RunAsync(
            place,
            "lint",
            Path.Combine(Exvirt.Root, "deploy", "samples", sample),
            "-o",
            "json"
        );

        Assert.True(lint.ExitCode == 0, lint.All);
        Assert.True((int)JsonNode.Parse(lint.Output)!["objects"]! > 0);
    }

    [Fact]
    public async Task Lint_tells_unsupported_from_invalid_by_its_exit_code()
    {
        using var place = new Workplace();
        place.Declare("small.yaml", Samples.Machine("small").Replace("16Gi", "6Gi"));
        var unsupported = await Exvirt.RunAsync(place, "lint", place.Manifests);
        place.Declare("broken.yaml", "kind: ExchangeVirtualMachine\n");
        var invalid = await Exvirt.RunAsync(place, "lint", place.Manifests);

        Assert.True(unsupported.ExitCode == 1, unsupported.All);
        Assert.Contains("mem-below-minimum", unsupported.Output, StringComparison.Ordinal);
        Assert.True(invalid.ExitCode == 2, invalid.All);
        Assert.Contains("mem-below-minimum", invalid.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lint_takes_its_files_for_the_whole_estate()
    {
        using var place = new Workplace();
        var machine = Samples.Machine("one").Replace("standalone: true", "databaseAvailabilityGroup: dag9");
        place.Declare("one.yaml", machine);
        var advised = await Exvirt.RunAsync(place, "lint", place.Manifests);
        var refused = await Exvirt.RunAsync(place, "lint", place.Manifests, "--unknown-references", "Refuse");
        place.Declare("two.yaml", Samples.Machine("two").Replace("virtualMachineName: TWO", "virtualMachineName: One"));
        var twice = await Exvirt.RunAsync(place, "lint", place.Manifests);

        Assert.True(advised.ExitCode == 0, advised.All);
        Assert.Contains("[Advisory unknown-availability-group]", advised.Output, StringComparison.Ordinal);
        Assert.True(refused.ExitCode == 2, refused.All);
        Assert.True(twice.ExitCode == 2, twice.All);
        Assert.Contains("one.yaml:1: spec.virtualMachineName: claims", twice.Output, StringComparison.Ordinal);
        Assert.Contains("two.yaml:1: spec.virtualMachineName: claims", twice.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certs_never_overwrite_an_authority()
    {
        using var place = new Workplace();
        var pki = place.Combine("pki");
        var made = await Exvirt.RunAsync(place, "certs", "--output", pki, "--host", "hv01,hv01.corp.example");
        var key = File.ReadAllText(Path.Combine(pki, "ca.key"));

        var again = await Exvirt.RunAsync(place, "certs", "--output", pki);
        var more = await Exvirt.RunAsync(place, "certs", "--output", pki, "--reuse-ca", "--host", "hv02");

        Assert.True(made.ExitCode == 0, made.All);
        Assert.Equal(3, again.ExitCode);
        Assert.True(more.ExitCode == 0, more.All);
        Assert.Equal(key, File.ReadAllText(Path.Combine(pki, "ca.key")));
        Assert.True(File.Exists(Path.Combine(pki, "hv01.crt")) && File.Exists(Path.Combine(pki, "hv02.key")));
    }

    [Fact]
    public async Task A_wrong_command_line_is_no_finding()
    {
        using var place = new Workplace();

        var wrong = await Exvirt.RunAsync(place, "lint");
        var unknown = await Exvirt.RunAsync(place, "get", "pods", "--state", place.Manifests);

        Assert.Equal(64, wrong.ExitCode);
        Assert.Contains("exvirt lint --help", wrong.Error, StringComparison.Ordinal);
        Assert.NotEqual(0, unknown.ExitCode);
        Assert.DoesNotContain("   at ", unknown.Error, StringComparison.Ordinal);
    }
}
