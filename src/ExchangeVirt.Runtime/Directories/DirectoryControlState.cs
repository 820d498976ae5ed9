using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Runtime.Directories;

/// <summary>
/// Keeps control values in a state directory, a file for each. Any process may write them, with or without an operator
/// running: this is how everything is paused from the command line.
/// </summary>
public sealed class DirectoryControlState : IControlState
{
    private static readonly TimeSpan s_poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(20);

    // Within one process writers wait for each other without the clock, which in a simulation stands still meanwhile.
    private static readonly ConcurrentDictionary<string, SemaphoreSlim> s_writing = new(StringComparer.Ordinal);

    private readonly StateLayout _layout;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _writing;
    private TaskCompletionSource _pulse = NewPulse();

    /// <summary>Opens the control values of a state directory; nothing is written until one is set.</summary>
    public DirectoryControlState(string stateDirectory, TimeProvider time)
    {
        _layout = new StateLayout(stateDirectory);
        _time = time;
        _writing = s_writing.GetOrAdd(_layout.Control, static _ => new SemaphoreSlim(1, 1));
    }

    /// <inheritdoc />
    public string CommandOptions => $" --state {CommandWord.Of(_layout.Root)}";

    /// <inheritdoc />
    public Task<ControlValue?> GetControlAsync(string name, CancellationToken cancellationToken) =>
        Task.FromResult(Read(name) is { } content ? content.ToValue() : null);

    /// <inheritdoc />
    public async Task<ControlValue> SetControlAsync(
        string name,
        string value,
        string? expectedRevision,
        CancellationToken cancellationToken
    )
    {
        var path = PathOf(name);
        Directory.CreateDirectory(_layout.Control);
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await using var exclusive = await LockAsync(cancellationToken);
            var before = Read(name);
            if (before?.ToValue().Revision != expectedRevision)
            {
                throw new ResourceConflictException(
                    $"The control value {name} is at revision {before?.Revision.ToString() ?? "none"}, not at"
                        + $" {expectedRevision ?? "none"}: someone else wrote it."
                );
            }

            var content = new Content(value, (before?.Revision ?? 0) + 1);
            StateDocument.Write(path, content);
            Nudge();
            return content.ToValue();
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<ControlValue?> WatchControlAsync(
        string name,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var isFirst = true;
        ControlValue? last = null;
        while (true)
        {
            var pulse = Volatile.Read(ref _pulse).Task;
            var value = await GetControlAsync(name, cancellationToken);
            if (isFirst || value != last)
            {
                isFirst = false;
                last = value;
                yield return value;
            }

            using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(pulse, Task.Delay(s_poll, _time, enough.Token));
            await enough.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Has watchers look at once.</summary>
    internal void Nudge() => Interlocked.Exchange(ref _pulse, NewPulse()).TrySetResult();

    // Never the copy before in place of the newest: a counter would fall, a pause would end.
    private Content? Read(string name)
    {
        var path = PathOf(name);
        if (StateDocument.ReadNewest<Content>(path) is { } newest)
        {
            return newest;
        }

        var before = path + AtomicFile.PreviousEnding;
        return File.Exists(before) && !File.Exists(path)
            ? throw new StateDamagedException(
                $"{path} is missing, though it was written: {before} is what it held before."
            )
            : StateDocument.ReadNewest<Content>(path);
    }

    private async Task<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        var path = Path.Combine(_layout.Control, "write.lock");
        var started = _time.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (_time.GetElapsedTime(started) < s_patience)
            {
                // Another process is in the middle of its write, which takes milliseconds.
                await Task.Delay(s_retry, _time, cancellationToken);
            }
        }
    }

    private string PathOf(string name)
    {
        if (name.Length == 0 || !name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-'))
        {
            throw new ArgumentException(
                $"«{name}» is no name of a control value: use a-z, 0-9 and hyphens.",
                nameof(name)
            );
        }

        return Path.Combine(_layout.Control, name + ".json");
    }

    private static TaskCompletionSource NewPulse() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed record Content(string Value, long Revision)
    {
        public ControlValue ToValue() => new(Value, Revision.ToString(CultureInfo.InvariantCulture));
    }
}
