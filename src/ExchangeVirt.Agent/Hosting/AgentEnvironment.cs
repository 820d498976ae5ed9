using ExchangeVirt.HyperV;

namespace ExchangeVirt.Agent.Hosting;

/// <summary>What an agent takes from outside: the host, time and chance.</summary>
/// <param name="Driver">The host.</param>
/// <param name="Time">The clock.</param>
/// <param name="NewGuid">Gives identifiers.</param>
/// <param name="Chance">Gives numbers from 0 up to 1.</param>
public sealed record AgentEnvironment(IHyperVDriver Driver, TimeProvider Time, Func<Guid> NewGuid, Func<double> Chance);
