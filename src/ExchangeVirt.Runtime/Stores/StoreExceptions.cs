namespace ExchangeVirt.Runtime.Stores;

/// <summary>Tells that the object was changed since it was read. Read it again and decide afresh.</summary>
public sealed class ResourceConflictException : Exception
{
    /// <summary>Makes the exception from its message.</summary>
    public ResourceConflictException(string message)
        : base(message) { }

    /// <summary>Makes the exception from its message and cause.</summary>
    public ResourceConflictException(string message, Exception innerException)
        : base(message, innerException) { }
}

/// <summary>Tells that the object to be written does not exist (any more).</summary>
public sealed class ResourceNotFoundException : Exception
{
    /// <summary>Makes the exception from its message.</summary>
    public ResourceNotFoundException(string message)
        : base(message) { }

    /// <summary>Makes the exception from its message and cause.</summary>
    public ResourceNotFoundException(string message, Exception innerException)
        : base(message, innerException) { }
}

/// <summary>Tells that the store no longer knows what happened since the version to watch from (HTTP 410). List again.</summary>
public sealed class ResourceVersionExpiredException : Exception
{
    /// <summary>Makes the exception from its message.</summary>
    public ResourceVersionExpiredException(string message)
        : base(message) { }

    /// <summary>Makes the exception from its message and cause.</summary>
    public ResourceVersionExpiredException(string message, Exception innerException)
        : base(message, innerException) { }
}

/// <summary>Tells that an object exists but does not fit its type, as one of a newer version may.</summary>
public sealed class ResourceUnreadableException : Exception
{
    /// <summary>Makes the exception.</summary>
    public ResourceUnreadableException(UnreadableResource resource, Exception? innerException = null)
        : base($"{resource.Key} cannot be read: {resource.Message}", innerException) => Resource = resource;

    /// <summary>The object.</summary>
    public UnreadableResource Resource { get; }
}
