using System.Text.Json.Serialization;

namespace ExchangeVirt.Resources.V1Alpha1;

/// <summary>Reads and writes the closed vocabularies of specs as words, never as numbers.</summary>
/// <typeparam name="T">The vocabulary.</typeparam>
public sealed class WordConverter<T>() : JsonStringEnumConverter<T>(namingPolicy: null, allowIntegerValues: false)
    where T : struct, Enum;

/// <summary>Versions of Exchange Server.</summary>
[JsonConverter(typeof(WordConverter<ExchangeVersion>))]
public enum ExchangeVersion
{
    /// <summary>Exchange Server 2016.</summary>
    Exchange2016,

    /// <summary>Exchange Server 2019.</summary>
    Exchange2019,

    /// <summary>Exchange Server Subscription Edition.</summary>
    ExchangeSE,
}

/// <summary>Roles of an Exchange server.</summary>
[JsonConverter(typeof(WordConverter<ExchangeRole>))]
public enum ExchangeRole
{
    /// <summary>Holds mailboxes.</summary>
    Mailbox,

    /// <summary>Carries mail in the perimeter network; never a member of a database availability group.</summary>
    EdgeTransport,
}

/// <summary>Windows versions that run as guests.</summary>
[JsonConverter(typeof(WordConverter<GuestOperatingSystem>))]
public enum GuestOperatingSystem
{
    /// <summary>Windows Server 2012.</summary>
    WindowsServer2012,

    /// <summary>Windows Server 2012 R2.</summary>
    WindowsServer2012R2,

    /// <summary>Windows Server 2016.</summary>
    WindowsServer2016,

    /// <summary>Windows Server 2019.</summary>
    WindowsServer2019,

    /// <summary>Windows Server 2022.</summary>
    WindowsServer2022,

    /// <summary>Windows Server 2025.</summary>
    WindowsServer2025,
}

/// <summary>Installation options of Windows Server.</summary>
[JsonConverter(typeof(WordConverter<GuestInstallation>))]
public enum GuestInstallation
{
    /// <summary>Server Core.</summary>
    Core,

    /// <summary>Server with Desktop Experience.</summary>
    DesktopExperience,
}

/// <summary>What Exchange or Windows keeps on a disk.</summary>
[JsonConverter(typeof(WordConverter<DiskPurpose>))]
public enum DiskPurpose
{
    /// <summary>Windows itself.</summary>
    OperatingSystem,

    /// <summary>Mailbox databases.</summary>
    Database,

    /// <summary>Transaction logs.</summary>
    Log,

    /// <summary>The transport queue database.</summary>
    Queue,

    /// <summary>Exchange's program files.</summary>
    Binaries,
}

/// <summary>Types of virtual hard disks that can be made.</summary>
[JsonConverter(typeof(WordConverter<VirtualHardDiskType>))]
public enum VirtualHardDiskType
{
    /// <summary>All space allocated when made.</summary>
    Fixed,

    /// <summary>Space allocated as it is written.</summary>
    Dynamic,
}

/// <summary>Power states that can be asked for.</summary>
[JsonConverter(typeof(WordConverter<RequestedPowerState>))]
public enum RequestedPowerState
{
    /// <summary>Started and kept running.</summary>
    Running,

    /// <summary>Shut down and kept off.</summary>
    Stopped,
}

/// <summary>What Hyper-V does with a virtual machine when its host starts.</summary>
[JsonConverter(typeof(WordConverter<StartAction>))]
public enum StartAction
{
    /// <summary>Leaves it off.</summary>
    Nothing,

    /// <summary>Starts it if it ran when the host stopped.</summary>
    StartIfRunning,

    /// <summary>Always starts it.</summary>
    Start,
}

/// <summary>Whether drift is corrected or only reported.</summary>
[JsonConverter(typeof(WordConverter<Enforcement>))]
public enum Enforcement
{
    /// <summary>Report only; the stricter of the two.</summary>
    Observe,

    /// <summary>Correct.</summary>
    Enforce,
}

/// <summary>When a virtual machine may be disrupted.</summary>
[JsonConverter(typeof(WordConverter<Disruption>))]
public enum Disruption
{
    /// <summary>Never by the operator.</summary>
    Never,

    /// <summary>After a person approved the very plan.</summary>
    Approval,

    /// <summary>Within a window of the policy.</summary>
    MaintenanceWindow,

    /// <summary>At any time.</summary>
    Anytime,
}

/// <summary>Whether a virtual machine that already exists is taken over.</summary>
[JsonConverter(typeof(WordConverter<Adoption>))]
public enum Adoption
{
    /// <summary>Never.</summary>
    Never,

    /// <summary>If one of that name exists.</summary>
    IfExists,
}

/// <summary>What becomes of the virtual machine when its resource is deleted.</summary>
[JsonConverter(typeof(WordConverter<DeletionPolicy>))]
public enum DeletionPolicy
{
    /// <summary>It stays as it is.</summary>
    Retain,

    /// <summary>It is unregistered once it is off; its files stay.</summary>
    Delete,
}

/// <summary>What is being done to a host.</summary>
[JsonConverter(typeof(WordConverter<HostMaintenance>))]
public enum HostMaintenance
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Its virtual machines are moved away.</summary>
    Drain,
}

/// <summary>How strictly members of a group are kept on different hosts.</summary>
[JsonConverter(typeof(WordConverter<AntiAffinity>))]
public enum AntiAffinity
{
    /// <summary>Two members never share a host.</summary>
    Required,

    /// <summary>Two members share a host only where nothing else fits.</summary>
    Preferred,
}

/// <summary>How strictly members of a group are kept in different fault domains.</summary>
[JsonConverter(typeof(WordConverter<FaultDomainSpread>))]
public enum FaultDomainSpread
{
    /// <summary>Fault domains hold equally many members, give or take one.</summary>
    Required,

    /// <summary>Emptier fault domains are preferred.</summary>
    Preferred,

    /// <summary>Fault domains are not looked at.</summary>
    Ignore,
}

/// <summary>Who puts a member into Exchange's maintenance mode before a restart.</summary>
[JsonConverter(typeof(WordConverter<MaintenanceHook>))]
public enum MaintenanceHook
{
    /// <summary>A program of the user's.</summary>
    Command,

    /// <summary>A person, who says so for this virtual machine and this boot.</summary>
    Attested,

    /// <summary>Nobody.</summary>
    None,
}

/// <summary>What is done about a virtual machine in saved state.</summary>
[JsonConverter(typeof(WordConverter<SavedStatePolicy>))]
public enum SavedStatePolicy
{
    /// <summary>Reported.</summary>
    Report,

    /// <summary>The saved state is discarded and the guest boots; what was only in its memory is lost.</summary>
    DiscardAndColdBoot,
}

/// <summary>When virtual machines are moved for balance.</summary>
[JsonConverter(typeof(WordConverter<Rebalance>))]
public enum Rebalance
{
    /// <summary>Never, nor proposed.</summary>
    Never,

    /// <summary>Proposed only.</summary>
    Propose,

    /// <summary>Within a window of the policy.</summary>
    MaintenanceWindow,

    /// <summary>At any time.</summary>
    Anytime,
}

/// <summary>How the host's own use counts in the ratio of virtual processors to physical cores.</summary>
[JsonConverter(typeof(WordConverter<HostAccounting>))]
public enum HostAccounting
{
    /// <summary>The host's use is added to the guests' virtual processors.</summary>
    CountHostAsVirtualProcessors,

    /// <summary>Only guests count.</summary>
    GuestsOnly,

    /// <summary>The host's use is taken off the physical cores.</summary>
    ReserveCores,
}

/// <summary>When checkpoints that people took are merged.</summary>
[JsonConverter(typeof(WordConverter<CheckpointRemoval>))]
public enum CheckpointRemoval
{
    /// <summary>Never; reported.</summary>
    Never,

    /// <summary>Within a window of the policy.</summary>
    MaintenanceWindow,

    /// <summary>At any time.</summary>
    Anytime,
}

/// <summary>Ways to move a virtual machine; there is no quick migration, since it saves state.</summary>
[JsonConverter(typeof(WordConverter<MigrationMethod>))]
public enum MigrationMethod
{
    /// <summary>While it runs.</summary>
    Live,

    /// <summary>Shut down, moved, started.</summary>
    Cold,
}

/// <summary>What a rule can be about.</summary>
[JsonConverter(typeof(WordConverter<SubjectKind>))]
public enum SubjectKind
{
    /// <summary>A HyperVHost.</summary>
    Host,

    /// <summary>An ExchangeVirtualMachine.</summary>
    VirtualMachine,

    /// <summary>A disk, as <c>vm/disk</c>.</summary>
    Disk,

    /// <summary>A DatabaseAvailabilityGroup.</summary>
    AvailabilityGroup,

    /// <summary>A failover cluster.</summary>
    Cluster,

    /// <summary>A move.</summary>
    Migration,

    /// <summary>A virtual machine in a public cloud.</summary>
    Azure,
}
