namespace ExchangeVirt.HyperV.Calls;

/// <summary>Turns Hyper-V's return values and job error codes into the word that decides what comes next.</summary>
/// <remarks>
/// The pages of the CIM-derived methods list the small DMTF codes, real hosts answer with the 327xx family on the same methods:
/// both are understood everywhere. Source: hyperv-wmi §4, Values.
/// </remarks>
internal static class ReturnCodes
{
    public const uint Done = 0;
    public const uint JobStarted = 4096;
    public const uint FileNotFound = 32779;

    /// <summary>Classifies a code other than done and started.</summary>
    public static (FaultKind Kind, string Reason, string Meaning) Classify(long code) =>
        code switch
        {
            1 or 32770 => (FaultKind.Failed, HyperVReasons.NotSupported, "not supported"),
            2 or 32768 => (FaultKind.Failed, HyperVReasons.HyperVFailed, "failed"),
            3 or 32772 => (FaultKind.OutcomeUnknown, HyperVReasons.TimedOut, "timed out"),
            4 or 32773 => (FaultKind.InvalidArgument, HyperVReasons.InvalidParameter, "invalid parameter"),
            5 or 32775 => (
                FaultKind.FailedPrecondition,
                HyperVReasons.InvalidState,
                "invalid state for this operation"
            ),
            6 or 32776 => (FaultKind.InvalidArgument, HyperVReasons.InvalidParameter, "incompatible parameters"),
            32769 => (FaultKind.Unavailable, HyperVReasons.AccessDenied, "access denied"),
            32771 => (FaultKind.OutcomeUnknown, HyperVReasons.StatusUnknown, "status unknown"),
            32774 => (FaultKind.Busy, HyperVReasons.SystemInUse, "system in use"),
            32777 => (FaultKind.Unavailable, HyperVReasons.SystemNotAvailable, "system not available"),
            32778 => (FaultKind.Failed, HyperVReasons.OutOfMemory, "out of memory"),
            32779 => (FaultKind.NotFound, HyperVReasons.FileNotFound, "file not found"),
            _ => (FaultKind.Failed, HyperVReasons.HyperVFailed, "an undocumented code"),
        };

    /// <summary>Makes the failure for a return value.</summary>
    public static HyperVException Refused(string what, long code)
    {
        var (kind, reason, meaning) = Classify(code);
        return new HyperVException(kind, reason, $"{what}: Hyper-V answered {code} ({meaning}).", code);
    }
}
