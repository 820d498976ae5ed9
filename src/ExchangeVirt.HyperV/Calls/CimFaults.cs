using ExchangeVirt.HyperV.Cim;

namespace ExchangeVirt.HyperV.Calls;

/// <summary>Turns failures of the CIM session into the driver's words.</summary>
internal static class CimFaults
{
    /// <summary>Translates the failure of a read.</summary>
    public static HyperVException OfRead(CimException failure, string what)
    {
        var (kind, reason) = failure.Error switch
        {
            CimError.AccessDenied => (FaultKind.Unavailable, HyperVReasons.AccessDenied),
            CimError.InvalidNamespace => (FaultKind.Unavailable, HyperVReasons.HyperVNotInstalled),
            CimError.NotFound => (FaultKind.NotFound, HyperVReasons.NotFound),
            CimError.ProviderLoadFailure => (FaultKind.Unavailable, HyperVReasons.ManagementServiceNotSeen),
            CimError.ServerIsShuttingDown or CimError.Unreachable or CimError.TimedOut => (
                FaultKind.Unavailable,
                HyperVReasons.HostUnreachable
            ),
            CimError.ServerLimitsExceeded => (FaultKind.Unavailable, HyperVReasons.WmiQuotaExceeded),
            _ => (FaultKind.Failed, HyperVReasons.CimFailed),
        };
        return new HyperVException(kind, reason, $"{what}: {failure.Message}", null, failure);
    }

    /// <summary>Translates the failure of a method call, which may have taken effect although its answer was lost.</summary>
    public static HyperVException OfCall(CimException failure, string what) =>
        failure.Error switch
        {
            CimError.Unreachable or CimError.TimedOut or CimError.ServerIsShuttingDown => new HyperVException(
                FaultKind.OutcomeUnknown,
                HyperVReasons.AnswerLost,
                $"{what}: {failure.Message} It may have been carried out; observe before anything else.",
                null,
                failure
            ),
            CimError.InvalidParameter => new HyperVException(
                FaultKind.InvalidArgument,
                HyperVReasons.InvalidParameter,
                $"{what}: {failure.Message}",
                null,
                failure
            ),
            _ => OfRead(failure, what),
        };

    /// <summary>Tells whether the host as a whole does not answer, so that no other call would do better.</summary>
    public static bool IsOfTheHost(CimException failure) =>
        failure.Error is CimError.Unreachable or CimError.ServerIsShuttingDown or CimError.TimedOut;
}
