using Spectre.Console;

namespace ExchangeVirt.Cli.Demo;

/// <summary>Draws a demonstration on a terminal: the estate as tables that change in place, and below them what happened last.</summary>
/// <param name="live">The part of the terminal that is drawn on.</param>
/// <param name="clock">What the seconds are told by.</param>
internal sealed class LiveScreen(LiveDisplayContext live, TimeProvider clock) : IDemoScreen
{
    private const int BarWidth = 24;
    private const int LinesKept = 7;

    private readonly long _start = clock.GetTimestamp();
    private readonly Queue<string> _said = new();
    private string _chapter = "";
    private EstateView _estate = EstateView.Empty;

    /// <inheritdoc />
    public void Chapter(string title)
    {
        _chapter = title;
        Draw();
    }

    /// <inheritdoc />
    public void Say(string message)
    {
        _said.Enqueue($"{clock.GetElapsedTime(_start).TotalSeconds, 5:0.0}s  {message}");
        while (_said.Count > LinesKept)
        {
            _said.Dequeue();
        }

        Draw();
    }

    /// <inheritdoc />
    public void Show(EstateView estate)
    {
        _estate = estate;
        Draw();
    }

    private void Draw() =>
        live.UpdateTarget(
            new Rows([
                new Rule($"[bold]{Markup.Escape(_chapter)}[/]").LeftJustified(),
                Hosts(),
                Machines(),
                .. _said.Select(static line => new Text(line)),
            ])
        );

    private Table Hosts()
    {
        var table = new Table()
            .Border(TableBorder.Rounded)
            .AddColumns("Host", "Rack", "Cores", "vCPU", "Ratio, limit 2:1", "");
        foreach (var host in _estate.Hosts.Select(HostLine.Of))
        {
            table.AddRow(
                new Text(host.Name),
                new Text(host.FaultDomain),
                new Text($"{host.PhysicalCores}"),
                new Text($"{host.VirtualProcessors}"),
                Bar(host.OverallRatio),
                new Text(host.OverallRatio is { } ratio ? $"{ratio:0.00}" : "?")
            );
        }

        return table;
    }

    private static Markup Bar(decimal? ratio)
    {
        // The bar is full at the limit; what is above stands out in red.
        var filled = (int)Math.Ceiling((ratio ?? 0) / HostLine.Limit * BarWidth);
        var colour = ratio switch
        {
            > HostLine.Limit => "red",
            > 1 => "yellow",
            _ => "green",
        };
        var within = Math.Min(filled, BarWidth);
        return new Markup(
            $"[{colour}]{new string('█', within)}[/]{new string('░', BarWidth - within)}[red]{new string('█', filled - within)}[/]"
        );
    }

    private Table Machines()
    {
        var table = new Table()
            .Border(TableBorder.Rounded)
            .AddColumns("VM", "Host", "Power", "Settings", "Ready", "What is pending, and why");
        foreach (var machine in _estate.Machines.Select(MachineLine.Of))
        {
            var settings = machine.Settings == 0 ? "" : $"{machine.InSync}/{machine.Settings}";
            table.AddRow(
                new Text(machine.Name),
                new Text(machine.Host),
                Coloured(machine.Power, machine.Power == "Running"),
                Coloured(settings, machine.InSync == machine.Settings),
                Coloured(machine.Ready, machine.Ready == "True"),
                new Text(machine.Doing)
            );
        }

        return table;
    }

    private static Text Coloured(string text, bool good) =>
        new Text(text, new Style(good ? Color.Green : Color.Yellow));
}
