using System.Reflection;
using System.Xml.Linq;

namespace ExchangeVirt.House.Tests;

public sealed class DependencyTests
{
    /// <summary>Who may use whom, and which packages: the house's table.</summary>
    private static readonly Dictionary<string, (string[] Projects, string[] Packages)> s_allowed = new(
        StringComparer.Ordinal
    )
    {
        ["ExchangeVirt.Domain"] = ([], []),
        ["ExchangeVirt.Resources"] = (["ExchangeVirt.Domain"], ["KubernetesClient", "YamlDotNet"]),
        ["ExchangeVirt.Runtime"] = (
            [],
            ["KubernetesClient", "Microsoft.Extensions.Logging.Abstractions", "YamlDotNet"]
        ),
        ["ExchangeVirt.Agent.Contract"] = (
            ["ExchangeVirt.Domain"],
            ["Google.Protobuf", "Grpc.AspNetCore", "Grpc.Net.Client", "Grpc.Tools"]
        ),
        ["ExchangeVirt.HyperV"] = (
            ["ExchangeVirt.Domain"],
            ["Microsoft.Management.Infrastructure", "Microsoft.Extensions.Logging.Abstractions"]
        ),
        ["ExchangeVirt.HyperV.Simulator"] = (["ExchangeVirt.HyperV"], ["YamlDotNet"]),
        ["ExchangeVirt.Agent"] = (
            ["ExchangeVirt.Agent.Contract", "ExchangeVirt.HyperV", "ExchangeVirt.HyperV.Simulator"],
            [
                "Grpc.AspNetCore",
                "Microsoft.Extensions.Hosting.Systemd",
                "Microsoft.Extensions.Hosting.WindowsServices",
                "OpenTelemetry.Exporter.OpenTelemetryProtocol",
                "System.CommandLine",
            ]
        ),
        ["ExchangeVirt.Operator"] = (
            ["ExchangeVirt.Domain", "ExchangeVirt.Resources", "ExchangeVirt.Runtime", "ExchangeVirt.Agent.Contract"],
            [
                "Cronos",
                "OpenTelemetry.Exporter.OpenTelemetryProtocol",
                "OpenTelemetry.Exporter.Prometheus.AspNetCore",
                "System.CommandLine",
            ]
        ),
        ["ExchangeVirt.Cli"] = (
            ["ExchangeVirt.Operator", "ExchangeVirt.Agent"],
            ["Spectre.Console", "System.CommandLine"]
        ),
    };

    public static TheoryData<string> Projects => [.. s_allowed.Keys];

    [Fact]
    public void Every_project_in_src_stands_in_the_table() =>
        Assert.Equal(
            s_allowed.Keys.Order(StringComparer.Ordinal),
            Directory
                .EnumerateDirectories(Path.Combine(Repository.Root, "src"))
                .Select(static directory => Path.GetFileName(directory))
                .Order(StringComparer.Ordinal)
        );

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_names_only_what_the_table_allows(string project)
    {
        var file = XDocument.Load(Path.Combine(Repository.Root, "src", project, $"{project}.csproj"));
        var references = file.Descendants("ProjectReference")
            .Select(static item => Path.GetFileNameWithoutExtension((string)item.Attribute("Include")!));
        var packages = file.Descendants("PackageReference").Select(static item => (string)item.Attribute("Include")!);

        Assert.Empty(references.Except(s_allowed[project].Projects, StringComparer.Ordinal));
        Assert.Empty(packages.Except(s_allowed[project].Packages, StringComparer.Ordinal));
    }

    [Fact]
    public void The_domain_assembly_refers_to_nothing_but_the_framework()
    {
        var foreign = Load("ExchangeVirt.Domain")
            .GetReferencedAssemblies()
            .Select(static name => name.Name!)
            .Where(static name => !name.StartsWith("System.", StringComparison.Ordinal) && name is not "netstandard");

        Assert.Empty(foreign);
    }

    [Fact]
    public void The_operator_never_sees_WMI_and_the_agent_never_sees_Kubernetes()
    {
        Assert.DoesNotContain(
            Closure("exvirt-operator"),
            static name => name.Contains("Management.Infrastructure", StringComparison.Ordinal)
        );
        Assert.DoesNotContain(
            Closure("exvirt-operator"),
            static name => name.StartsWith("ExchangeVirt.HyperV", StringComparison.Ordinal)
        );
        Assert.DoesNotContain(
            Closure("exvirt-agent"),
            static name => name.Contains("KubernetesClient", StringComparison.Ordinal)
        );
        Assert.DoesNotContain(
            Closure("exvirt-agent"),
            static name => name is "ExchangeVirt.Resources" or "ExchangeVirt.Runtime"
        );
    }

    [Fact]
    public void Windows_management_types_are_named_in_one_folder_only()
    {
        var outside = Repository
            .SourceFiles("src")
            .Where(static file =>
                !file.Contains($"ExchangeVirt.HyperV{Path.DirectorySeparatorChar}Mmi{Path.DirectorySeparatorChar}")
                && File.ReadLines(file)
                    .Any(static line =>
                        line.StartsWith("using Microsoft.Management.Infrastructure", StringComparison.Ordinal)
                    )
            );

        Assert.Empty(outside);
    }

    private static HashSet<string> Closure(string assembly)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        // A name that is no assembly of ours would be free of everything.
        Assert.True(File.Exists(PathOf(assembly)), assembly);
        Queue<string> open = new([assembly]);
        while (open.TryDequeue(out var name))
        {
            if (!seen.Add(name) || !File.Exists(PathOf(name)))
            {
                continue;
            }

            foreach (var reference in Load(name).GetReferencedAssemblies())
            {
                open.Enqueue(reference.Name!);
            }
        }

        return seen;
    }

    private static string PathOf(string assembly) => Path.Combine(AppContext.BaseDirectory, $"{assembly}.dll");

    private static Assembly Load(string assembly) => Assembly.LoadFrom(PathOf(assembly));
}
