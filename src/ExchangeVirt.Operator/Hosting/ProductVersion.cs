namespace ExchangeVirt.Operator.Hosting;

/// <summary>Says which version of the product this is.</summary>
internal static class ProductVersion
{
    /// <summary>Gets the version, such as <c>0.1.0</c>.</summary>
    public static string Text { get; } = typeof(ProductVersion).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
}
