using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Rules;
using ExchangeVirt.Operator.Observing;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Operator.Deciding;

/// <summary>Asks the support rules about one VM or one host, at the cost of that one alone.</summary>
public static class EstateVerdicts
{
    /// <summary>Judges a VM where it was seen.</summary>
    /// <returns>Empty where it was not seen, or its manifest does not say soundly what it is: nothing can be judged then.</returns>
    public static IReadOnlyList<RuleVerdict> Of(Situation situation, Caches caches)
    {
        if (
            situation.Invalid is not null
            || situation.Sighting.Seen is not { Host.Facts: { } facts } seen
            || caches.Hosts.Get(new ResourceKey(null, seen.Host.Name)) is not { } declared
        )
        {
            return [];
        }

        var estate = EstateBuilder.Build(
            [new EstateHostSource(caches.DefinitionOf(declared), facts with { VirtualMachines = [seen.Machine] })],
            new Dictionary<Guid, DesiredVirtualMachine> { [seen.Machine.Id] = situation.Desired },
            [],
            _ => situation.Policy,
            situation.Now
        );
        return SupportRules.EvaluateVirtualMachine(estate, situation.Key.ToString(), situation.Now);
    }

    /// <summary>Judges what a manifest asks for by itself, as if it were applied: a wish that breaks a rule is refused before anything is done.</summary>
    public static IReadOnlyList<RuleVerdict> OfDesired(Situation situation) =>
        OfDesired(situation.Desired, situation.Policy, situation.Now);

    /// <summary>Judges what a manifest asks for by itself.</summary>
    public static IReadOnlyList<RuleVerdict> OfDesired(DesiredVirtualMachine desired, Policy policy, DateTimeOffset now)
    {
        var estate = new Estate(
            new EstateFacts { TakenAt = now, VirtualMachines = [EstateBuilder.Declared(desired, policy)] }
        );
        return
        [
            .. SupportRules
                .EvaluateVirtualMachine(estate, desired.Key.ToString(), now)
                .Where(static verdict => verdict.Verdict is Verdict.Violated),
        ];
    }

    /// <summary>Judges a host with all its guests.</summary>
    public static IReadOnlyList<RuleVerdict> Of(HostDefinition host, ObservedHost? facts, DateTimeOffset now)
    {
        var estate = EstateBuilder.Build(
            [new EstateHostSource(host, facts)],
            new Dictionary<Guid, DesiredVirtualMachine>(),
            [],
            policyOf: null,
            now
        );
        return SupportRules.EvaluateHost(estate, host.Name, now);
    }
}
