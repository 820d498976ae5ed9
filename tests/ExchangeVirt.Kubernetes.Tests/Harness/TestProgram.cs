using ExchangeVirt.Envtest.Processes;

namespace ExchangeVirt.Kubernetes.Tests.Harness;

/// <summary>Starts these tests once more, in a process of their own that may be killed or lack things.</summary>
internal static class TestProgram
{
    public static Task<GuardedProcess> StartAsync(Dictionary<string, string?> environment, params string[] arguments)
    {
        var name = typeof(TestProgram).Assembly.GetName().Name!;
        var program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? $"{name}.exe" : name);
        return GuardedProcess.StartAsync(
            new ProgramStart(program, ["-noColor", "-noLogo", .. arguments]) { Environment = environment }
        );
    }
}
