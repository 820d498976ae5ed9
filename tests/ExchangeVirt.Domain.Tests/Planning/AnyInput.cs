using CsCheck;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;

namespace ExchangeVirt.Domain.Tests.Planning;

/// <summary>Makes arbitrary situations, most of them odd.</summary>
internal static class AnyInput
{
    private const int Choices = 32;

    /// <summary>Any situation at all.</summary>
    public static readonly Gen<PlanningInput> Any = Gen
        .Byte.Array[Choices]
        .Select(bytes => Build(new Chooser(bytes), tame: false));

    /// <summary>A situation that a working host leads out of: every fact known, the VM ours, no shutdown of ours in progress.</summary>
    public static readonly Gen<PlanningInput> Curable = Gen
        .Byte.Array[Choices]
        .Select(bytes => Build(new Chooser(bytes), tame: true));

    private static PlanningInput Build(Chooser choose, bool tame)
    {
        var policy = Some.Policy with
        {
            SavedState = tame ? SavedStatePolicy.DiscardAndColdBoot : choose.Of<SavedStatePolicy>(),
            RemoveUserCheckpoints = choose.Of<CheckpointRemoval>(),
            HostBackupVerified = choose.Yes(),
        };
        var desired = Some.Desired with
        {
            PowerState = choose.From<DesiredPowerState?>(
                null,
                DesiredPowerState.Running,
                DesiredPowerState.Running,
                DesiredPowerState.Stopped
            ),
            Generation = choose.From<int?>(null, 2),
            AdoptIfExists = choose.Yes(),
            AutomaticStart = choose.From(null, Some.Desired.AutomaticStart),
            Disks = choose.From(null, Some.Desired.Disks),
            NetworkAdapters = choose.From(null, Some.Desired.NetworkAdapters),
        };
        var observed = Observe(choose, tame);
        return Some.Input with
        {
            Policy = policy,
            Desired = desired,
            Observed = tame || choose.From(true, true, true, false) ? observed : null,
            AppliedGeneration = choose.From<long?>(null, 3, 4),
            AppliedPowerState = choose.From<DesiredPowerState?>(null, DesiredPowerState.Stopped),
            NeverStarted = choose.Yes(),
            VirtualMachineId = choose.From<Guid?>(Some.Id, Some.Id, null),
            Restart = tame ? null : AnyRestart(choose),
        };
    }

    private static ObservedVirtualMachine Observe(Chooser choose, bool tame)
    {
        var power = tame
            ? choose.From(PowerState.Running, PowerState.Running, PowerState.Off, PowerState.Saved)
            : choose.Of<PowerState>();
        return Some.Observed with
        {
            PowerState = power,
            PowerStateSince = choose.From<DateTimeOffset?>(
                tame ? Some.Now : null,
                Some.Now - TimeSpan.FromMinutes(1),
                Some.Now - TimeSpan.FromDays(1)
            ),
            HasSavedState =
                power == PowerState.Saved ? true
                : tame ? false
                : choose.From<bool?>(null, true, false, false),
            ProcessorCount = choose.From<int?>(tame ? 1 : null, 2, 8, 8),
            Memory = choose.From(
                tame ? Some.Observed.Memory : null,
                new ObservedMemory(ByteSize.FromGibibytes(64), Dynamic: true),
                new ObservedMemory(ByteSize.FromGibibytes(512), Dynamic: false),
                Some.Observed.Memory
            ),
            AutomaticStopAction = choose.Maybe<AutomaticStopAction>(tame),
            AutomaticStartAction = choose.Maybe<AutomaticStartAction>(tame),
            AutomaticRecoveryAction = choose.Maybe<AutomaticRecoveryAction>(tame),
            CheckpointType = choose.Maybe<CheckpointType>(tame),
            AutomaticCheckpoints = choose.From<bool?>(tame ? true : null, true, false),
            // A backup's checkpoint beside a saved state is a backup at work: waited for, not cured.
            Checkpoints = tame && power == PowerState.Saved ? [] : AnyCheckpoints(choose, tame),
            Disks = choose.From(tame ? [] : null, [], Some.Observed.Disks),
            NetworkAdapters = choose.From(
                tame ? [] : null,
                [],
                [new ObservedNetworkAdapter("nic1", "mapi", "lab", null)],
                Some.Observed.NetworkAdapters
            ),
            LastSuccessfulBackupAt = choose.From<DateTimeOffset?>(null, null, Some.Now),
            Owner = tame
                ? Some.Owner
                : choose.From(null, Some.Owner, Some.Owner, Some.Owner with { Installation = "other" }),
            ReplicationMode = tame
                ? ReplicationMode.None
                : choose.From<ReplicationMode?>(
                    ReplicationMode.None,
                    ReplicationMode.None,
                    null,
                    ReplicationMode.Replica
                ),
            Clustered = tame ? false : choose.From<bool?>(false, false, false, null, true),
        };
    }

    private static IReadOnlyList<ObservedCheckpoint>? AnyCheckpoints(Chooser choose, bool tame) =>
        choose.From<IReadOnlyList<ObservedCheckpoint>?>(
            tame ? [] : null,
            [],
            [],
            [Some.Checkpoint(CheckpointKind.User, "a"), Some.Checkpoint(CheckpointKind.User, "b")],
            [Some.Checkpoint(CheckpointKind.User, "a"), Some.Checkpoint(CheckpointKind.Recovery, "b")],
            [Some.Checkpoint(tame ? CheckpointKind.Planned : CheckpointKind.Replica)]
        );

    private static RestartOperation? AnyRestart(Chooser choose) =>
        choose.Yes()
            ? null
            : new RestartOperation(
                "op1",
                Some.Now - TimeSpan.FromHours(1),
                choose.From<DateTimeOffset?>(null, Some.Now - TimeSpan.FromHours(1), Some.Now),
                choose.Yes(),
                choose.From<DateTimeOffset?>(null, Some.Now),
                choose.From<DateTimeOffset?>(null, Some.Now)
            );

    /// <summary>Spends one byte on each choice, so that a failing case shrinks towards the first options.</summary>
    private sealed class Chooser(byte[] bytes)
    {
        private int _next;

        public T From<T>(params T[] options) => options[bytes[_next++ % bytes.Length] % options.Length];

        public bool Yes() => From(true, false);

        public T Of<T>()
            where T : struct, Enum => From(Enum.GetValues<T>());

        public T? Maybe<T>(bool known)
            where T : struct, Enum => known ? Of<T>() : From([null, .. Enum.GetValues<T>().Select(value => (T?)value)]);
    }
}
