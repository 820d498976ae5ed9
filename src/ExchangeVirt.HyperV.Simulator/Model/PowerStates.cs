namespace ExchangeVirt.HyperV.Simulator.Model;

/// <summary>The values of Msvm_ComputerSystem.EnabledState as version 2 reports them.</summary>
internal static class PowerStates
{
    public const ushort Running = 2;
    public const ushort Off = 3;
    public const ushort Stopping = 4;
    public const ushort Saved = 6;
    public const ushort Paused = 9;
    public const ushort Starting = 10;
    public const ushort Reset = 11;
    public const ushort Saving = 32773;
    public const ushort Pausing = 32776;
    public const ushort Resuming = 32777;

    /// <summary>RequestedState when no change is running.</summary>
    public const ushort NotRequested = 12;

    /// <summary>Says whether a VM stays in the state until somebody acts.</summary>
    public static bool IsPersistent(ushort state) => state is Running or Off or Saved or Paused;

    /// <summary>Says whether the VM's memory is taken from the host in the state.</summary>
    public static bool HoldsMemory(ushort state) => state is not (Off or Saved);

    /// <summary>Names a state as Hyper-V Manager does.</summary>
    public static string Name(ushort state) =>
        state switch
        {
            Running => "Running",
            Off => "Off",
            Stopping => "Stopping",
            Saved => "Saved",
            Paused => "Paused",
            Starting => "Starting",
            Reset => "Reset",
            Saving => "Saving",
            Pausing => "Pausing",
            Resuming => "Resuming",
            _ => $"State{state}",
        };
}

/// <summary>The return codes of Hyper-V's methods and jobs.</summary>
internal static class ReturnCodes
{
    public const uint Done = 0;
    public const uint JobStarted = 4096;
    public const uint Failed = 32768;
    public const uint AccessDenied = 32769;
    public const uint NotSupported = 32770;
    public const uint Timeout = 32772;
    public const uint InvalidParameter = 32773;
    public const uint InUse = 32774;
    public const uint InvalidState = 32775;
    public const uint NotAvailable = 32777;
    public const uint OutOfMemory = 32778;
    public const uint FileNotFound = 32779;
    public const uint GuestNotReady = 32780;
    public const uint GuestLocked = 32781;
    public const uint ShutdownInProgress = 32782;
}

/// <summary>The values of Msvm_ConcreteJob.JobState that occur here.</summary>
internal static class JobStates
{
    public const ushort Running = 4;
    public const ushort Completed = 7;
    public const ushort Terminated = 8;
    public const ushort Killed = 9;
    public const ushort Exception = 10;
    public const ushort CompletedWithWarnings = 32768;
}

/// <summary>The values of Msvm_ConcreteJob.JobType that occur here.</summary>
internal static class JobTypes
{
    public const ushort Define = 1;
    public const ushort Modify = 2;
    public const ushort Destroy = 3;
    public const ushort Start = 12;
    public const ushort PowerOff = 13;
    public const ushort Save = 14;
    public const ushort Restore = 15;
    public const ushort Pause = 26;
    public const ushort Resume = 27;
    public const ushort Reset = 28;
    public const ushort Reboot = 29;
    public const ushort AddResources = 30;
    public const ushort ModifyResources = 31;
    public const ushort RemoveResources = 32;
    public const ushort Merge = 50;
    public const ushort Snapshot = 70;
    public const ushort ApplySnapshot = 71;
    public const ushort DeleteSnapshot = 72;

    /// <summary>Jobs without a documented number of their own: virtual disks, migration.</summary>
    public const ushort Unknown = 0;
}
