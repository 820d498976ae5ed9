using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using ExchangeVirt.Resources.V1Alpha1;
using k8s.Models;

namespace ExchangeVirt.Resources.Schema;

/// <summary>Reads the schema of the kinds off their C# types and attributes: the one source for CRDs and for manifests.</summary>
public static class SchemaReader
{
    private static readonly ConcurrentDictionary<Type, ObjectSchema> Objects = new();

    /// <summary>All kinds, by name.</summary>
    public static IReadOnlyDictionary<string, KindSchema> Kinds { get; } =
        new[]
        {
            typeof(ExchangeVirtualMachine),
            typeof(DatabaseAvailabilityGroup),
            typeof(HyperVHost),
            typeof(VirtualizationPolicy),
            typeof(VirtualMachineMigration),
        }
            .Select(ReadKind)
            .ToDictionary(kind => kind.Kind);

    /// <summary>Reads the schema of an object.</summary>
    /// <exception cref="InvalidOperationException">A property lacks the limits that its type needs.</exception>
    public static ObjectSchema ReadObject(Type type) => Objects.GetOrAdd(type, CreateObject);

    private static KindSchema ReadKind(Type type)
    {
        var entity = type.GetCustomAttribute<KubernetesEntityAttribute>()!;
        return new KindSchema(
            entity.Kind,
            entity.PluralName,
            type,
            type.GetCustomAttribute<ResourceAttribute>()!,
            [.. type.GetCustomAttributes<ColumnAttribute>()],
            RulesOf(type),
            ReadObject(type.GetProperty("Spec")!.PropertyType),
            ReadObject(type.GetProperty("Status")!.PropertyType)
        );
    }

    private static string[] RulesOf(MemberInfo member) =>
        [.. member.GetCustomAttributes<RuleAttribute>().Select(rule => rule.Id)];

    private static ObjectSchema CreateObject(Type type)
    {
        // A fresh instance holds the defaults; required members do not bind reflection.
        var fresh = Activator.CreateInstance(type);
        var nullability = new NullabilityInfoContext();
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite)
            // What all statuses share is declared by their base and comes first.
            .OrderBy(property => property.DeclaringType == type ? 1 : 0);
        return new ObjectSchema(
            type,
            [.. properties.Select(property => ReadField(property, fresh, nullability))],
            RulesOf(type)
        );
    }

    private static FieldSchema ReadField(PropertyInfo property, object? fresh, NullabilityInfoContext nullability)
    {
        var required = property.IsDefined(typeof(RequiredMemberAttribute));
        var optional = required || nullability.Create(property).ReadState is NullabilityState.Nullable;
        return new FieldSchema(
            JsonNamingPolicy.CamelCase.ConvertName(property.Name),
            ReadValue(property),
            required,
            optional ? null : DefaultOf(property.GetValue(fresh)),
            property
        );
    }

    private static JsonNode? DefaultOf(object? value) =>
        value switch
        {
            bool or int or long or string or Enum => JsonSerializer.SerializeToNode(value, ResourceJson.Options),
            // The fields of a nested object have defaults of their own, which apply as soon as the object is there.
            _ => new JsonObject(),
        };

    private static ValueSchema ReadValue(PropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (ItemType(type, typeof(IReadOnlyDictionary<,>)) is not null)
        {
            return new MapSchema(ReadText(property), Limits(property).MaxItems);
        }

        return ItemType(type, typeof(IReadOnlyList<>)) is { } item
            ? new ListSchema(ReadValue(property, item), Limits(property), RulesOf(property))
            : ReadValue(property, type);
    }

    private static ValueSchema ReadValue(PropertyInfo property, Type type)
    {
        if (type == typeof(string))
        {
            return ReadText(property);
        }

        if (type == typeof(int) || type == typeof(long))
        {
            var bounds = property.GetCustomAttribute<BoundsAttribute>();
            return new NumberSchema(bounds?.Minimum, bounds?.Maximum, type == typeof(long));
        }

        return type == typeof(bool) ? new BooleanSchema()
            : type == typeof(DateTimeOffset) ? new TimeSchema()
            : type.IsEnum ? new WordSchema(Enum.GetNames(type))
            : ReadObject(type);
    }

    private static TextSchema ReadText(PropertyInfo property) =>
        property.GetCustomAttribute<TextAttribute>() is { } text
            ? new TextSchema(text.MaxLength, text.Shape)
            : throw Lacks(property, nameof(TextAttribute));

    private static ItemsAttribute Limits(PropertyInfo property) =>
        property.GetCustomAttribute<ItemsAttribute>() ?? throw Lacks(property, nameof(ItemsAttribute));

    private static Type? ItemType(Type type, Type generic) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == generic ? type.GetGenericArguments()[0] : null;

    private static InvalidOperationException Lacks(PropertyInfo property, string attribute) =>
        new($"{property.DeclaringType?.Name}.{property.Name} has no {attribute}: every text and list is limited.");
}
