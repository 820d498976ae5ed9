namespace ExchangeVirt.Runtime;

/// <summary>Writes words into commands that people are advised to type.</summary>
public static class CommandWord
{
    private const string Plain = "-_./\\:~+=@%,";

    /// <summary>Writes one word, in quotation marks where a shell would take it apart.</summary>
    public static string Of(string word) =>
        word.Length > 0 && word.All(static c => char.IsLetterOrDigit(c) || Plain.Contains(c, StringComparison.Ordinal))
            ? word
            : $"\"{word}\"";
}
