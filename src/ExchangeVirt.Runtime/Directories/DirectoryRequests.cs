using ExchangeVirt.Runtime.Manifests;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Runtime.Directories;

/// <summary>Asks the operator of a state directory to delete an object.</summary>
/// <param name="Kind">The object's kind.</param>
/// <param name="Key">The object.</param>
/// <param name="Uid">The object's UID: one made later under the same name is another and is left alone.</param>
/// <param name="RequestedBy">Who asks, for the record.</param>
/// <param name="RequestedAt">When.</param>
public sealed record DeleteRequest(
    string Kind,
    ResourceKey Key,
    string Uid,
    string RequestedBy,
    DateTimeOffset RequestedAt
);

/// <summary>Answers a request that was refused.</summary>
/// <param name="Request">The request.</param>
/// <param name="Problems">Why.</param>
/// <param name="RefusedAt">When.</param>
public sealed record DeleteRefusal(
    DeleteRequest Request,
    IReadOnlyList<ManifestProblem> Problems,
    DateTimeOffset RefusedAt
)
{
    /// <summary>Says why in one line; the object's place in the manifests is of no use to who wants it gone.</summary>
    public override string ToString() =>
        string.Join("; ", Problems.Select(static problem => $"{problem.Path}: {problem.Message}"));
}

/// <summary>
/// Passes requests from other processes to the operator of a state directory, as small files: durable when posted, done
/// once or many times with the same outcome, acknowledged by removal or answered by a refusal. They wait where no operator
/// runs.
/// </summary>
/// <param name="stateDirectory">The operator's state directory.</param>
public sealed class DirectoryRequests(string stateDirectory)
{
    private const string RefusedEnding = ".refused";

    private readonly StateLayout _layout = new(stateDirectory);

    /// <summary>Posts a request; posting it again changes nothing.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no state directory.</exception>
    public void Post(DeleteRequest request)
    {
        if (!Directory.Exists(_layout.Root))
        {
            throw new DirectoryNotFoundException(
                $"There is no state directory {_layout.Root}. Name the one that the operator was started with."
            );
        }

        var path = _layout.DeleteRequestFile(request.Kind, request.Key);
        if (File.Exists(path + RefusedEnding))
        {
            AtomicFile.Delete(path + RefusedEnding);
        }

        StateDocument.Write(path, request);
    }

    /// <summary>Whether the operator has yet to take the request for an object's deletion.</summary>
    public bool IsPending(string kind, ResourceKey key) => File.Exists(_layout.DeleteRequestFile(kind, key));

    /// <summary>Reads the operator's answer to the latest request for an object's deletion.</summary>
    /// <returns>Null where it was not refused.</returns>
    public DeleteRefusal? RefusalOf(string kind, ResourceKey key) =>
        StateDocument.ReadNewest<DeleteRefusal>(_layout.DeleteRequestFile(kind, key) + RefusedEnding);

    /// <summary>Lists what is asked for.</summary>
    /// <param name="refused">Told of every file that is no request, which is then left aside under another name.</param>
    internal IReadOnlyList<(string Path, DeleteRequest Request)> Pending(Action<string> refused)
    {
        List<(string, DeleteRequest)> pending = [];
        if (!Directory.Exists(_layout.Requests))
        {
            return pending;
        }

        foreach (
            var path in Directory.EnumerateFiles(_layout.Requests, "*.json").Order(StringComparer.Ordinal).ToList()
        )
        {
            try
            {
                if (StateDocument.ReadNewest<DeleteRequest>(path) is { Kind: not null, Uid: not null } request)
                {
                    pending.Add((path, request));
                    continue;
                }

                refused($"{path} is no request.");
            }
            catch (Exception exception) when (exception is StateDamagedException or StateVersionException)
            {
                refused(exception.Message);
            }

            if (File.Exists(path))
            {
                File.Move(path, path + RefusedEnding, overwrite: true);
            }
        }

        return pending;
    }

    /// <summary>Acknowledges a request, durably done before.</summary>
    internal static void Acknowledge(string path) => AtomicFile.Delete(path);

    /// <summary>Answers a request with a refusal, which is there before the request is gone.</summary>
    internal static void Refuse(string path, DeleteRefusal refusal)
    {
        StateDocument.Write(path + RefusedEnding, refusal);
        AtomicFile.Delete(path);
    }
}
