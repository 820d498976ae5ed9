using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ExchangeVirt.Envtest;

namespace ExchangeVirt.Kubernetes.Tests.Faults;

/// <summary>The history that lets a watch go on from where it was.</summary>
internal static class History
{
    /// <summary>Throws away what the store's history held up to now, and starts the server with an empty memory of its own.</summary>
    public static async Task ForgetHistoryAsync(this ControlPlane plane)
    {
        await plane.ApiServer.StopAsync();
        using var etcd = new HttpClient { BaseAddress = plane.Etcd.Address };
        using var status = await etcd.PostAsJsonAsync("v3/maintenance/status", new { });
        var header = await status.Content.ReadFromJsonAsync<JsonNode>();
        var revision = long.Parse((string)header!["header"]!["revision"]!, CultureInfo.InvariantCulture);
        using var compacted = await etcd.PostAsJsonAsync("v3/kv/compaction", new { revision, physical = true });
        compacted.EnsureSuccessStatusCode();
        await plane.ApiServer.StartAsync();
    }
}
