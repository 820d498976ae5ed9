namespace ExchangeVirt.Cli;

/// <summary>Lists what the process says by its exit code.</summary>
internal static class ExitCode
{
    /// <summary>All is well, and for run all resources are Ready.</summary>
    public const int Success = 0;

    /// <summary>The command worked, and what it looked at is not as it should be.</summary>
    public const int NotReady = 1;

    /// <summary>A manifest is invalid.</summary>
    public const int Invalid = 2;

    /// <summary>The command could not do its work: an agent out of reach, a file that cannot be written, a lock.</summary>
    public const int Failure = 3;

    /// <summary>The command line itself is wrong; sysexits' EX_USAGE.</summary>
    public const int Usage = 64;

    /// <summary>Ended by Ctrl-C or SIGTERM; what shells expect after SIGINT.</summary>
    public const int Interrupted = 130;
}
