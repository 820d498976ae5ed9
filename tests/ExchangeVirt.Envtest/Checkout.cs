namespace ExchangeVirt.Envtest;

/// <summary>Finds the checkout that the tests were built from.</summary>
public static class Checkout
{
    /// <summary>Gets the folder that holds the solution.</summary>
    public static string Root { get; } = Find();

    /// <summary>Names a file or folder of the checkout.</summary>
    public static string Combine(params ReadOnlySpan<string> names) => Path.Combine([Root, .. names]);

    /// <summary>Copies a folder of the checkout to the same place below another folder.</summary>
    /// <param name="to">The other folder.</param>
    /// <param name="names">The parts of the folder's path in the checkout.</param>
    public static void CopyTo(string to, params ReadOnlySpan<string> names)
    {
        var from = Combine(names);
        var target = Path.Combine([to, .. names]);
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var relative = Path.GetRelativePath(from, file);
            // Certificates that somebody made in the checkout stay there.
            if (relative.Split(Path.DirectorySeparatorChar).Contains("certificates", StringComparer.Ordinal))
            {
                continue;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(target, relative))!);
            File.Copy(file, Path.Combine(target, relative));
        }
    }

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ExchangeVirtOperator.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException(
            "The tests do not run inside a checkout: ExchangeVirtOperator.sln was not found above them."
        );
    }
}
