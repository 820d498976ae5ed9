using System.Security.Cryptography;
using System.Text;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Runtime.Directories;

/// <summary>Says where what lies in a state directory. File names are safe on Windows and Linux, whatever case they ignore.</summary>
internal sealed class StateLayout(string root)
{
    private const int LongestName = 180;

    public string Root { get; } = Path.GetFullPath(root);

    public string Meta => Path.Combine(Root, "meta.json");

    public string Problems => Path.Combine(Root, "problems.json");

    public string Lock => Path.Combine(Root, "operator.lock");

    public string Holder => Path.Combine(Root, "operator.json");

    public string Objects => Path.Combine(Root, "objects");

    public string Events => Path.Combine(Root, "events");

    public string Requests => Path.Combine(Root, "requests");

    public string Control => Path.Combine(Root, "control");

    public string ObjectFile(string kind, ResourceKey key) => Path.Combine(Objects, Safe(kind, dots: false), Name(key));

    public string EventFile(string kind, ResourceKey key) => Path.Combine(Events, Safe(kind, dots: false), Name(key));

    /// <summary>Names the request for an object's deletion: asking twice is one request.</summary>
    public string DeleteRequestFile(string kind, ResourceKey key) =>
        Path.Combine(Requests, $"delete_{Safe(kind, dots: false)}_{Name(key)}");

    // Namespace and name cannot hold an underscore in Kubernetes, and here it is escaped, so the two cannot run together.
    private static string Name(ResourceKey key)
    {
        var name = $"{Safe(key.Namespace ?? "", dots: false)}_{Safe(key.Name, dots: true)}";
        if (name.Length > LongestName)
        {
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
            name = $"{name[..(LongestName - 33)]}~{hash[..32]}";
        }

        return name + ".json";
    }

    private static string Safe(string text, bool dots)
    {
        var safe = new StringBuilder(text.Length);
        foreach (var unit in Encoding.UTF8.GetBytes(text))
        {
            var character = (char)unit;
            if (
                char.IsAsciiLetterLower(character)
                || char.IsAsciiDigit(character)
                || character is '-'
                || (dots && character is '.')
            )
            {
                safe.Append(character);
            }
            else if (char.IsAsciiLetterUpper(character))
            {
                // A file system may ignore case: Ab and ab must not be one file.
                safe.Append('+').Append(char.ToLowerInvariant(character));
            }
            else
            {
                safe.Append('%').Append(unit.ToString("x2"));
            }
        }

        return safe.ToString();
    }
}
