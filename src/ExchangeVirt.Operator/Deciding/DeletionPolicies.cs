using System.Text.Json.Nodes;
using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Operator.Deciding;

/// <summary>Reads what a person said about the end of an object.</summary>
public static class DeletionPolicies
{
    /// <summary>The finalizer that holds an object until its VM was dealt with.</summary>
    public const string Finalizer = "exchangevirt.io/virtual-machine";

    /// <summary>The annotation, with the value <c>true</c>, that keeps an object from being deleted, and its VM from being unregistered.</summary>
    public const string ProtectionAnnotation = "exchangevirt.io/deletion-protection";

    /// <summary>The annotation by which a person says yes to the end of exactly this object: its value is the object's UID.</summary>
    /// <remarks>A name would be known before the object is, so that a template could say yes for all that is made from it.</remarks>
    public const string ConfirmationAnnotation = "exchangevirt.io/confirm-deletion";

    /// <summary>Tells whether the manifest asks for its VM to be unregistered.</summary>
    public static bool AsksToUnregister(ExchangeVirtualMachine entity) =>
        entity.Spec is { DeletionPolicy: DeletionPolicy.Delete };

    /// <summary>Tells whether the object is protected.</summary>
    public static bool IsProtected(ExchangeVirtualMachine entity) => Says(entity, ProtectionAnnotation, "true");

    /// <summary>
    /// Tells whether an object that cannot be read may be let go of, its VM kept: it is being deleted, and no restart of ours has
    /// taken the VM down, or may have.
    /// </summary>
    /// <param name="json">The object as the store gave it.</param>
    public static bool MayBeLetGoUnread(JsonObject json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return IsBeingDeleted(json)
            && json["status"] switch
            {
                null => true,
                JsonObject status => status["operation"] is null,
                _ => false,
            };
    }

    /// <summary>Tells whether an object that cannot be read is being deleted.</summary>
    internal static bool IsBeingDeleted(JsonObject json) =>
        json["metadata"] is JsonObject metadata && metadata["deletionTimestamp"] is not null;

    /// <summary>Tells whether a person confirmed its end.</summary>
    public static bool IsConfirmed(ExchangeVirtualMachine entity) =>
        entity.Metadata.Uid is { Length: > 0 } uid && Says(entity, ConfirmationAnnotation, uid);

    private static bool Says(ExchangeVirtualMachine entity, string annotation, string value) =>
        entity.Metadata.Annotations?.TryGetValue(annotation, out var said) == true && said == value;
}
