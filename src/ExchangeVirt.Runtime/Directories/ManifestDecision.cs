using ExchangeVirt.Runtime.Manifests;

namespace ExchangeVirt.Runtime.Directories;

/// <summary>
/// Decides what a settled set of manifests means for what is stored. Pure. What is doubtful changes nothing: an object is
/// never lost because a file was unreadable, doubled, moved, or gone.
/// </summary>
/// <param name="Stopped">Whether the set is not to be believed; then nothing changes at all.</param>
/// <param name="Declared">Objects to make or to bring up to date; most of them are as they were.</param>
/// <param name="Vanished">Objects that no manifest declares any more: they stay, marked.</param>
/// <param name="Forgotten">Ended objects whose manifest is gone too.</param>
/// <param name="Problems">What people have to look at.</param>
internal sealed record ManifestDecision(
    bool Stopped,
    IReadOnlyList<ManifestObject> Declared,
    IReadOnlyList<ObjectId> Vanished,
    IReadOnlyList<ObjectId> Forgotten,
    IReadOnlyList<ManifestProblem> Problems
)
{
    /// <param name="set">What the files declare, with the problems of reading and parsing them.</param>
    /// <param name="stored">All that is stored.</param>
    /// <param name="limits">How much may vanish at once.</param>
    public static ManifestDecision For(ManifestSet set, IReadOnlyCollection<StoredObject> stored, ManifestLimits limits)
    {
        var problems = set.Problems.ToList();
        var troubled = problems.Select(problem => problem.File).Where(file => file.Length > 0).ToHashSet();
        var whole = problems.Exists(problem => problem.File.Length == 0);
        // An empty directory needs no rule of its own: all of what was there is gone.
        var groups = set
            .Objects.GroupBy(declared => new ObjectId(declared.Kind, declared.Key))
            .ToDictionary(group => group.Key);
        problems.AddRange(groups.Values.Where(group => group.Count() > 1).SelectMany(Doubled));

        var awaited = stored
            .Where(entry => entry is { Vanished: false, Ended: false, DeletionTimestamp: null })
            .ToList();
        var gone = awaited.Where(entry => !groups.ContainsKey(entry.Id) && !IsIn(entry.File, troubled)).ToList();
        if (whole || IsTooMuch(gone.Count, awaited.Count, limits))
        {
            if (gone.Count > 0)
            {
                problems.Add(TooMuch(gone, awaited.Count));
            }

            return new ManifestDecision(Stopped: true, [], [], [], problems);
        }

        var ended = stored.Where(entry => entry.Ended).ToDictionary(entry => entry.Id);
        problems.AddRange(
            groups.Where(group => ended.ContainsKey(group.Key)).Select(group => StillDeclared(group.Value.First()))
        );
        var declared = groups
            .Values.Where(group => group.Count() == 1 && !ended.ContainsKey(group.Key))
            .Select(group => group.First())
            .Where(entry => !troubled.Contains(entry.File));

        // While any file cannot be understood, what seems to be gone may be in it.
        var certain = troubled.Count == 0;
        return new ManifestDecision(
            Stopped: false,
            [.. declared],
            certain ? [.. gone.Select(entry => entry.Id)] : [],
            certain ? [.. ended.Keys.Where(id => !groups.ContainsKey(id))] : [],
            problems
        );
    }

    private static bool IsTooMuch(int gone, int awaited, ManifestLimits limits) =>
        gone > limits.GoneObjects || gone * 100 > awaited * limits.GonePercent;

    // A directory that cannot be read is a troubled place too, and all files below it.
    private static bool IsIn(string file, HashSet<string> troubled)
    {
        for (var path = file; path.Length > 0; path = path.LastIndexOf('/') is > 0 and var slash ? path[..slash] : "")
        {
            if (troubled.Contains(path))
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<ManifestProblem> Doubled(IGrouping<ObjectId, ManifestObject> group) =>
        group.Select(declared =>
        {
            var others = group.Where(other => other != declared).Select(other => $"{other.File}:{other.Line}");
            return new ManifestProblem(
                declared.File,
                declared.Line,
                "metadata.name",
                $"{group.Key} is declared again in {string.Join(", ", others)}. Neither is taken; keep one."
            );
        });

    private static ManifestProblem StillDeclared(ManifestObject declared) =>
        new(
            declared.File,
            declared.Line,
            "",
            $"{declared.Kind} {declared.Key} was deleted by request, but this manifest still declares it. It is ignored."
                + " Remove it; to have the object made anew, add it again after that."
        );

    private static ManifestProblem TooMuch(List<StoredObject> gone, int awaited)
    {
        const int named = 5;
        var names = string.Join(", ", gone.Take(named).Select(entry => entry.Id));
        var more = gone.Count > named ? $" and {gone.Count - named} more" : "";
        return new ManifestProblem(
            "",
            0,
            "",
            $"{gone.Count} of {awaited} objects are gone from the manifest directory at once ({names}{more}). This looks like"
                + " an accident, so no manifest is taken and all stay as they were. Put the files back, or delete the objects"
                + " by request, one by one."
        );
    }
}
