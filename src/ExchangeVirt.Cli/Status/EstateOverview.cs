using System.Text.Json.Serialization;

namespace ExchangeVirt.Cli.Status;

/// <summary>Says on one screen how an estate stands. All of it is read off listed objects and the time.</summary>
internal sealed record EstateOverview
{
    /// <summary>The moment.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Where the estate is: an API server or a directory.</summary>
    public required string Place { get; init; }

    /// <summary>What a command line says to mean that place, with a leading blank, for advice.</summary>
    [JsonIgnore]
    public string CommandOptions { get; init; } = "";

    /// <summary>The namespace whose machines and groups are told; null where it is all.</summary>
    public string? Namespace { get; init; }

    /// <summary>The operator itself.</summary>
    public required OperatorOverview Operator { get; init; }

    /// <summary>The hosts, by name.</summary>
    public IReadOnlyList<HostOverview> Hosts { get; init; } = [];

    /// <summary>The database availability groups, by namespace and name.</summary>
    public IReadOnlyList<GroupOverview> Groups { get; init; } = [];

    /// <summary>How many machines there are, and how many of them are well.</summary>
    public required MachineCounts Machines { get; init; }

    /// <summary>The settings that are not as declared, those that are so for longest first.</summary>
    public IReadOnlyList<DriftOverview> Drift { get; init; } = [];

    /// <summary>The machines that are to be restarted, or are being.</summary>
    public IReadOnlyList<RestartOverview> Restarts { get; init; } = [];

    /// <summary>The policies with their windows, by name; the built-in one where none is named default.</summary>
    public IReadOnlyList<PolicyOverview> Policies { get; init; } = [];

    /// <summary>What breaks a rule that Microsoft's support rests on.</summary>
    public IReadOnlyList<ViolationOverview> Unsupported { get; init; } = [];

    /// <summary>The objects that are not Ready.</summary>
    public IReadOnlyList<NotReadyOverview> NotReady { get; init; } = [];

    /// <summary>What could not be looked up, and what is damaged.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>Whether every object is Ready, and in a cluster an operator works.</summary>
    public bool AllWell => NotReady.Count == 0 && Operator.State is not OperatorState.Gone;
}

/// <summary>Whether an operator works.</summary>
internal enum OperatorState
{
    /// <summary>It cannot be told from here.</summary>
    Unknown,

    /// <summary>It says so again and again, or its process runs.</summary>
    Working,

    /// <summary>It worked on a directory, and its process runs no longer.</summary>
    Ended,

    /// <summary>Nobody leads, or the leader has been silent for longer than its lease lasts.</summary>
    Gone,
}

/// <summary>How the operator itself stands.</summary>
/// <param name="State">Whether it works.</param>
/// <param name="Holder">Who leads, or did last.</param>
/// <param name="Since">Since when.</param>
/// <param name="RenewedAt">When it last said so.</param>
/// <param name="Installation">The installation's id.</param>
/// <param name="Paused">The switch that stops everything, where it is pulled or taken for pulled.</param>
/// <param name="PauseUnread">Why it is not known whether that switch is pulled; null where it is known.</param>
internal sealed record OperatorOverview(
    OperatorState State,
    string? Holder,
    DateTimeOffset? Since,
    DateTimeOffset? RenewedAt,
    string? Installation,
    PausedOverview? Paused,
    string? PauseUnread
);

/// <summary>The switch that stops everything, where it is pulled or taken for pulled.</summary>
/// <param name="By">Who pulled it.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When.</param>
/// <param name="Assumed">Whether nobody is known to have pulled it: it is damaged, and the operator takes it for pulled.</param>
internal sealed record PausedOverview(string By, string Reason, DateTimeOffset At, bool Assumed);

/// <summary>How one host stands.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Cores">Its physical cores.</param>
/// <param name="GuestRatio">Virtual processors of all guests over physical cores.</param>
/// <param name="OverallRatio">The same with the host's own use.</param>
/// <param name="LimitRatio">The most that its policy allows.</param>
/// <param name="MemoryAssigned">What guests are assigned, in bytes.</param>
/// <param name="MemoryForGuests">All memory but what is kept for the host, in bytes.</param>
/// <param name="Ready">Whether its agent answers.</param>
/// <param name="Remark">Cordoned, draining, or what is wrong; null where nothing is.</param>
internal sealed record HostOverview(
    string Name,
    int? Cores,
    decimal? GuestRatio,
    decimal? OverallRatio,
    decimal LimitRatio,
    long? MemoryAssigned,
    long? MemoryForGuests,
    bool Ready,
    string? Remark
);

/// <summary>How one database availability group stands.</summary>
/// <param name="Name">Its namespace and name.</param>
/// <param name="Members">Its members.</param>
/// <param name="Available">Those that are available.</param>
/// <param name="Votes">All votes.</param>
/// <param name="Quorum">The votes that are needed.</param>
/// <param name="MayGoDown">How many further members may be taken down now.</param>
/// <param name="Slots">Who holds a slot, for what and since when.</param>
internal sealed record GroupOverview(
    string Name,
    int? Members,
    int? Available,
    int? Votes,
    int? Quorum,
    int? MayGoDown,
    IReadOnlyList<SlotOverview> Slots
);

/// <summary>A member that holds its group's slot.</summary>
/// <param name="Member">The member.</param>
/// <param name="Reason">What for.</param>
/// <param name="Since">Since when.</param>
internal sealed record SlotOverview(string Member, string? Reason, DateTimeOffset? Since);

/// <summary>Counts machines.</summary>
/// <param name="All">All of them.</param>
/// <param name="Ready">Those that are Ready.</param>
/// <param name="Synced">Those whose settings are all as declared.</param>
internal sealed record MachineCounts(int All, int Ready, int Synced);

/// <summary>One setting that is not as declared.</summary>
/// <param name="Machine">The machine's namespace and name.</param>
/// <param name="Setting">The setting.</param>
/// <param name="Observed">What it is; null where that is not known.</param>
/// <param name="Desired">What it should be.</param>
/// <param name="State">How it stands, in status' word.</param>
/// <param name="Since">Since when.</param>
/// <param name="WaitsFor">The gate that it waits for; null where none is told.</param>
internal sealed record DriftOverview(
    string Machine,
    string Setting,
    string? Observed,
    string? Desired,
    string State,
    DateTimeOffset? Since,
    string? WaitsFor
);

/// <summary>One machine that is to be restarted, or is being.</summary>
/// <param name="Machine">The machine's namespace and name.</param>
/// <param name="Settings">What the restart is for.</param>
/// <param name="Stage">How far it is; null where it has not begun.</param>
/// <param name="WaitsFor">The gate that it waits for; null where it does not wait.</param>
/// <param name="NotBefore">When that gate opens, where it is known.</param>
/// <param name="Message">Why it waits.</param>
internal sealed record RestartOverview(
    string Machine,
    IReadOnlyList<string> Settings,
    string? Stage,
    string? WaitsFor,
    DateTimeOffset? NotBefore,
    string? Message
);

/// <summary>One policy, with the window that is open or opens next.</summary>
/// <param name="Name">Its name.</param>
/// <param name="BuiltIn">Whether it is the built-in one, because none is named default.</param>
/// <param name="Enforcement">Whether drift is corrected.</param>
/// <param name="Disruption">When machines may be disrupted.</param>
/// <param name="Paused">Whether a person stopped everything under it.</param>
/// <param name="Window">The window that is open or opens next; null where none is defined.</param>
/// <param name="Problem">Why no window can be told.</param>
internal sealed record PolicyOverview(
    string Name,
    bool BuiltIn,
    string Enforcement,
    string Disruption,
    bool Paused,
    WindowOverview? Window,
    string? Problem
);

/// <summary>A window that is open or opens next.</summary>
/// <param name="Name">Its name.</param>
/// <param name="OpensAt">When it opens, or opened.</param>
/// <param name="ClosesAt">When it closes.</param>
/// <param name="IsOpen">Whether it is open now.</param>
internal sealed record WindowOverview(string Name, DateTimeOffset OpensAt, DateTimeOffset ClosesAt, bool IsOpen);

/// <summary>One rule of Microsoft's support that is broken.</summary>
/// <param name="Object">The object, such as <c>hvhost/hv01</c>.</param>
/// <param name="Rule">The rule.</param>
/// <param name="Subject">What within the object breaks it; empty for the object itself.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Since">Since when.</param>
internal sealed record ViolationOverview(
    string Object,
    string Rule,
    string Subject,
    string? Message,
    DateTimeOffset? Since
);

/// <summary>One object that is not Ready.</summary>
/// <param name="Object">The object, such as <c>exvm/messaging/ex01</c>.</param>
/// <param name="Reason">The reason that its condition gives; empty where there is none.</param>
/// <param name="Message">What is so, and the next step.</param>
/// <param name="Since">Since when.</param>
/// <param name="Stalled">Whether only a person or a change of spec can help.</param>
internal sealed record NotReadyOverview(
    string Object,
    string Reason,
    string Message,
    DateTimeOffset? Since,
    bool Stalled
);
