using System.Net.Sockets;
using System.Security.Authentication;
using ExchangeVirt.Runtime.Kubernetes;
using ExchangeVirt.Runtime.Leadership;
using ExchangeVirt.Runtime.Stores;
using k8s.Exceptions;

namespace ExchangeVirt.Runtime;

/// <summary>
/// Tells failures that are part of life, such as a refusal or a server that is away, from mistakes of this program. Of the
/// former the message says all; of the latter only the stack helps.
/// </summary>
public static class ExpectedFailure
{
    /// <summary>Whether a failure is part of life.</summary>
    public static bool Is(Exception failure) =>
        failure switch
        {
            AggregateException several => several.InnerExceptions.All(Is),
            KubernetesApiException
            or ResourceConflictException
            or ResourceNotFoundException
            or ResourceVersionExpiredException
            or ResourceUnreadableException
            or LeadershipLostException
            or KubeConfigException
            or HttpRequestException
            or SocketException
            or AuthenticationException
            or TimeoutException
            or IOException
            or UnauthorizedAccessException => true,
            _ => false,
        };

    /// <summary>Gives what belongs into the log beside the message.</summary>
    /// <returns>Null where the message says all.</returns>
    public static Exception? StackOf(Exception failure) => Is(failure) ? null : failure;

    /// <summary>Says what failed, and what was behind it where that says more.</summary>
    public static string Describe(Exception failure)
    {
        var text = failure.Message;
        for (var cause = failure.InnerException; cause is not null; cause = cause.InnerException)
        {
            if (!text.Contains(cause.Message, StringComparison.Ordinal))
            {
                text = $"{text} ({cause.Message})";
            }
        }

        return text;
    }
}
