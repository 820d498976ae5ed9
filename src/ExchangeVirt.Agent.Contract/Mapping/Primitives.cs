using ExchangeVirt.Domain.Model;
using Google.Protobuf.WellKnownTypes;

namespace ExchangeVirt.Agent.Contract.Mapping;

/// <summary>Small translations that all mappers share.</summary>
internal static class Primitives
{
    public static string ToWire(Guid id) => id.ToString("D");

    public static Guid ToGuid(string text, string field) =>
        Guid.TryParseExact(text, "D", out var id)
            ? id
            : throw new WireFormatException(
                $"{field}: «{text}» is no GUID of the form 00000000-0000-0000-0000-000000000000."
            );

    public static Timestamp? ToWire(DateTimeOffset? time) =>
        time is { } known ? Timestamp.FromDateTimeOffset(known) : null;

    public static Duration? ToWire(TimeSpan? span) => span is { } known ? Duration.FromTimeSpan(known) : null;

    public static ByteSize? ToSize(bool has, long bytes) => has ? new ByteSize(bytes) : null;

    public static Wire.ObjectKey ToWire(ObjectKey key) => new() { Namespace = key.Namespace, Name = key.Name };

    public static ObjectKey FromWire(Wire.ObjectKey key) => new(key.Namespace, key.Name);

    public static Wire.OwnerMark? ToWire(OwnerMark? mark) =>
        mark is null ? null : new() { Installation = mark.Installation, Object = ToWire(mark.Object) };

    public static OwnerMark? FromWire(Wire.OwnerMark? mark) =>
        mark is null ? null : new OwnerMark(mark.Installation, FromWire(Required(mark.Object, "owner.object")));

    /// <exception cref="WireFormatException">The message is absent.</exception>
    public static T Required<T>(T? message, string field)
        where T : class => message ?? throw new WireFormatException($"{field} is missing.");

    /// <exception cref="WireFormatException">The value is not known here.</exception>
    public static T Required<T>(T? value, string field)
        where T : struct => value ?? throw new WireFormatException($"{field} has a value that is not known here.");
}
