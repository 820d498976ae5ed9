using System.Text.Json;

namespace ExchangeVirt.Operator.Admission;

/// <summary>What an API server asks before it stores an object, or the answer.</summary>
/// <remarks>Source: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/</remarks>
public sealed record AdmissionReview
{
    /// <summary>The version of the conversation; there is one.</summary>
    public const string Version = "admission.k8s.io/v1";

    /// <summary>The kind of question and answer alike.</summary>
    public const string KubeKind = "AdmissionReview";

    /// <summary>Gets the version.</summary>
    public string ApiVersion { get; init; } = Version;

    /// <summary>Gets the kind.</summary>
    public string Kind { get; init; } = KubeKind;

    /// <summary>Gets the question; null in an answer.</summary>
    public AdmissionRequest? Request { get; init; }

    /// <summary>Gets the answer; null in a question.</summary>
    public AdmissionResponse? Response { get; init; }
}

/// <summary>What is asked.</summary>
public sealed record AdmissionRequest
{
    /// <summary>Making an object.</summary>
    public const string Create = "CREATE";

    /// <summary>Changing one.</summary>
    public const string Update = "UPDATE";

    /// <summary>Deleting one.</summary>
    public const string Delete = "DELETE";

    /// <summary>Gets what tells this question from others.</summary>
    public required string Uid { get; init; }

    /// <summary>Gets the kind of the object.</summary>
    public required GroupVersionKind Kind { get; init; }

    /// <summary>Gets the part of the object that is written, such as <c>status</c>; null or empty for the object itself.</summary>
    public string? SubResource { get; init; }

    /// <summary>Gets the object's name.</summary>
    public string? Name { get; init; }

    /// <summary>Gets what is done.</summary>
    public required string Operation { get; init; }

    /// <summary>Gets the object as it would be stored; null where it is deleted.</summary>
    public JsonElement? Object { get; init; }

    /// <summary>Gets the object as it is; null where it is new.</summary>
    public JsonElement? OldObject { get; init; }
}

/// <summary>Names a kind.</summary>
/// <param name="Group">The API group.</param>
/// <param name="Version">The version.</param>
/// <param name="Kind">The kind.</param>
public sealed record GroupVersionKind(string Group, string Version, string Kind);

/// <summary>What is answered.</summary>
public sealed record AdmissionResponse
{
    /// <summary>Gets the question's id.</summary>
    public required string Uid { get; init; }

    /// <summary>Gets whether it may be done.</summary>
    public required bool Allowed { get; init; }

    /// <summary>Gets why it may not be done; null where it may.</summary>
    public AdmissionStatus? Status { get; init; }

    /// <summary>Gets what the user is told though it may be done.</summary>
    public IReadOnlyList<string>? Warnings { get; init; }
}

/// <summary>Why something may not be done, as API servers hand it on to the user's tool.</summary>
public sealed record AdmissionStatus
{
    /// <summary>Gets that it failed.</summary>
    public string Status { get; } = "Failure";

    /// <summary>Gets the sentence for people.</summary>
    public required string Message { get; init; }

    /// <summary>Gets the word for programs.</summary>
    public required string Reason { get; init; }

    /// <summary>Gets the HTTP status that the user's tool gets.</summary>
    public required int Code { get; init; }

    /// <summary>Gets the fields.</summary>
    public required AdmissionDetails Details { get; init; }
}

/// <summary>Which fields of which object are wrong.</summary>
/// <param name="Name">The object's name.</param>
/// <param name="Group">Its API group.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Causes">Every problem.</param>
public sealed record AdmissionDetails(string Name, string Group, string Kind, IReadOnlyList<AdmissionCause> Causes);

/// <summary>One problem.</summary>
/// <param name="Field">The field.</param>
/// <param name="Message">The rule's id where a rule is broken, and what is wrong.</param>
public sealed record AdmissionCause(string Field, string Message)
{
    /// <summary>Gets the word for programs, the API server's own for a value that is wrong.</summary>
    public string Reason { get; } = "FieldValueInvalid";
}
