namespace ExchangeVirt.Runtime.Directories;

/// <summary>Tells that a state file and its second copy cannot be read. Nothing was changed.</summary>
public sealed class StateDamagedException : IOException
{
    /// <summary>Makes the exception from its message.</summary>
    public StateDamagedException(string message)
        : base(message) { }

    /// <summary>Makes the exception from its message and cause.</summary>
    public StateDamagedException(string message, Exception innerException)
        : base(message, innerException) { }
}

/// <summary>Tells that the state was written by a newer version of the product. Nothing was changed.</summary>
public sealed class StateVersionException : IOException
{
    /// <summary>Makes the exception from its message.</summary>
    public StateVersionException(string message)
        : base(message) { }

    /// <summary>Makes the exception from its message and cause.</summary>
    public StateVersionException(string message, Exception innerException)
        : base(message, innerException) { }
}

/// <summary>Tells that another operator runs on the state directory.</summary>
public sealed class StateLockedException : IOException
{
    /// <summary>Makes the exception from its message.</summary>
    public StateLockedException(string message)
        : base(message) { }

    /// <summary>Makes the exception from its message and cause.</summary>
    public StateLockedException(string message, Exception innerException)
        : base(message, innerException) { }
}
