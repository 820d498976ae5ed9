using System.Globalization;
using System.Runtime.Versioning;
using ExchangeVirt.HyperV.Cim;
using Mi = Microsoft.Management.Infrastructure;

namespace ExchangeVirt.HyperV.Mmi;

/// <summary>Translates failures by their numbers: the texts are localized.</summary>
/// <remarks>Source: https://learn.microsoft.com/windows/win32/wmisdk/wmi-error-constants; hyperv-wmi §8, Unmapped HRESULTs.</remarks>
[SupportedOSPlatform("windows")]
internal static class MiErrors
{
    private const uint NeedsWithin = 0x80042002;

    public static CimException Translate(Mi.CimException failure) =>
        new(ErrorOf(failure), $"{failure.Message} ({failure.NativeErrorCode}, {failure.MessageId})", failure);

    /// <summary>Tells whether the class has no event provider, so that WMI must be told how often to look.</summary>
    public static bool IsWithinMissing(Mi.CimException failure) => HResult(failure.MessageId) == NeedsWithin;

    private static CimError ErrorOf(Mi.CimException failure) =>
        HResult(failure.MessageId) switch
        {
            0x80041002 => CimError.NotFound,
            0x80041003 or 0x80070005 => CimError.AccessDenied,
            0x8004100E => CimError.InvalidNamespace,
            0x80041013 => CimError.ProviderLoadFailure,
            0x80041015 or 0x800706BA => CimError.Unreachable,
            0x80041033 => CimError.ServerIsShuttingDown,
            0x80041069 => CimError.TimedOut,
            0x8004106C => CimError.ServerLimitsExceeded,
            _ => Enum.IsDefined((CimError)(int)failure.NativeErrorCode)
                ? (CimError)(int)failure.NativeErrorCode
                : CimError.Failed,
        };

    private static uint? HResult(string? messageId)
    {
        const string Prefix = "HRESULT 0x";
        return
            messageId is not null
            && messageId.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            && uint.TryParse(
                messageId.AsSpan(Prefix.Length),
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture,
                out var value
            )
            ? value
            : null;
    }
}
