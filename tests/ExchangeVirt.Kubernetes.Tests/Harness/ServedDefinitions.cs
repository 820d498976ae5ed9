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
        foreach (var plural in ours.Select(static definition => (string?)definition["spec"]!["names"]!["plural"]))
        {
            var list = (await cluster.Raw.GetAsync($"/apis/exchangevirt.io/v1alpha1/{plural}")).Succeeded();
            Assert.Empty(list["items"]!.AsArray());
        }
    }
}
