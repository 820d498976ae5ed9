using System.Globalization;
using ExchangeVirt.Cli.Output;
using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Cli.Status;

/// <summary>Lays an overview out on one screen. Pure.</summary>
/// <param name="overview">The overview.</param>
/// <param name="width">The columns that there are.</param>
internal sealed class StatusScreen(EstateOverview overview, int width)
{
    /// <summary>What does not fit on a screen is counted, and found by other commands.</summary>
    private const int LongestSection = 10;

    /// <summary>What a host's line takes beside its name and its bars.</summary>
    private const int OtherColumns = 56;

    private readonly DateTimeOffset _now = overview.At;

    /// <summary>Gives the lines.</summary>
    public IReadOnlyList<ScreenLine> Lines() =>
        [
            .. Head(),
            .. Section("HOSTS", overview.Hosts.Count, "exvirt get hvhost", overview.Hosts.Count == 0 ? [] : Hosts()),
            .. Section("DAGS", overview.Groups.Count, "exvirt get exdag -A", Groups()),
            .. Section("POLICIES AND WINDOWS", overview.Policies.Count, "exvirt get virtpol", Policies()),
            .. Section("NOT AS DECLARED", overview.Drift.Count, "exvirt status -o json", Drift()),
            .. Section("RESTARTS", overview.Restarts.Count, "exvirt plan -A", Restarts(), linesEach: 2),
            .. Section("UNSUPPORTED", overview.Unsupported.Count, "exvirt status -o json", Unsupported()),
            .. Section("NOT READY", overview.NotReady.Count, "exvirt get -A", NotReady(), linesEach: 3),
            .. Remarks(),
        ];

    private IEnumerable<ScreenLine> Head()
    {
        var who = overview.Operator;
        yield return new ScreenLine(
            new Piece("Estate    ", Tone.Heading),
            overview.Place,
            overview.Namespace is { } only ? $", namespace {only}" : "",
            $": {Number(overview.Hosts.Count, "host")}, {Number(overview.Groups.Count, "DAG")}, {Number(overview.Machines.All, "machine")}"
        ).Within(width);
        yield return new ScreenLine(
            new Piece("Operator  ", Tone.Heading),
            who.State switch
            {
                OperatorState.Working => new Piece("works", Tone.Good),
                OperatorState.Ended => new Piece("has ended", Tone.Notable),
                OperatorState.Gone => new Piece("DOES NOT WORK", Tone.Bad),
                _ => "",
            },
            who switch
            {
                { Holder: { } holder, State: OperatorState.Working, RenewedAt: null } =>
                    $": {holder} has the directory since {Ago(who.Since)}",
                { Holder: { } holder, State: OperatorState.Ended } =>
                    $": {holder} took the directory {Ago(who.Since)} ago",
                { Holder: { } holder, State: OperatorState.Working } =>
                    $": {holder} leads since {Ago(who.Since)}, said so {Ago(who.RenewedAt)} ago",
                { Holder: { } holder, State: OperatorState.Gone } =>
                    $": {holder} led and is silent since {Ago(who.RenewedAt)}",
                { State: OperatorState.Gone } => ": nobody leads",
                { Holder: { } holder } => $"{holder} took the directory {Ago(who.Since)} ago, and may have ended",
                _ => "who works is not known",
            },
            // The beginning tells installations apart; the whole is in the JSON.
            who.Installation
                is { } installation
                ? $", installation {installation.Split('-')[0]}"
                : ""
        ).Within(width);
        if (Paused(who) is { } paused)
        {
            yield return paused.Within(width);
        }

        var counts = overview.Machines;
        yield return new ScreenLine(
            new Piece("Machines  ", Tone.Heading),
            Count(counts.Ready, counts.All, "Ready"),
            ", ",
            Count(counts.Synced, counts.All, "as declared"),
            $", {Number(overview.Restarts.Count, "restart")} pending, ",
            overview.Unsupported.Count == 0
                ? new Piece("nothing unsupported", Tone.Good)
                : new Piece($"{overview.Unsupported.Count} unsupported", Tone.Bad)
        ).Within(width);
    }

    // Three things that must not be taken for one another: pulled by a person, taken for pulled, and not known.
    private ScreenLine? Paused(OperatorOverview who) =>
        who switch
        {
            { Paused: { Assumed: true } supposed } => new ScreenLine(
                new Piece("Paused    ", Tone.Heading),
                new Piece("TAKEN FOR PULLED", Tone.Bad),
                $": {supposed.Reason}"
            ),
            { Paused: { } pulled } => new ScreenLine(
                new Piece("Paused    ", Tone.Heading),
                new Piece("EVERYTHING", Tone.Bad),
                $" by {pulled.By}{(pulled.At == default ? "" : $", {Ago(pulled.At)} ago")}{(pulled.Reason.Length == 0 ? "" : $": {pulled.Reason}")}"
            ),
            { PauseUnread: not null } => new ScreenLine(
                new Piece("Paused    ", Tone.Heading),
                new Piece("not known", Tone.Notable),
                ": the switch could not be read from here, see below"
            ),
            _ => null,
        };

    private IEnumerable<ScreenLine> Hosts()
    {
        // The three bars take what the other columns leave, and no more than reads well.
        var names = overview.Hosts.Max(static host => host.Name.Length);
        var bar = Math.Clamp((width - OtherColumns - names) / 3, 4, 14);
        var table = new ScreenTable("NAME", "GUESTS", "WITH HOST", "LIMIT", "MEMORY", "STATE");
        foreach (var host in overview.Hosts)
        {
            table.Add(
                [host.Name],
                Bar(host.GuestRatio, host.LimitRatio, bar, Decimal(host.GuestRatio)),
                Bar(host.OverallRatio, host.LimitRatio, bar, Decimal(host.OverallRatio)),
                [Decimal(host.LimitRatio)],
                Bar(
                    host.MemoryAssigned,
                    host.MemoryForGuests,
                    bar,
                    $"{Bytes(host.MemoryAssigned)}/{Bytes(host.MemoryForGuests)}"
                ),
                [
                    new Piece(host.Ready ? "Ready" : "", Tone.Good),
                    new Piece(
                        host.Remark is null ? "" : $"{(host.Ready ? ", " : "")}{host.Remark}",
                        host.Ready ? Tone.Notable : Tone.Bad
                    ),
                ]
            );
        }

        return table.Lines();
    }

    private IEnumerable<ScreenLine> Groups()
    {
        var table = new ScreenTable("NAME", "MEMBERS", "AVAILABLE", "VOTES", "QUORUM", "MAY GO DOWN", "SLOT");
        foreach (var group in overview.Groups)
        {
            table.Add(
                [group.Name],
                [Text(group.Members)],
                [new Piece(Text(group.Available), group.Available < group.Members ? Tone.Notable : Tone.Plain)],
                [Text(group.Votes)],
                [Text(group.Quorum)],
                [Text(group.MayGoDown)],
                [
                    group.Slots.Count == 0
                        ? new Piece("free", Tone.Faint)
                        : new Piece(
                            string.Join(
                                "; ",
                                group.Slots.Select(slot => $"{slot.Member}, {Ago(slot.Since)}: {slot.Reason}")
                            ),
                            Tone.Notable
                        ),
                ]
            );
        }

        return table.Lines();
    }

    private IEnumerable<ScreenLine> Policies()
    {
        var table = new ScreenTable("NAME", "ENFORCEMENT", "DISRUPTION", "NEXT WINDOW");
        foreach (var policy in overview.Policies)
        {
            table.Add(
                [policy.Name, new Piece(policy.BuiltIn ? " (built in)" : "", Tone.Faint)],
                [
                    new Piece(policy.Enforcement, policy.Enforcement == "Enforce" ? Tone.Good : Tone.Notable),
                    new Piece(policy.Paused ? ", PAUSED" : "", Tone.Bad),
                ],
                [policy.Disruption],
                [Window(policy)]
            );
        }

        return table.Lines();
    }

    private Piece Window(PolicyOverview policy) =>
        policy switch
        {
            { Problem: { } problem } => new Piece(problem, Tone.Bad),
            { Window: null } => new Piece(
                "none defined",
                policy.Disruption == "MaintenanceWindow" ? Tone.Notable : Tone.Faint
            ),
            { Window: { IsOpen: true } open } => new Piece(
                $"{open.Name} is open, closes in {Age.Text(open.ClosesAt - _now)}",
                Tone.Good
            ),
            { Window: { } next } =>
                $"{next.Name} opens in {Age.Text(next.OpensAt - _now)}, at {Utc(next.OpensAt)}, for {Age.Text(next.ClosesAt - next.OpensAt)}",
        };

    private IEnumerable<ScreenLine> Drift()
    {
        var table = new ScreenTable("MACHINE", "SETTING", "STATE", "SINCE", "WAITS FOR", "IS, AND SHOULD BE");
        foreach (var drift in overview.Drift)
        {
            table.Add(
                [drift.Machine],
                [drift.Setting],
                [new Piece(drift.State, drift.State is "Contended" ? Tone.Bad : Tone.Notable)],
                [Ago(drift.Since)],
                [drift.WaitsFor ?? "-"],
                [$"{drift.Observed ?? "not known"} -> {drift.Desired}"]
            );
        }

        return table.Lines();
    }

    private IEnumerable<ScreenLine> Restarts()
    {
        foreach (var restart in overview.Restarts)
        {
            var settings = restart.Settings.Count == 0 ? "" : $" for {string.Join(", ", restart.Settings)}";
            yield return restart.Stage is { } stage
                ? new ScreenLine(restart.Machine, settings, new Piece($": under way, {stage}", Tone.Notable))
                : new ScreenLine(
                    restart.Machine,
                    settings,
                    restart.WaitsFor is null ? ": comes next" : $": waits for {restart.WaitsFor}",
                    restart.NotBefore is { } time ? $", not before {Utc(time)} (in {Age.Text(time - _now)})" : ""
                );
            foreach (var line in ScreenLine.Wrap(restart.Message ?? "", width - 2, lines: 1))
            {
                yield return new ScreenLine(new Piece($"  {line}", Tone.Faint));
            }
        }
    }

    private IEnumerable<ScreenLine> Unsupported()
    {
        var table = new ScreenTable("OBJECT", "RULE", "SINCE", "WHAT IS WRONG");
        foreach (var violation in overview.Unsupported)
        {
            var subject = violation.Subject.Length == 0 ? "" : $" ({violation.Subject})";
            table.Add(
                [violation.Object],
                [new Piece($"{violation.Rule}{subject}", Tone.Bad)],
                [Ago(violation.Since)],
                [violation.Message ?? ""]
            );
        }

        return table.Lines();
    }

    private IEnumerable<ScreenLine> NotReady()
    {
        foreach (var each in overview.NotReady)
        {
            var reason = each.Reason.Length == 0 ? "" : $" {each.Reason}";
            yield return new ScreenLine(
                each.Object,
                new Piece(each.Stalled ? $"{reason}, needs a person" : reason, each.Stalled ? Tone.Bad : Tone.Notable),
                each.Since is null ? "" : $", since {Ago(each.Since)}"
            );
            foreach (var line in ScreenLine.Wrap(each.Message, width - 2, lines: 2))
            {
                yield return new ScreenLine(new Piece($"  {line}", Tone.Faint));
            }
        }
    }

    private IEnumerable<ScreenLine> Remarks() =>
        overview.Remarks.Count == 0
            ? []
            :
            [
                new ScreenLine(""),
                new ScreenLine(new Piece("NOT SHOWN", Tone.Heading)),
                .. overview.Remarks.SelectMany(remark =>
                    ScreenLine
                        .Wrap(remark, width - 2, lines: 6)
                        .Select((line, index) => new ScreenLine(index == 0 ? line : $"  {line}"))
                ),
            ];

    // A section without anything in it is left out: silence is good news.
    private IEnumerable<ScreenLine> Section(
        string title,
        int count,
        string more,
        IEnumerable<ScreenLine> lines,
        int linesEach = 1
    )
    {
        if (count == 0)
        {
            yield break;
        }

        yield return new ScreenLine("");
        yield return new ScreenLine(new Piece(title, Tone.Heading));
        // Where each takes one line, the headings are one more.
        var longest = linesEach == 1 ? LongestSection + 1 : LongestSection * linesEach;
        foreach (var line in lines.Take(longest))
        {
            yield return line.Within(width);
        }

        if (count > LongestSection)
        {
            yield return new ScreenLine(new Piece($"… {count} in all: {more}{overview.CommandOptions}", Tone.Faint));
        }
    }

    private static Piece[] Bar(decimal? value, decimal? limit, int bar, string text)
    {
        if (value is not { } amount || limit is not ({ } most and > 0))
        {
            return [new Piece(new string('░', bar), Tone.Faint), $" {text}"];
        }

        var share = amount / most;
        var filled = (int)Math.Clamp(Math.Ceiling(share * bar), 0, bar);
        var tone = share switch
        {
            > 1 => Tone.Bad,
            > 0.9m => Tone.Notable,
            _ => Tone.Good,
        };
        return
        [
            new Piece(new string('█', filled), tone),
            new Piece(new string('░', bar - filled), Tone.Faint),
            new Piece($" {text}", tone is Tone.Bad ? Tone.Bad : Tone.Plain),
        ];
    }

    private static Piece Count(int some, int all, string what) =>
        new($"{some} of {all} {what}", some == all ? Tone.Good : Tone.Notable);

    private static string Number(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";

    private static string Text(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "-";

    private static string Decimal(decimal? ratio) => ratio?.ToString("0.00", CultureInfo.InvariantCulture) ?? "-";

    private static string Bytes(long? bytes)
    {
        if (bytes is not { } count)
        {
            return "-";
        }

        // Whole gibibytes are exact enough for a screen.
        return new ByteSize(count >> 30 << 30).ToString();
    }

    private string Ago(DateTimeOffset? then) => then is { } time ? Age.Since(time, _now) : "-";

    private static string Utc(DateTimeOffset time) =>
        time.UtcDateTime.ToString("ddd yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
}
