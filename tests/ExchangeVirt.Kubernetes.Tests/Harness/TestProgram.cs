using ExchangeVirt.Envtest.Processes;

namespace ExchangeVirt.Kubernetes.Tests.Harness;

/// <summary>Starts these tests once more, in a process of their own that may be killed or lack things.</summary>
internal static class TestProgram
{
    public static Task<GuardedProcess> StartAsync(Dictionary<string, string?> environment, params string[] arguments)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Processes are guarded by a Unix shell.");
        var program = Path.Combine(AppContext.BaseDirectory, typeof(TestProgram).Assembly.GetName().Name!);
        return GuardedProcess.StartAsync(
            new ProgramStart(program, ["-noColor", "-noLogo", .. arguments]) { Environment = environment }
        );
    }
}
