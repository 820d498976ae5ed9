using System.Net;

namespace ExchangeVirt.Runtime.Kubernetes;

/// <summary>Tells that the API server refused a request for a reason that no caller decides by.</summary>
public sealed class KubernetesApiException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="reason">The API's machine-readable reason, such as <c>Forbidden</c>; empty where it gave none.</param>
    /// <param name="message">What was asked, and what the server said.</param>
    public KubernetesApiException(HttpStatusCode status, string reason, string message)
        : base(message)
    {
        Status = status;
        Reason = reason;
    }

    /// <summary>The HTTP status.</summary>
    public HttpStatusCode Status { get; }

    /// <summary>The API's machine-readable reason, such as <c>Forbidden</c>; empty where it gave none.</summary>
    public string Reason { get; }
}
