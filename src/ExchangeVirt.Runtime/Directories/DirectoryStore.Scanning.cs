using ExchangeVirt.Runtime.Manifests;
using ExchangeVirt.Runtime.Stores;
using Microsoft.Extensions.Logging;

namespace ExchangeVirt.Runtime.Directories;

/// <content>The regular look at manifests and requests.</content>
public sealed partial class DirectoryStore
{
    private readonly TaskCompletionSource _firstPass = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _scanning = new();
    private ManifestSet? _lastSet;
    private bool _decideAgain;
    private IReadOnlyList<ManifestProblem> _decided = [];
    private IReadOnlyList<ManifestProblem> _problems = [];

    /// <summary>Completes when the manifests were taken, or refused as a whole, for the first time.</summary>
    public Task FirstPass => _firstPass.Task;

    /// <summary>What is wrong with the manifests now.</summary>
    public IReadOnlyList<ManifestProblem> Problems => Volatile.Read(ref _problems);

    /// <summary>Whether the manifests as they are now are not believed, so that all objects stay as they were.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Looks at manifests and requests until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                Scan();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The disk may be full or away for a moment; nothing is lost by looking again.
                LogScanFailed(exception, _layout.Root);
            }

            var wait =
                _manifests.Remaining is { } remaining && remaining < _options.ScanInterval
                    ? remaining
                    : _options.ScanInterval;
            await WaitAsync(wait, cancellationToken);
        }
    }

    /// <summary>Looks at manifests and requests once.</summary>
    public void Scan()
    {
        // Reading many files takes a while, and nobody's status write has to wait for it.
        lock (_scanning)
        {
            _control.Nudge();
            Take();
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                TakeRequests_NeedsLock();
                if (_decideAgain && _lastSet is not null)
                {
                    Decide_NeedsLock(_lastSet);
                    _decideAgain = false;
                }

                Report_NeedsLock();
            }
        }
    }

    private void Take()
    {
        if (_manifests.Look() is not { } taken)
        {
            return;
        }

        var parsed = _parser.Parse(taken.Files);
        lock (_lock)
        {
            _lastSet = parsed with { Problems = [.. taken.Problems, .. parsed.Problems] };
            _decideAgain = true;
        }

        _manifests.Accept(taken);
    }

    private async Task WaitAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var least = wait < _options.LeastScanInterval ? wait : _options.LeastScanInterval;
        await Task.Delay(least > TimeSpan.Zero ? least : _options.LeastScanInterval, _time, cancellationToken);
        if (wait > least)
        {
            await Task.WhenAny(_hints.WaitAsync(enough.Token), Task.Delay(wait - least, _time, enough.Token));
        }

        await enough.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    private void TakeRequests_NeedsLock()
    {
        foreach (var (path, request) in _requests.Pending(LogRequestRefused))
        {
            var id = new ObjectId(request.Kind, request.Key);
            if (Find(id) is { } entry && entry.Uid == request.Uid)
            {
                var problems = _parser.JudgeDeletion(Stored(entry), Stored_NeedsLock());
                if (problems.Count > 0)
                {
                    var refusal = new DeleteRefusal(request, problems, _time.GetUtcNow());
                    LogDeleteRefused(id.Kind, id.Key, request.RequestedBy, refusal.ToString());
                    DirectoryRequests.Refuse(path, refusal);
                    continue;
                }

                LogDeleteRequested(id.Kind, id.Key, request.RequestedBy, request.RequestedAt);
                Delete_NeedsLock(id);
            }
            else
            {
                LogDeleteNotNeeded(id.Kind, id.Key, request.Uid);
            }

            DirectoryRequests.Acknowledge(path);
            _decideAgain = true;
        }
    }

    private void Decide_NeedsLock(ManifestSet set)
    {
        set = set with { Problems = [.. set.Problems, .. set.Objects.SelectMany(JudgeChange_NeedsLock)] };
        set = set with { Problems = [.. set.Problems, .. JudgeNew_NeedsLock(set)] };
        var decision = ManifestDecision.For(set, _objects.Values, _options.Limits);
        foreach (var declared in decision.Declared)
        {
            Declare_NeedsLock(declared);
        }

        foreach (var id in decision.Vanished)
        {
            Put_NeedsLock(_objects[id] with { Vanished = true });
        }

        foreach (var id in decision.Forgotten)
        {
            _files.Remove(_objects[id]);
            _objects.Remove(id);
        }

        IsStopped = decision.Stopped;
        _decided = decision.Problems;
        _firstPass.TrySetResult();
    }

    // Judged against what was last taken, not against what the file said last: a bad change stays bad until it is undone.
    private IReadOnlyList<ManifestProblem> JudgeChange_NeedsLock(ManifestObject declared) =>
        Find(Id(declared)) is { } entry && entry.Manifest.Text != CanonicalJson.Of(declared.Json)
            ? _parser.JudgeChange(declared, entry.Manifest.Text)
            : [];

    private IReadOnlyList<ManifestProblem> JudgeNew_NeedsLock(ManifestSet set)
    {
        // What is not going to be taken claims nothing.
        var troubled = set.Problems.Select(problem => problem.File).ToHashSet(StringComparer.Ordinal);
        var declared = set
            .Objects.Where(declared => !troubled.Contains(declared.File))
            .Where(declared => _objects.GetValueOrDefault(Id(declared)) is not { Ended: true })
            .ToLookup(declared => _objects.ContainsKey(Id(declared)));
        if (!declared[false].Any())
        {
            return [];
        }

        var known = declared[true].Select(Id).ToHashSet();
        return _parser.JudgeNew(
            [.. declared[false]],
            [.. declared[true], .. Stored_NeedsLock().Where(stored => !known.Contains(Id(stored)))]
        );
    }

    private static ObjectId Id(ManifestObject declared) => new(declared.Kind, declared.Key);

    private List<ManifestObject> Stored_NeedsLock() => [.. _objects.Values.Where(entry => !entry.Ended).Select(Stored)];

    private static ManifestObject Stored(StoredObject entry) =>
        new(entry.Kind, entry.Key, ObjectView.Json(entry).ToJsonString(), entry.File, entry.Line);

    private void Report_NeedsLock()
    {
        IReadOnlyList<ManifestProblem> problems = _manifests.Restless is { } restless
            ? [.. _decided, restless]
            : _decided;
        if (problems.SequenceEqual(_problems))
        {
            return;
        }

        foreach (var problem in problems.Except(_problems))
        {
            LogProblem(problem);
        }

        StateDocument.Write(_layout.Problems, new ProblemsContent(problems));
        Volatile.Write(ref _problems, problems);
    }

    [LoggerMessage(EventId = 4101, Level = LogLevel.Warning, Message = "{Problem}")]
    private partial void LogProblem(ManifestProblem problem);

    [LoggerMessage(EventId = 4102, Level = LogLevel.Error, Message = "State recovered: {Problem}")]
    private partial void LogRecovered(string problem);

    [LoggerMessage(EventId = 4103, Level = LogLevel.Warning, Message = "Request refused and set aside: {Problem}")]
    private partial void LogRequestRefused(string problem);

    [LoggerMessage(
        EventId = 4104,
        Level = LogLevel.Information,
        Message = "Deleting {Kind} {Key}, as requested by {By} at {At:O}"
    )]
    private partial void LogDeleteRequested(string kind, ResourceKey key, string by, DateTimeOffset at);

    [LoggerMessage(
        EventId = 4105,
        Level = LogLevel.Information,
        Message = "Nothing to delete: {Kind} {Key} with UID {Uid} does not exist"
    )]
    private partial void LogDeleteNotNeeded(string kind, ResourceKey key, string uid);

    [LoggerMessage(
        EventId = 4108,
        Level = LogLevel.Warning,
        Message = "{Kind} {Key} is not deleted, as {By} requested: {Problem}"
    )]
    private partial void LogDeleteRefused(string kind, ResourceKey key, string by, string problem);

    [LoggerMessage(
        EventId = 4106,
        Level = LogLevel.Error,
        Message = "Looking at the manifests failed, will look again; is the disk of {State} full or away?"
    )]
    private partial void LogScanFailed(Exception exception, string state);
}

/// <summary>Holds the manifests' problems on disk, for readers beside the operator.</summary>
internal sealed record ProblemsContent(IReadOnlyList<ManifestProblem> Problems);
