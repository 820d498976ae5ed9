using System.Collections.Immutable;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.Model;

namespace ExchangeVirt.HyperV.Simulator.Engine;

/// <summary>What a method answers.</summary>
/// <param name="Code">The return value.</param>
/// <param name="Why">For a refusal: the reason in words. WMI does not carry it with the code; the control surface does.</param>
/// <param name="Job">The job, exactly where the code is 4096.</param>
/// <param name="Results">What was made or changed, where it was done at once.</param>
internal sealed record Answer(uint Code, string Why, CimPath? Job, ImmutableList<CimPath> Results)
{
    /// <summary>Gets the plain success.</summary>
    public static Answer Done { get; } = new(ReturnCodes.Done, "", null, []);

    /// <summary>Makes a refusal.</summary>
    public static Answer Refused(uint code, string why) => new(code, why, null, []);

    /// <summary>Makes a success with results.</summary>
    public static Answer With(ImmutableList<CimPath> results) => new(ReturnCodes.Done, "", null, results);

    /// <summary>Gets whether it was accepted.</summary>
    public bool IsAccepted => Code is ReturnCodes.Done or ReturnCodes.JobStarted;
}
