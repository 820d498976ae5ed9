using System.Text.Json.Nodes;
using ExchangeVirt.Envtest;

namespace ExchangeVirt.Kubernetes.Tests.Clients;

/// <summary>A chart that holds VMs.</summary>
internal sealed class MachineChart : IDisposable
{
    // An API server of version 1.20 does not apply by itself what it finds no schema for.
    private const string OldServer = "--server-side=false";

    private readonly TemporaryFolder _folder = new("chart");

    public MachineChart(params IReadOnlyList<JsonObject> machines)
    {
        File.WriteAllText(_folder.Combine("Chart.yaml"), "{ apiVersion: v2, name: machines, version: 0.1.0 }");
        var templates = _folder.Folder("templates");
        foreach (var machine in machines)
        {
            // Helm says where they go. JSON is YAML.
            var placed = machine.DeepClone().AsObject();
            placed["metadata"]!.AsObject().Remove("namespace");
            File.WriteAllText(Path.Combine(templates, $"{machine["metadata"]!["name"]}.yaml"), placed.ToJsonString());
        }
    }

    /// <summary>Gives Helm's arguments for installing it and waiting.</summary>
    public string[] Install(string release, string inNamespace, string timeout) =>
        ["install", release, _folder.Path, .. Waiting(inNamespace, timeout)];

    /// <summary>Gives Helm's arguments for installing it without waiting.</summary>
    public string[] InstallOnly(string release, string inNamespace) =>
        ["install", release, _folder.Path, "--namespace", inNamespace, OldServer];

    /// <summary>Gives Helm's arguments for upgrading to it and waiting.</summary>
    public string[] Upgrade(string release, string inNamespace, string timeout) =>
        ["upgrade", release, _folder.Path, .. Waiting(inNamespace, timeout)];

    public void Dispose() => _folder.Dispose();

    private static string[] Waiting(string inNamespace, string timeout) =>
        ["--namespace", inNamespace, "--wait", "--timeout", timeout, OldServer];
}
