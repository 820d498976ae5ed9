using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace ExchangeVirt.Runtime.Directories;

/// <summary>Says which process runs on a state directory.</summary>
/// <param name="ProcessId">Its id on its machine.</param>
/// <param name="Machine">The machine's name.</param>
/// <param name="Since">When it took the directory.</param>
public sealed record StateHolder(int ProcessId, string Machine, DateTimeOffset Since);

/// <summary>
/// Holds a state directory for one process. The operating system releases the lock when the process ends, however it ends,
/// so nothing stale can block.
/// </summary>
internal sealed class StateLock : IDisposable
{
    // The system reckons a start from its uptime, which a clock that is set meanwhile moves.
    private static readonly TimeSpan s_startTolerance = TimeSpan.FromMinutes(1);

    private readonly FileStream _stream;

    private StateLock(FileStream stream) => _stream = stream;

    /// <exception cref="StateLockedException">Another process has the directory, or the directory cannot be written.</exception>
    public static StateLock Acquire(StateLayout layout, TimeProvider time)
    {
        Directory.CreateDirectory(layout.Root);
        FileStream stream;
        try
        {
            stream = new FileStream(layout.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception)
        {
            // A file beside the lock names the holder: on Windows a locked file cannot even be read.
            var holder = ReadHolder(layout) is { } known
                ? $"process {known.ProcessId} on {known.Machine} has it since {known.Since:O}"
                : "who has it could not be read";
            throw new StateLockedException(
                $"Another operator runs on the state directory {layout.Root}: {holder}. Two would undo each other's work."
                    + " Stop that one, or give this one a state directory of its own.",
                exception
            );
        }

        var held = new StateLock(stream);
        try
        {
            var self = new StateHolder(Environment.ProcessId, Environment.MachineName, time.GetUtcNow());
            AtomicFile.Write(layout.Holder, JsonSerializer.SerializeToUtf8Bytes(self, JsonSerializerOptions.Web));
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <returns>Null where nobody ever had the directory, or the note cannot be read.</returns>
    public static StateHolder? ReadHolder(StateLayout layout)
    {
        try
        {
            return AtomicFile.Read(layout.Holder) is { } bytes
                ? JsonSerializer.Deserialize<StateHolder>(bytes, JsonSerializerOptions.Web)
                : null;
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            // It only serves a message that is given without it too.
            return null;
        }
    }

    /// <summary>Tells whether a holder's process still runs. The lock itself is not tried: that would keep an operator out that starts.</summary>
    /// <returns>Null where that cannot be told: it ran on another machine, or its id may have been given to another process.</returns>
    public static bool? IsRunning(StateHolder holder)
    {
        if (holder.Machine != Environment.MachineName)
        {
            return null;
        }

        try
        {
            using var process = Process.GetProcessById(holder.ProcessId);
            return process.StartTime.ToUniversalTime() <= holder.Since.UtcDateTime + s_startTolerance ? true : null;
        }
        catch (ArgumentException)
        {
            // There is no process of that id.
            return false;
        }
        catch (Exception exception)
            when (exception is InvalidOperationException or Win32Exception or NotSupportedException)
        {
            // It ended just now, or it is another user's and does not tell.
            return null;
        }
    }

    public void Dispose() => _stream.Dispose();
}
