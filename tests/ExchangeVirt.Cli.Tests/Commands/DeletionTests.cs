using ExchangeVirt.Cli.Commands;
using ExchangeVirt.Cli.Tests.Support;
using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Cli.Tests.Commands;

public sealed class DeletionTests
{
    [Fact]
    public void What_becomes_of_a_VM_is_up_to_its_policy()
    {
        var machine = Some.Machine("ex01", Some.InSync());

        var kept = ClusterDeletion.Outlook(machine);
        machine.Spec = machine.Spec with { DeletionPolicy = DeletionPolicy.Delete };
        var gone = ClusterDeletion.Outlook(machine);

        Assert.Contains("stays in Hyper-V as it is", kept, StringComparison.Ordinal);
        Assert.Contains("unregistered from Hyper-V once it is off (now: Running)", gone, StringComparison.Ordinal);
        Assert.Contains("files of its disks are kept", gone, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("default", "built-in values")]
    [InlineData("lab", "Nothing is done to machines that name it")]
    public void A_policys_absence_is_told_by_its_name(string name, string told) =>
        Assert.Contains(told, ClusterDeletion.Outlook(Some.Policy(name)), StringComparison.Ordinal);
}
