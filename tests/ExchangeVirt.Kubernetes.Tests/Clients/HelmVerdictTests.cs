using ExchangeVirt.Envtest;
using ExchangeVirt.Operator.Tests.Support;

namespace ExchangeVirt.Kubernetes.Tests.Clients;

/// <summary><c>helm install --wait</c> (4.1), which judges by kstatus, on every row of the table of conditions.</summary>
public sealed class HelmVerdictTests(SharedControlPlane shared, MachineVerdicts verdicts)
    : IClassFixture<MachineVerdicts>
{
    public static TheoryData<string> Done => Rows(Kstatus.Current);

    public static TheoryData<string> Awaited => Rows(Kstatus.InProgress);

    public static TheoryData<string> GivenUp => Rows(Kstatus.Failed);

    [Theory]
    [MemberData(nameof(Done))]
    public async Task Helm_succeeds_where_a_machine_is_ready(string row)
    {
        var (result, _, status) = await VerdictAsync(row);

        Assert.True(result.ExitCode == 0, result.All);
        Assert.Equal("True", status!.Conditions!.Single(static each => each.Type == "Ready").Status);
    }

    [Theory]
    [MemberData(nameof(Awaited))]
    public async Task Helm_waits_until_the_time_is_up_and_names_the_machine_with_its_message(string row)
    {
        var (result, place, status) = await VerdictAsync(row);
        var message = row switch
        {
            MachineVerdicts.Unseen => "ExchangeVirtualMachine generation is 1, but latest observed generation is -1",
            MachineVerdicts.Outdated => "ExchangeVirtualMachine generation is 2, but latest observed generation is 1",
            _ => status!.Conditions!.Single(static each => each.Type == "Ready").Message,
        };

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(
            $"resource ExchangeVirtualMachine/{place}/ex01 not ready. status: InProgress, message: {message}",
            result.Error,
            StringComparison.Ordinal
        );
        Assert.Contains("context deadline exceeded", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(GivenUp))]
    public async Task Helm_gives_up_long_before_the_time_is_up_and_names_the_machine_with_its_message(string row)
    {
        var (result, place, status) = await VerdictAsync(row);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(
            $"resource ExchangeVirtualMachine/{place}/ex01 not ready. status: Failed, message: "
                + status!.Conditions!.Single(static each => each.Type == "Stalled").Message,
            result.Error,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("deadline exceeded", result.Error, StringComparison.Ordinal);
    }

    private async Task<MachineVerdict> VerdictAsync(string row) =>
        (await verdicts.OnAsync(await shared.GetAsync()))[row];

    private static TheoryData<string> Rows(string verdict) =>
        [.. MachineVerdicts.Expected.Where(row => row.Value == verdict).Select(static row => row.Key)];
}
