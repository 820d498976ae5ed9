using System.Runtime.InteropServices;

namespace ExchangeVirt.Runtime.Directories;

/// <summary>
/// Replaces files so that a crash at any moment leaves the old or the new content, never a mixture, and keeps the content
/// before as a second copy.
/// </summary>
internal static class AtomicFile
{
    /// <summary>The ending of a write that was not finished; nobody reads it.</summary>
    public const string TemporaryEnding = ".tmp";

    /// <summary>The ending of the copy before the newest.</summary>
    public const string PreviousEnding = ".previous";

    /// <summary>Writes a file through to the disk and puts it in place of the one before.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var temporary = $"{path}.{Environment.ProcessId}{TemporaryEnding}";
        using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        if (File.Exists(path))
        {
            File.Replace(temporary, path, path + PreviousEnding, ignoreMetadataErrors: true);
        }
        else
        {
            File.Move(temporary, path, overwrite: true);
        }

        FlushDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>Removes a file and its second copy; the second copy first, or it would come back as the content.</summary>
    public static void Delete(string path)
    {
        File.Delete(path + PreviousEnding);
        File.Delete(path);
        FlushDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>Reads a file while others may replace it.</summary>
    /// <returns>Null where there is none.</returns>
    public static byte[]? Read(string path)
    {
        try
        {
            using var stream = new FileStream(
                path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete
            );
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            return content;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static void FlushDirectory(string path)
    {
        // A rename is durable only when its directory is. Windows journals it and cannot open a directory for this.
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Open(path, flags: 0);
        if (descriptor < 0)
        {
            throw new IOException(
                $"Cannot open the directory {path} to flush it (errno {Marshal.GetLastPInvokeError()})."
            );
        }

        try
        {
            // Some file systems cannot flush a directory (EINVAL); then the rename is as durable as they make it.
            const int invalid = 22;
            if (Flush(descriptor) != 0 && Marshal.GetLastPInvokeError() is var error and not invalid)
            {
                throw new IOException($"Cannot flush the directory {path} to disk (errno {error}).");
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true, CharSet = CharSet.Ansi)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Flush(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Close(int descriptor);
}
