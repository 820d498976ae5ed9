using System.Text.Json.Nodes;
using ExchangeVirt.Envtest;
using ExchangeVirt.Envtest.Definitions;

namespace ExchangeVirt.Kubernetes.Tests.Harness;

/// <summary>What both servers must serve.</summary>
internal static class ServedDefinitions
{
    public static async Task AssertServesOursAsync(TestCluster cluster)
    {
        var ours = CustomResourceDefinitions.Ours();
        Assert.Equal(5, ours.Count);
        foreach (var names in ours.Select(static definition => definition["spec"]!["names"]!))
        {
            var list = (
                await cluster.Raw.GetAsync($"/apis/exchangevirt.io/v1alpha1/{(string)names["plural"]!}")
            ).Succeeded();
            // Other tests may have objects there: what it holds says nothing.
            Assert.Equal((string?)names["listKind"] ?? $"{(string)names["kind"]!}List", (string?)list["kind"]);
            Assert.IsType<JsonArray>(list["items"]);
        }
    }
}
