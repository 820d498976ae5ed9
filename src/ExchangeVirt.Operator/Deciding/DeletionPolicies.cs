using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Operator.Deciding;

/// <summary>Reads what a person said about the end of an object.</summary>
public static class DeletionPolicies
{
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

    /// <summary>Tells whether a person confirmed its end.</summary>
    public static bool IsConfirmed(ExchangeVirtualMachine entity) =>
        entity.Metadata.Uid is { Length: > 0 } uid && Says(entity, ConfirmationAnnotation, uid);

    private static bool Says(ExchangeVirtualMachine entity, string annotation, string value) =>
        entity.Metadata.Annotations?.TryGetValue(annotation, out var said) == true && said == value;
}
