namespace ExchangeVirt.Envtest;

/// <summary>Finds the checkout that the tests were built from.</summary>
public static class Checkout
{
    /// <summary>Gets the folder that holds the solution.</summary>
    public static string Root { get; } = Find();

    /// <summary>Names a file or folder of the checkout.</summary>
    public static string Combine(params ReadOnlySpan<string> names) => Path.Combine([Root, .. names]);

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
