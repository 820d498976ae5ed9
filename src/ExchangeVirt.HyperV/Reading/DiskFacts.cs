using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.HyperV.Reading;

/// <summary>What a virtual disk file says of itself.</summary>
/// <param name="Type">How it grows.</param>
/// <param name="Format">Its format.</param>
/// <param name="Size">What the guest sees.</param>
/// <param name="ParentPath">The file below it; null unless it is a differencing disk.</param>
internal sealed record DiskFacts(VirtualDiskType? Type, VirtualDiskFormat? Format, ByteSize? Size, string? ParentPath);
