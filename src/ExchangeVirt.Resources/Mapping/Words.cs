namespace ExchangeVirt.Resources.Mapping;

/// <summary>Maps the vocabularies of manifests to the domain's by the words themselves, which both take from Hyper-V and Exchange.</summary>
internal static class Words
{
    /// <summary>Maps a word.</summary>
    /// <exception cref="ArgumentException">The domain lacks the word, which is an error of the program.</exception>
    public static TTarget To<TTarget>(Enum word)
        where TTarget : struct, Enum => Enum.Parse<TTarget>(word.ToString());

    /// <summary>Maps a word that may be absent.</summary>
    public static TTarget? ToOptional<TTarget, TSource>(TSource? word)
        where TTarget : struct, Enum
        where TSource : struct, Enum => word is { } given ? To<TTarget>(given) : null;
}
