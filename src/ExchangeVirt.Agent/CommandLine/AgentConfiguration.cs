using System.Net;
using ExchangeVirt.Agent.Contract.Security;
using ExchangeVirt.Agent.Hosting;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace ExchangeVirt.Agent.CommandLine;

/// <summary>What the configuration file may say; switches on the command line win over it.</summary>
public sealed record AgentConfiguration
{
    /// <summary>Gets the address and port to listen on.</summary>
    public string? Listen { get; init; }

    /// <summary>Gets the certificate's path.</summary>
    public string? Certificate { get; init; }

    /// <summary>Gets the key's path.</summary>
    public string? Key { get; init; }

    /// <summary>Gets the authority's path.</summary>
    public string? Authority { get; init; }

    /// <summary>Gets the state directory.</summary>
    public string? State { get; init; }

    /// <summary>Gets the host's name in messages.</summary>
    public string? HostName { get; init; }

    /// <summary>Gets the file for the bound address.</summary>
    public string? EndpointFile { get; init; }

    /// <summary>Gets the simulated host's description.</summary>
    public string? Simulate { get; init; }

    /// <summary>Gets the simulated host's state file.</summary>
    public string? SimulateState { get; init; }

    /// <summary>Gets whether TLS 1.2 is spoken too.</summary>
    public bool? AllowTls12 { get; init; }

    /// <summary>Gets whether logs are JSON.</summary>
    public bool? JsonLogs { get; init; }

    /// <summary>Gets after how many seconds an action is answered with Accepted.</summary>
    public double? AcceptAfterSeconds { get; init; }

    /// <summary>Gets the seconds between two heartbeats.</summary>
    public double? HeartbeatSeconds { get; init; }

    /// <summary>Gets the seconds between two full reads.</summary>
    public double? ResyncSeconds { get; init; }

    /// <summary>Reads a file, YAML or JSON.</summary>
    /// <exception cref="ConfigurationException">It cannot be read, or says what nobody knows.</exception>
    public static AgentConfiguration Load(string path)
    {
        try
        {
            return new DeserializerBuilder()
                    .WithNamingConvention(CamelCaseNamingConvention.Instance)
                    .Build()
                    .Deserialize<AgentConfiguration?>(File.ReadAllText(path))
                ?? new AgentConfiguration();
        }
        catch (YamlException failure)
        {
            throw new ConfigurationException(
                $"{path}:{failure.Start.Line}: {failure.InnerException?.Message ?? failure.Message}",
                failure
            );
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{path} cannot be read: {failure.Message}", failure);
        }
    }

    /// <summary>Gives this configuration with another's values where it has them.</summary>
    public AgentConfiguration With(AgentConfiguration over) =>
        new()
        {
            Listen = over.Listen ?? Listen,
            Certificate = over.Certificate ?? Certificate,
            Key = over.Key ?? Key,
            Authority = over.Authority ?? Authority,
            State = over.State ?? State,
            HostName = over.HostName ?? HostName,
            EndpointFile = over.EndpointFile ?? EndpointFile,
            Simulate = over.Simulate ?? Simulate,
            SimulateState = over.SimulateState ?? SimulateState,
            AllowTls12 = over.AllowTls12 ?? AllowTls12,
            JsonLogs = over.JsonLogs ?? JsonLogs,
            AcceptAfterSeconds = over.AcceptAfterSeconds ?? AcceptAfterSeconds,
            HeartbeatSeconds = over.HeartbeatSeconds ?? HeartbeatSeconds,
            ResyncSeconds = over.ResyncSeconds ?? ResyncSeconds,
        };

    /// <summary>Checks everything and gives the settings.</summary>
    /// <exception cref="ConfigurationException">Something is missing or wrong; all problems at once.</exception>
    public AgentSettings ToSettings(string machineName)
    {
        List<string> problems = [];
        var listen = Endpoint(problems);
        var certificate = Required(Certificate, "--cert", "certificate", problems);
        var key = Required(Key, "--key", "key", problems);
        var authority = Required(Authority, "--ca", "authority", problems);
        var state = Required(State, "--state", "state", problems);
        if (SimulateState is not null && Simulate is null)
        {
            problems.Add("--simulate-state (simulateState) means nothing without --simulate (simulate).");
        }

        var defaults = new AgentSettings
        {
            Listen = listen,
            Tls = new TlsFiles(certificate, key, authority),
            StateDirectory = state,
            HostName = HostName ?? machineName,
            EndpointFile = EndpointFile,
            AllowTls12 = AllowTls12 ?? false,
            JsonLogs = JsonLogs ?? false,
        };
        var settings = defaults with
        {
            AcceptAfter = Seconds(AcceptAfterSeconds, defaults.AcceptAfter, "acceptAfterSeconds", problems),
            Heartbeat = Seconds(HeartbeatSeconds, defaults.Heartbeat, "heartbeatSeconds", problems),
            Resync = Seconds(ResyncSeconds, defaults.Resync, "resyncSeconds", problems),
        };
        return problems.Count == 0
            ? settings
            : throw new ConfigurationException(string.Join(Environment.NewLine, problems));
    }

    private IPEndPoint Endpoint(List<string> problems)
    {
        var text = Listen ?? "0.0.0.0:7443";
        if (IPEndPoint.TryParse(text, out var endpoint) && text.Contains(':', StringComparison.Ordinal))
        {
            return endpoint;
        }

        problems.Add($"--listen (listen): «{text}» is no address with a port, such as 127.0.0.1:7443 or 0.0.0.0:7443.");
        return new IPEndPoint(IPAddress.Loopback, 0);
    }

    private static string Required(string? value, string flag, string key, List<string> problems)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            problems.Add($"{flag} ({key} in the configuration file) is missing.");
            return string.Empty;
        }

        return value;
    }

    private static TimeSpan Seconds(double? value, TimeSpan fallback, string key, List<string> problems)
    {
        if (value is null)
        {
            return fallback;
        }

        if (value is > 0 and <= 86_400)
        {
            return TimeSpan.FromSeconds(value.Value);
        }

        problems.Add($"{key}: {value} is not above 0 and at most 86400.");
        return fallback;
    }
}

/// <summary>The agent was told something that it cannot do.</summary>
public sealed class ConfigurationException : Exception
{
    /// <summary>Makes the failure.</summary>
    public ConfigurationException(string message, Exception? innerException = null)
        : base(message, innerException) { }
}
