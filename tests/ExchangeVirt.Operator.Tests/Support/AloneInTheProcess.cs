namespace ExchangeVirt.Operator.Tests.Support;

/// <summary>Runs while no other test does: what a process publishes has no owner by which to tell tests apart.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneInTheProcess
{
    public const string Name = "alone in the process";
}
