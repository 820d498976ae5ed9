using ExchangeVirt.Agent.Contract.Wire;

namespace ExchangeVirt.Cli.Simulation;

/// <summary>Writes changes to a simulated VM as the wire has them.</summary>
internal static class SimulatedChanges
{
    /// <summary>Sets a setting.</summary>
    public static SimulatedChange Set(string name, string value) =>
        new()
        {
            Set = new SimulatedSetting { Name = name, Value = value },
        };

    /// <summary>Does something, such as taking a checkpoint.</summary>
    public static SimulatedChange Do(string name, string? argument)
    {
        var action = new SimulatedAction { Name = name };
        if (argument is not null)
        {
            action.Argument = argument;
        }

        return new SimulatedChange { Do = action };
    }
}
