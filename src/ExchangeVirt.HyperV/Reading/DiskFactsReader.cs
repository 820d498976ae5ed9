using System.Collections.Concurrent;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.HyperV.Calls;
using ExchangeVirt.HyperV.Cim;

namespace ExchangeVirt.HyperV.Reading;

/// <summary>
/// Asks virtual disk files what they are. Each costs a call of its own, so a full read of a host never asks: it uses what the reads of
/// single VMs left here.
/// </summary>
internal sealed class DiskFactsReader(HyperVCalls calls)
{
    private const int LongestChain = 32;

    private readonly ConcurrentDictionary<string, (DiskFacts Facts, DateTimeOffset ReadAt)> _known = new(
        StringComparer.OrdinalIgnoreCase
    );

    /// <summary>Gets what is known of a file without asking.</summary>
    public DiskFacts? Known(string path) =>
        _known.TryGetValue(path, out var entry)
        && calls.Time.GetUtcNow() - entry.ReadAt < calls.Options.DiskFactsLifetime
            ? entry.Facts
            : null;

    /// <summary>Forgets a file.</summary>
    public void Forget(string path) => _known.TryRemove(path, out _);

    /// <summary>Asks about a VM's files and the chains below them, as far as they are not known.</summary>
    /// <remarks>A file that cannot be asked stays unknown: that is a fact about the file, not a failure of the read.</remarks>
    public async Task LearnAsync(IEnumerable<ObservedDisk> disks, CancellationToken cancellationToken)
    {
        foreach (var leaf in disks.Select(static disk => disk.Path).OfType<string>())
        {
            var path = leaf;
            for (var depth = 0; depth < LongestChain; depth++)
            {
                var facts = Known(path) ?? await TryAskAsync(path, cancellationToken);
                if (facts?.ParentPath is not { Length: > 0 } parent)
                {
                    break;
                }

                path = parent;
            }
        }
    }

    private async Task<DiskFacts?> TryAskAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return (await AskAsync(path, cancellationToken)).Facts;
        }
        catch (HyperVException failure) when (failure.Kind is not FaultKind.Unavailable)
        {
            return null;
        }
    }

    /// <summary>Asks about one file.</summary>
    /// <returns>The facts, or the code with which Hyper-V refused them: <see cref="ReturnCodes.FileNotFound"/> where there is no such file.</returns>
    public async Task<(DiskFacts? Facts, uint Code)> AskAsync(string path, CancellationToken cancellationToken)
    {
        var service = await calls.ServiceAsync("Msvm_ImageManagementService", cancellationToken);
        var what = $"Reading the virtual disk {path}";
        var result = await calls.ReadByMethodAsync(
            what,
            service,
            "GetVirtualHardDiskSettingData",
            new Dictionary<string, CimValue>(StringComparer.Ordinal) { ["Path"] = CimValue.Text(path) },
            cancellationToken
        );
        if (result.ReturnValue is not (ReturnCodes.Done or ReturnCodes.JobStarted))
        {
            return (null, result.ReturnValue);
        }

        if (result.ReturnValue == ReturnCodes.JobStarted)
        {
            try
            {
                await calls.WaitAsync(what, result, cancellationToken);
            }
            catch (HyperVException failure) when (failure.ReturnCode is > 0)
            {
                return (null, (uint)failure.ReturnCode!.Value);
            }
        }

        if (!result.Out.TryGetValue("SettingData", out var value) || value.Value is not string { Length: > 0 } text)
        {
            return (null, ReturnCodes.Done);
        }

        var facts = Read(calls.Session.Deserialize(text));
        _known[path] = (facts, calls.Time.GetUtcNow());
        return (facts, ReturnCodes.Done);
    }

    private static DiskFacts Read(CimObject settings) =>
        new(
            settings.Number("Type") switch
            {
                2 => VirtualDiskType.Fixed,
                3 => VirtualDiskType.Dynamic,
                4 => VirtualDiskType.Differencing,
                _ => null,
            },
            settings.Number("Format") switch
            {
                2 => VirtualDiskFormat.Vhd,
                3 => VirtualDiskFormat.Vhdx,
                4 => VirtualDiskFormat.VhdSet,
                _ => null,
            },
            settings.Number("MaxInternalSize") is { } size ? new ByteSize(size) : null,
            settings.Text("ParentPath")
        );
}
