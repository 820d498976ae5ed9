using System.Text.Json;
using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace ExchangeVirt.Operator.Admission;

/// <summary>
/// Answers API servers over HTTP. Whatever keeps it from judging is an HTTP error, never a «no»: then the server's
/// failurePolicy decides.
/// </summary>
public sealed partial class AdmissionWebhook(
    IAdmissionLookups lookups,
    UnknownReferences unknown,
    TimeProvider time,
    ILogger<AdmissionWebhook> logger
)
{
    /// <summary>The path that the webhook is called at.</summary>
    public const string Path = "/validate";

    /// <summary>The greatest question in bytes: two objects of the greatest size that etcd takes.</summary>
    public const long MaxBodyBytes = 3 * 1024 * 1024;

    private static readonly KeyValuePair<string, object?> s_tag = new("webhook", Path);

    /// <summary>Adds the webhook to a server.</summary>
    public void MapTo(IEndpointRouteBuilder endpoints)
    {
        AdmissionMetrics.Begin(s_tag);
        endpoints.MapPost(Path, HandleAsync);
    }

    private async Task HandleAsync(HttpContext context)
    {
        var started = time.GetTimestamp();
        AdmissionMetrics.InFlight.Add(1, s_tag);
        try
        {
            await AnswerAsync(context);
        }
        finally
        {
            AdmissionMetrics.InFlight.Add(-1, s_tag);
            AdmissionMetrics.Latency.Record(time.GetElapsedTime(started).TotalSeconds, s_tag);
            AdmissionMetrics.Requests.Add(
                1,
                s_tag,
                new KeyValuePair<string, object?>(
                    "code",
                    context.Response.StatusCode.ToString(System.Globalization.CultureInfo.InvariantCulture)
                )
            );
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var cancellationToken = context.RequestAborted;
        AdmissionResponse response;
        try
        {
            var request = await ReadAsync(context);
            response = AdmissionReviewer.IsToBeJudged(request)
                ? AdmissionReviewer.Review(
                    request,
                    await lookups.ReadAsync(
                        AdmissionReviewer.About(request),
                        request.Operation is AdmissionRequest.Delete,
                        cancellationToken
                    ),
                    unknown,
                    time.GetUtcNow()
                )
                : AdmissionReviewer.Allow(request);
            if (!response.Allowed)
            {
                LogRefused(request.Operation, response.Status!.Message);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The API server no longer waits.
            return;
        }
        catch (Exception failure)
        {
            var code = (failure as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status500InternalServerError;
            LogNotJudged(
                code < StatusCodes.Status500InternalServerError ? null : ExpectedFailure.StackOf(failure),
                code,
                ExpectedFailure.Describe(failure)
            );
            context.Response.StatusCode = code;
            await context.Response.WriteAsync(failure.Message, cancellationToken);
            return;
        }

        await context.Response.WriteAsJsonAsync(
            new AdmissionReview { Response = response },
            ResourceJson.Options,
            cancellationToken
        );
    }

    private static async Task<AdmissionRequest> ReadAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType())
        {
            throw new BadHttpRequestException(
                "An AdmissionReview is sent as application/json.",
                StatusCodes.Status415UnsupportedMediaType
            );
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = MaxBodyBytes;
        }

        AdmissionReview? review;
        try
        {
            review = await JsonSerializer.DeserializeAsync<AdmissionReview>(
                context.Request.Body,
                ResourceJson.Options,
                context.RequestAborted
            );
        }
        catch (JsonException broken)
        {
            throw new BadHttpRequestException($"That is no AdmissionReview: {broken.Message}", broken);
        }

        return review is { ApiVersion: AdmissionReview.Version, Kind: AdmissionReview.KubeKind, Request: { } request }
            ? request
            : throw new BadHttpRequestException(
                $"Only a request of {AdmissionReview.Version} {AdmissionReview.KubeKind} is answered."
            );
    }

    [LoggerMessage(EventId = 1101, Level = LogLevel.Information, Message = "Refused {Operation}: {Explanation}")]
    private partial void LogRefused(string operation, string explanation);

    [LoggerMessage(
        EventId = 1102,
        Level = LogLevel.Error,
        Message = "A question of the API server was not judged (HTTP {Code}), and its failurePolicy decides: {Problem}"
    )]
    private partial void LogNotJudged(Exception? failure, int code, string problem);
}
