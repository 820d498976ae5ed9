namespace ExchangeVirt.Envtest.Assets;

/// <summary>The folders where what was built or fetched once is kept for all checkouts of a user.</summary>
internal static class UserCache
{
    /// <summary>Names a folder; it need not be there.</summary>
    public static string Folder(string name)
    {
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        var root = string.IsNullOrEmpty(cache)
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache")
            : cache;
        return Path.Combine(root, "exchangevirt", name);
    }
}
