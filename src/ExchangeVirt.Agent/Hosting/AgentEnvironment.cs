using ExchangeVirt.HyperV;

namespace ExchangeVirt.Agent.Hosting;

/// <summary>What an agent takes from outside: the host, time and chance.</summary>
/// <param name="OpenDriver">Opens the host; it is told how to learn which installation is obeyed, null while none is.</param>
/// <param name="Time">The clock.</param>
/// <param name="NewGuid">Gives identifiers.</param>
/// <param name="Chance">Gives numbers from 0 up to 1.</param>
public sealed record AgentEnvironment(
    Func<Func<string?>, IHyperVDriver> OpenDriver,
    TimeProvider Time,
    Func<Guid> NewGuid,
    Func<double> Chance
);
