using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Planning;

/// <summary>Writes settings the way status shows them to people.</summary>
internal static class SettingWords
{
    public const string None = "None";

    public static string FixedMemory(ByteSize size) => $"{size} fixed";

    public static string Memory(ObservedMemory memory) =>
        memory.Dynamic
            ? $"{memory.Minimum ?? memory.Startup} to {memory.Maximum ?? memory.Startup} dynamic"
            : FixedMemory(memory.Startup);

    public static string Switch(bool on) => on ? "On" : "Off";

    public static string AutomaticStart(AutomaticStartAction action, TimeSpan? delay) =>
        delay is { } time ? $"{action} after {(long)time.TotalSeconds} s" : action.ToString();

    public static string Adapter(string? switchName, int? vlanId) =>
        $"{(switchName is null ? "disconnected" : $"switch {switchName}")}, {(vlanId is { } id ? $"VLAN {id}" : "untagged")}";

    public static string Checkpoints(IReadOnlyList<ObservedCheckpoint> checkpoints) =>
        checkpoints.Count == 0
            ? None
            : string.Join(
                ", ",
                checkpoints.GroupBy(c => c.Kind).OrderBy(g => g.Key).Select(g => $"{g.Count()} {g.Key}")
            );
}
