namespace ExchangeVirt.Cli.Tests;

public sealed class InvocationTests
{
    private static readonly Invocation s_kubectl = Invocation.From("kubectl exvirt");

    [Theory]
    [InlineData("Run 'exvirt get exvm'.", "Run 'kubectl exvirt get exvm'.")]
    [InlineData("  exvirt [command] [options]", "  kubectl exvirt [command] [options]")]
    [InlineData("kustomize build . | exvirt lint -f -", "kustomize build . | kubectl exvirt lint -f -")]
    [InlineData("exvirt --help", "kubectl exvirt --help")]
    // The agent's program, the program's own name, and its version are none of its commands.
    [InlineData("exvirt-agent pause", "exvirt-agent pause")]
    [InlineData("exvirt: there is none", "exvirt: there is none")]
    [InlineData("exvirt 0.1.0", "exvirt 0.1.0")]
    [InlineData("deploy/exvirt get", "deploy/exvirt get")]
    public void Commands_are_told_as_the_user_types_them(string text, string told) =>
        Assert.Equal(told, s_kubectl.Say(text));

    [Fact]
    public void Called_by_its_own_name_nothing_is_changed() =>
        Assert.Equal("Run 'exvirt get exvm'.", Invocation.Direct.Say("Run 'exvirt get exvm'."));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("rm -rf /")]
    [InlineData("kubectl exvirt; reboot")]
    [InlineData("one two three four five")]
    public void Anything_but_a_few_plain_words_is_passed_over(string? said) =>
        Assert.Equal(Invocation.Direct, Invocation.From(said));

    [Fact]
    public void Kubectl_means_a_cluster() =>
        Assert.Equal((true, false), (s_kubectl.IsKubectl, Invocation.Direct.IsKubectl));
}
