using ExchangeVirt.Agent.CommandLine;
using ExchangeVirt.Agent.Contract.Security;
using ExchangeVirt.Agent.State;
using ExchangeVirt.HyperV;

// The composition root: the one place of this process where real time and chance come in.
#pragma warning disable RS0030
var time = TimeProvider.System;
Func<Guid> newGuid = Guid.NewGuid;
Func<double> chance = Random.Shared.NextDouble;
#pragma warning restore RS0030

try
{
    return await new AgentCommands(
        (configuration, cancellationToken) =>
            AgentProcess.RunAsync(configuration, time, newGuid, chance, cancellationToken),
        time
    )
        .Build()
        .Parse(args)
        .InvokeAsync(new() { EnableDefaultExceptionHandler = false });
}
catch (ConfigurationException wrong)
{
    await Console.Error.WriteLineAsync(wrong.Message);
    return ExitCode.Invalid;
}
catch (Exception failure)
    when (failure
            is AgentStateException
                or TlsFileException
                or HyperVException
                or IOException
                or UnauthorizedAccessException
    )
{
    await Console.Error.WriteLineAsync(failure.Message);
    return ExitCode.Failure;
}
