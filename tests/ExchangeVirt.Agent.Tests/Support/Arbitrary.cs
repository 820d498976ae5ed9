using System.Collections;
using System.Reflection;
using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Agent.Tests.Support;

/// <summary>Makes any value of the domain's records, every property filled by chance, so that no new one can be forgotten.</summary>
internal sealed class Arbitrary(int seed)
{
    private readonly Random _random = new(seed);
    private readonly NullabilityInfoContext _nullability = new();

    public object Make(Type type)
    {
        if (type == typeof(string))
        {
            return $"s{_random.Next()}";
        }

        if (type == typeof(ByteSize))
        {
            return new ByteSize(_random.NextInt64());
        }

        if (type == typeof(Guid))
        {
            var bytes = new byte[16];
            _random.NextBytes(bytes);
            return new Guid(bytes);
        }

        if (type == typeof(DateTimeOffset))
        {
            return new DateTimeOffset(_random.NextInt64(1, DateTime.MaxValue.Ticks), TimeSpan.Zero);
        }

        if (type == typeof(TimeSpan))
        {
            return new TimeSpan(_random.NextInt64(-TimeSpan.TicksPerDay, TimeSpan.TicksPerDay * 10_000));
        }

        if (type.IsEnum)
        {
            var values = Enum.GetValues(type);
            return values.GetValue(_random.Next(values.Length))!;
        }

        return type switch
        {
            _ when type == typeof(bool) => _random.Next(2) == 0,
            _ when type == typeof(int) => _random.Next(int.MinValue, int.MaxValue),
            _ when type == typeof(long) => _random.NextInt64(),
            _ when type == typeof(ulong) => (ulong)_random.NextInt64(),
            _ when type == typeof(double) => _random.NextDouble() * 64,
            _ when type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) => List(type),
            _ => Record(type),
        };
    }

    private IList List(Type type)
    {
        var element = type.GetGenericArguments()[0];
        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(element))!;
        for (var count = _random.Next(4); count > 0; count--)
        {
            list.Add(Make(element));
        }

        return list;
    }

    private object Record(Type type)
    {
        var constructor = type.GetConstructors().OrderByDescending(static one => one.GetParameters().Length).First();
        var made = constructor.Invoke([
            .. constructor.GetParameters().Select(p => Value(p.ParameterType, _nullability.Create(p))),
        ]);
        foreach (var property in type.GetProperties().Where(static one => one.SetMethod is not null))
        {
            property.SetValue(made, Value(property.PropertyType, _nullability.Create(property)));
        }

        return made;
    }

    private object? Value(Type type, NullabilityInfo nullability)
    {
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        var mayBeNull = bare != type || nullability.WriteState == NullabilityState.Nullable;
        return mayBeNull && _random.Next(3) == 0 ? null : Make(bare);
    }
}
