using System.Globalization;
using BenchmarkDotNet.Running;
using ExchangeVirt.Benchmarks.Clusters;

// Benchmarks of single parts, and, with 'cluster [HOSTS [MACHINES [MINUTES OF REST]]]', figures of the whole on an API server.
if (args is ["cluster", .. var numbers])
{
    var values = numbers.Select(static number => int.Parse(number, CultureInfo.InvariantCulture)).ToList();
    var estate = new LargeEstate(
        values.ElementAtOrDefault(0) is > 0 and var hosts ? hosts : 20,
        values.ElementAtOrDefault(1) is > 0 and var machines ? machines : 100
    );
    await new ClusterFigures(estate, TimeSpan.FromMinutes(values.Count > 2 ? values[2] : 5)).RunAsync();
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(LargeEstate).Assembly).Run(args);
