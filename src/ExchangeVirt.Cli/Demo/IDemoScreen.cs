namespace ExchangeVirt.Cli.Demo;

/// <summary>Shows a demonstration as it goes.</summary>
internal interface IDemoScreen
{
    /// <summary>Begins a chapter.</summary>
    void Chapter(string title);

    /// <summary>Tells something that happened.</summary>
    void Say(string message);

    /// <summary>Shows how the estate stands, where that differs from what was shown last.</summary>
    void Show(EstateView estate);
}
