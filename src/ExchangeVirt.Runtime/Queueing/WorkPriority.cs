namespace ExchangeVirt.Runtime.Queueing;

/// <summary>Orders work: something that changed is looked at before what is merely due again.</summary>
public enum WorkPriority
{
    /// <summary>Something changed, or a pass asked to be repeated.</summary>
    Change,

    /// <summary>Nothing is known to have changed.</summary>
    Resync,
}
