namespace ExchangeVirt.Agent.CommandLine;

/// <summary>Lists what the process says by its exit code.</summary>
internal static class ExitCode
{
    /// <summary>The agent was asked to stop and did, or the command was carried out.</summary>
    public const int Success = 0;

    /// <summary>The agent could not start or go on (state, certificates, host), or the command line is wrong.</summary>
    public const int Failure = 1;

    /// <summary>The configuration, or the description of a simulated host, is wrong.</summary>
    public const int Invalid = 2;
}
