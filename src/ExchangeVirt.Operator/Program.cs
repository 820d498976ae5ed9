using ExchangeVirt.Agent.Contract.Security;
using ExchangeVirt.Operator.Hosting;
using ExchangeVirt.Runtime;
using ExchangeVirt.Telemetry;
using Microsoft.Extensions.Logging;

// The composition root: the one place of this process where real time, chance and identifiers come in.
#pragma warning disable RS0030
var time = TimeProvider.System;
Func<Guid> newGuid = Guid.NewGuid;
Func<double> chance = Random.Shared.NextDouble;
#pragma warning restore RS0030

const int failure = 1;
var command = new OperatorCommand().Build(RunAsync, newGuid);
return await command.Parse(args).InvokeAsync(new() { EnableDefaultExceptionHandler = false });

async Task<int> RunAsync(OperatorArguments arguments, CancellationToken cancellationToken)
{
    using var loggers = OperatorLogging.Create(arguments.JsonLogs, arguments.LogLevel);
    using var tracing = OtlpTracing.Start(
        "exvirt-operator",
        ProductVersion.Text,
        "ExchangeVirt.*",
        "Grpc.Net.Client",
        "System.Net.Http"
    );
    try
    {
        await using var running = await ClusterOperator.OpenAsync(
            arguments.Options,
            new ClusterSeams(time, newGuid, chance, loggers, static () => Environment.Exit(failure)),
            cancellationToken
        );
        await running.RunAsync(cancellationToken);
        return 0;
    }
    catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
    {
        return 0;
    }
    catch (Exception refused) when (refused is TlsFileException || ExpectedFailure.Is(refused))
    {
        OperatorLogging.LogRefused(loggers.CreateLogger<ClusterOperator>(), ExpectedFailure.Describe(refused));
        return failure;
    }
    catch (Exception broken)
    {
        OperatorLogging.LogBroke(loggers.CreateLogger<ClusterOperator>(), broken);
        return failure;
    }
}
