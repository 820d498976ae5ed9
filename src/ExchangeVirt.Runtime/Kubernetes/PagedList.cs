using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Runtime.Kubernetes;

/// <summary>Reads lists in pages, so that no answer is larger than server and client can bear.</summary>
/// <remarks>Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks</remarks>
internal static class PagedList
{
    private const int Attempts = 3;

    /// <summary>Reads page after page; each is good until the next is asked for.</summary>
    /// <param name="api">The connection.</param>
    /// <param name="path">The list's path, without a query.</param>
    /// <param name="pageSize">How many objects a page holds at the most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>No page where the server does not serve the kind.</returns>
    /// <exception cref="ResourceVersionExpiredException">The server no longer has what it gave the first page from.</exception>
    /// <exception cref="KubernetesApiException">The server refused.</exception>
    public static async IAsyncEnumerable<JsonElement> ReadAsync(
        KubernetesApi api,
        string path,
        int pageSize,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var first = string.Create(CultureInfo.InvariantCulture, $"{path}?limit={pageSize}");
        string? next = null;
        do
        {
            using var page = await api.TryGetAsync(
                next is null ? first : $"{first}&continue={ApiPath.Escape(next)}",
                cancellationToken
            );
            if (page is null)
            {
                // Half a list taken for a whole one would tell of the other half as deleted.
                if (next is not null)
                {
                    throw new ResourceVersionExpiredException($"The server ceased to serve {path} amid its pages.");
                }

                yield break;
            }

            yield return page.RootElement;
            next = page.RootElement.GetProperty("metadata").TryGetProperty("continue", out var token)
                ? token.GetString()
                : null;
        } while (!string.IsNullOrEmpty(next));
    }

    /// <summary>Reads all objects of a list, from the beginning again where it took longer than the server remembers.</summary>
    /// <inheritdoc cref="ReadAsync" />
    /// <returns>Null where the server does not serve the kind.</returns>
    public static async Task<IReadOnlyList<JsonElement>?> ReadAllAsync(
        KubernetesApi api,
        string path,
        int pageSize,
        CancellationToken cancellationToken
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            List<JsonElement>? items = null;
            try
            {
                await foreach (var page in ReadAsync(api, path, pageSize, cancellationToken))
                {
                    items ??= [];
                    items.AddRange(page.GetProperty("items").EnumerateArray().Select(static item => item.Clone()));
                }

                return items;
            }
            catch (ResourceVersionExpiredException) when (attempt < Attempts)
            {
                // What was read so far belongs to a state that the server cannot finish.
            }
        }
    }
}
