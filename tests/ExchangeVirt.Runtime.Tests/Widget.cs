using k8s;
using k8s.Models;

namespace ExchangeVirt.Runtime.Tests;

/// <summary>A kind of its own: the runtime knows no other.</summary>
[KubernetesEntity(Group = "tests.example", ApiVersion = "v1", Kind = "Widget", PluralName = "widgets")]
public sealed class Widget : IKubernetesObject<V1ObjectMeta>
{
    public string ApiVersion { get; set; } = "tests.example/v1";

    public string Kind { get; set; } = "Widget";

    public V1ObjectMeta Metadata { get; set; } = new();

    public WidgetSpec Spec { get; set; } = new();

    public WidgetStatus? Status { get; set; }
}

public sealed class WidgetSpec
{
    public int Size { get; set; }
}

public sealed class WidgetStatus
{
    public string? Phase { get; set; }

    public string? Note { get; set; }

    public WidgetPart? Part { get; set; }

    public IReadOnlyList<string>? Parts { get; set; }

    public IReadOnlyList<WidgetCondition>? Conditions { get; set; }
}

public sealed class WidgetPart
{
    public string? Of { get; set; }
}

public sealed record WidgetCondition(string Type, string Status);
