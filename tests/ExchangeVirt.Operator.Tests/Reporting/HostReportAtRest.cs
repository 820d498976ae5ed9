using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Tests.Planning;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Operator.Tests.Support;
using ExchangeVirt.Resources.V1Alpha1;
using k8s.Models;

namespace ExchangeVirt.Operator.Tests.Reporting;

public sealed class HostReportAtRest
{
    [Fact]
    public void What_a_violation_says_stays_while_the_hosts_own_use_wavers()
    {
        var first = Report(4.01, before: null);
        Assert.NotEmpty(first.Violations!);

        var second = Report(4.07, first);

        Assert.Equal(
            first.Violations!.Select(static violation => violation.Message),
            second.Violations!.Select(static violation => violation.Message)
        );
        Assert.Equal(first.Conditions, second.Conditions);
        Assert.NotEqual(first.Conditions, Report(9, first).Conditions);
    }

    private static HyperVHostStatus Report(double used, HyperVHostStatus? before) =>
        HostReport.For(
            new HyperVHost
            {
                Metadata = new V1ObjectMeta { Name = "hv01", Generation = 1 },
                Spec = new HyperVHostSpec { Agent = new AgentSpec { Endpoint = "https://hv01:7443" } },
                Status = before,
            },
            Situations.Host with
            {
                Facts = Situations.Facts with
                {
                    Processors = new HostProcessors(8, 16, used, "GenuineIntel"),
                    VirtualMachines = [Some.Observed with { ProcessorCount = 20 }],
                },
            },
            new HostDefinition { Name = "hv01", Policy = Some.Policy },
            problem: null,
            figuresMayMove: true,
            Some.Now
        );
}
