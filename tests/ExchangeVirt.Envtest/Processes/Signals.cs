using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ExchangeVirt.Envtest.Processes;

/// <summary>The signals that tests send.</summary>
public enum UnixSignal
{
    /// <summary>SIGINT: the user's Ctrl-C.</summary>
    Interrupt,

    /// <summary>SIGTERM: a request to end.</summary>
    Terminate,

    /// <summary>SIGKILL: ends at once.</summary>
    Kill,

    /// <summary>SIGSTOP: holds it where it is; its connections stay open and silent.</summary>
    Stop,

    /// <summary>SIGCONT: lets it go on.</summary>
    Continue,
}

/// <summary>Sends signals to processes by their id.</summary>
public static class Signals
{
    private const int NoSuchProcess = 3;

    /// <summary>Sends a signal; nothing happens where there is no such process any more.</summary>
    /// <param name="processId">The process; negative: the group of the process with that number.</param>
    /// <param name="signal">The signal.</param>
    /// <exception cref="Win32Exception">The system refuses.</exception>
    public static void Send(int processId, UnixSignal signal)
    {
        if (Kill(processId, Number(signal)) != 0 && Marshal.GetLastPInvokeError() is var error and not NoSuchProcess)
        {
            throw new Win32Exception(error, $"Signal {signal} could not be sent to process {processId}.");
        }
    }

    private static int Number(UnixSignal signal) =>
        signal switch
        {
            UnixSignal.Interrupt => 2,
            UnixSignal.Kill => 9,
            UnixSignal.Terminate => 15,
            UnixSignal.Stop => OperatingSystem.IsMacOS() ? 17 : 19,
            UnixSignal.Continue => OperatingSystem.IsMacOS() ? 19 : 18,
            _ => throw new ArgumentOutOfRangeException(nameof(signal), signal, "There is no such signal."),
        };

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
}
