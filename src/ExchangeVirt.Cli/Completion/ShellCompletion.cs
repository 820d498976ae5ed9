using System.CommandLine;
using System.CommandLine.Completions;
using ExchangeVirt.Cli.Commands;

namespace ExchangeVirt.Cli.Completion;

/// <summary>Something that may be typed next.</summary>
/// <param name="Text">The word.</param>
/// <param name="Description">What it is, in a few words; null where nothing is said.</param>
internal sealed record Candidate(string Text, string? Description = null);

/// <summary>
/// Answers a shell that asks what may be typed next, in the form that kubectl expects of <c>kubectl_complete-exvirt</c>: a
/// candidate a line, its description behind a tab, and a last line with a directive. Whatever goes wrong, it stays silent.
/// </summary>
/// <param name="root">All commands.</param>
/// <param name="context">The world.</param>
/// <remarks>Source: https://kubernetes.io/docs/tasks/extend-kubectl/kubectl-plugins/ and cobra's ShellCompDirective.</remarks>
internal sealed class ShellCompletion(RootCommand root, CommandContext context)
{
    /// <summary>The word by which the program is asked; what follows it is what was typed, the last word to be completed.</summary>
    public const string CommandName = "__complete";

    /// <summary>Whoever types does not wait longer than this for names.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    private readonly LiveNames _names = new(context);

    /// <summary>What the shell shall do where no candidate fits.</summary>
    private enum Directive
    {
        /// <summary>It offers files.</summary>
        Files = 0,

        /// <summary>It offers nothing.</summary>
        Nothing = 4,

        /// <summary>It offers folders.</summary>
        Folders = 16,
    }

    /// <summary>Answers.</summary>
    public async Task<int> AnswerAsync(IReadOnlyList<string> words)
    {
        var (candidates, directive) = await FindAsync(words);
        foreach (var candidate in candidates)
        {
            var described = candidate.Description is { Length: > 0 } description
                ? $"{candidate.Text}\t{description.ReplaceLineEndings(" ")}"
                : candidate.Text;
            await context.Out.WriteLineAsync(described);
        }

        await context.Out.WriteLineAsync($":{(int)directive}");
        return ExitCode.Success;
    }

    private async Task<(IEnumerable<Candidate> Candidates, Directive Directive)> FindAsync(IReadOnlyList<string> words)
    {
        var typed = words.Count == 0 ? "" : words[^1];
        IReadOnlyList<string> before = [.. words.SkipLast(1)];
        var place = Place.After(root, before);
        if (place.Awaiting is { } awaiting)
        {
            // An option whose value is still to come is none that could be read.
            return await ValuesAsync(awaiting, [.. before.SkipLast(1)], typed, "");
        }

        if (!place.OnlyArguments && typed.StartsWith('-'))
        {
            var equals = typed.IndexOf('=');
            return equals < 0 ? (Fitting(Options(place.Command), typed), Directive.Nothing)
                : place.Find(typed[..equals]) is { } option
                    ? await ValuesAsync(option, before, typed[(equals + 1)..], typed[..(equals + 1)])
                : ([], Directive.Nothing);
        }

        if (place is { Command.Subcommands.Count: > 0, Arguments: 0 })
        {
            return (Fitting(Subcommands(place.Command), typed), Directive.Nothing);
        }

        return place.Argument is { } argument
            ? await ValuesAsync(argument, before, typed, "")
            : ([], Directive.Nothing);
    }

    private async Task<(IEnumerable<Candidate>, Directive)> ValuesAsync(
        Symbol symbol,
        IReadOnlyList<string> before,
        string typed,
        string prefix
    )
    {
        var parsed = root.Parse(before);
        var found = await LookUpAsync(symbol, parsed, typed);
        if (found is not null)
        {
            return (Fitting(found, typed).Select(each => each with { Text = prefix + each.Text }), Directive.Nothing);
        }

        var meant = symbol is Option option ? option.HelpName ?? "" : symbol.Name;
        return (
            [],
            meant is "DIR" ? Directive.Folders
            : meant.Contains("FILE", StringComparison.Ordinal) || meant is "PATH" ? Directive.Files
            : Directive.Nothing
        );
    }

    // Null where nobody knows any candidates.
    private async Task<IEnumerable<Candidate>?> LookUpAsync(Symbol symbol, ParseResult parsed, string typed)
    {
        using var late = new CancellationTokenSource(s_patience, context.Clock);
        try
        {
            switch (symbol)
            {
                case KindArgument kind when typed.Split('/', 2) is [var word, _]:
                    return (await _names.ObjectsAsync(parsed, kind.Source, word, late.Token)).Select(each =>
                        each with
                        {
                            Text = $"{word}/{each.Text}",
                        }
                    );
                case LiveNameArgument name when parsed.GetValue(name.Kind) is { } ofKind:
                    return await _names.ObjectsAsync(parsed, name.Source, ofKind, late.Token);
                case Option { Name: "--namespace" or "--operator-namespace" }:
                    return SourceOf(parsed) is { } places
                        ? await _names.NamespacesAsync(parsed, places, late.Token)
                        : null;
                case Option { Name: "--context" }:
                    return SourceOf(parsed) is { } source ? LiveNames.Contexts(parsed, source) : null;
            }
        }
        catch (Exception failure)
            when (failure
                    is CommandException
                        or IOException
                        or UnauthorizedAccessException
                        or OperationCanceledException
                        // What was typed so far cannot be read, such as two kubeconfigs.
                        or InvalidOperationException
            )
        {
            // Whoever types is not told what is wrong with it, or with the cluster.
            return [];
        }

        var known = symbol switch
        {
            Argument argument => argument.GetCompletions(CompletionContext.Empty),
            Option option => option.GetCompletions(CompletionContext.Empty),
            _ => [],
        };
        List<Candidate> candidates = [.. known.Select(static each => new Candidate(each.Label, each.Documentation))];
        return candidates.Count == 0 ? null : candidates;
    }

    private static SourceOptions? SourceOf(ParseResult parsed) =>
        (parsed.CommandResult.Command as TaughtCommand)?.Source;

    private static IEnumerable<Candidate> Subcommands(Command command) =>
        command
            .Subcommands.Where(static each => !each.Hidden)
            .Select(static each => new Candidate(each.Name, each.Description));

    private static IEnumerable<Candidate> Options(Command command) =>
        Place
            .OptionsOf(command)
            .Where(static each => !each.Hidden)
            .Select(static each => new Candidate(each.Name, each.Description));

    private static IEnumerable<Candidate> Fitting(IEnumerable<Candidate> candidates, string typed) =>
        candidates.Where(each => each.Text.StartsWith(typed, StringComparison.Ordinal));

    /// <summary>Where in a command line the word stands that is typed.</summary>
    private sealed record Place(Command Command, Option? Awaiting, int Arguments, bool OnlyArguments)
    {
        /// <summary>The argument that comes next; null where none does.</summary>
        public Argument? Argument =>
            Command.Arguments.Count == 0 ? null
            : Arguments < Command.Arguments.Count ? Command.Arguments[Arguments]
            : Command.Arguments[^1].Arity.MaximumNumberOfValues > 1 ? Command.Arguments[^1]
            : null;

        public static Place After(Command root, IEnumerable<string> words)
        {
            var place = new Place(root, null, 0, OnlyArguments: false);
            foreach (var word in words)
            {
                place = place.Next(word);
            }

            return place;
        }

        public static IEnumerable<Option> OptionsOf(Command command) =>
            command.Options.Concat(
                Ancestors(command).SelectMany(static each => each.Options.Where(static option => option.Recursive))
            );

        public Option? Find(string name) =>
            OptionsOf(Command).FirstOrDefault(option => option.Name == name || option.Aliases.Contains(name));

        private Place Next(string word)
        {
            if (Awaiting is not null)
            {
                return this with { Awaiting = null };
            }

            if (!OnlyArguments && word == "--")
            {
                return this with { OnlyArguments = true };
            }

            if (!OnlyArguments && word.StartsWith('-') && word.Length > 1)
            {
                return Find(word) is { } option && TakesValue(option) ? this with { Awaiting = option } : this;
            }

            return Arguments == 0 && Command.Subcommands.FirstOrDefault(each => each.Name == word) is { } inner
                ? this with
                {
                    Command = inner,
                }
                : this with
                {
                    Arguments = Arguments + 1,
                };
        }

        private static bool TakesValue(Option option) =>
            option.ValueType != typeof(bool) && option.Arity.MaximumNumberOfValues > 0;

        private static IEnumerable<Command> Ancestors(Command command) =>
            command.Parents.OfType<Command>().SelectMany(static each => Ancestors(each).Prepend(each));
    }
}
