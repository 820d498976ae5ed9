namespace ExchangeVirt.HyperV.Cim;

/// <summary>Why a CIM call failed, by what the caller can do about it.</summary>
/// <remarks>
/// Numbers up to 28 are MI's native error codes; the rest are WMI HRESULTs that MI leaves unmapped.
/// Source: https://learn.microsoft.com/windows/win32/wmisdk/wmi-error-constants
/// </remarks>
public enum CimError
{
    /// <summary>Any failure without a better name.</summary>
    Failed = 1,

    /// <summary>The caller lacks rights (0x80041003).</summary>
    AccessDenied = 2,

    /// <summary>The namespace does not exist (0x8004100E): the role is not installed.</summary>
    InvalidNamespace = 3,

    /// <summary>A parameter has the wrong type, shape or value.</summary>
    InvalidParameter = 4,

    /// <summary>The class is not in the schema.</summary>
    InvalidClass = 5,

    /// <summary>The instance does not exist (0x80041002).</summary>
    NotFound = 6,

    /// <summary>The operation is not supported.</summary>
    NotSupported = 7,

    /// <summary>The WQL text cannot be parsed or names an unknown property.</summary>
    InvalidQuery = 15,

    /// <summary>The provider does not offer the method now.</summary>
    MethodNotAvailable = 16,

    /// <summary>The method is not in the schema.</summary>
    MethodNotFound = 17,

    /// <summary>A quota of the WMI service is used up (0x8004106C).</summary>
    ServerLimitsExceeded = 27,

    /// <summary>The WMI service is stopping (0x80041033).</summary>
    ServerIsShuttingDown = 28,

    /// <summary>The provider could not be loaded (0x80041013): the management service is starting.</summary>
    ProviderLoadFailure = 1013,

    /// <summary>The service gave up (0x80041069).</summary>
    TimedOut = 1069,

    /// <summary>The RPC server is unavailable (0x800706BA).</summary>
    Unreachable = 1706,
}

/// <summary>A CIM call failed.</summary>
public sealed class CimException : Exception
{
    /// <summary>Makes the failure.</summary>
    public CimException(CimError error, string message, Exception? innerException = null)
        : base(message, innerException) => Error = error;

    /// <summary>Gets the kind of failure.</summary>
    public CimError Error { get; }
}
