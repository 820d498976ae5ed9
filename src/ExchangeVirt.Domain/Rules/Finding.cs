namespace ExchangeVirt.Domain.Rules;

/// <summary>What a rule found on a subject.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Message">Figures and the next step; empty for a pass.</param>
/// <param name="MissingFacts">For unknown: what is missing.</param>
internal readonly record struct Finding(Verdict Verdict, string Message, IReadOnlyList<string> MissingFacts)
{
    public static readonly Finding Pass = new(Verdict.Pass, "", []);

    public static readonly Finding NotApplicable = new(Verdict.NotApplicable, "", []);

    public static Finding Violated(string message) => new(Verdict.Violated, message, []);

    public static Finding Unknown(params IReadOnlyList<string> missing) =>
        new(Verdict.Unknown, $"Cannot be judged without: {string.Join(", ", missing)}.", missing);

    /// <summary>Passes where no fact is missing; a missing one is never a pass.</summary>
    public static Finding PassUnless(IReadOnlyList<string> missing) => missing.Count == 0 ? Pass : Unknown(missing);
}
