namespace ExchangeVirt.Resources;

/// <summary>Reads amounts of bytes as manifests write them.</summary>
public static class ByteQuantity;
