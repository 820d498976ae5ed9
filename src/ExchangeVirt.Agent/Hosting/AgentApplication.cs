using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Agent.Contract.Security;
using ExchangeVirt.Agent.Feed;
using ExchangeVirt.Agent.Operations;
using ExchangeVirt.Agent.Service;
using ExchangeVirt.Agent.State;
using ExchangeVirt.HyperV;
using ExchangeVirt.HyperV.Simulator;

namespace ExchangeVirt.Agent.Hosting;

/// <summary>Puts an agent together.</summary>
public static partial class AgentApplication
{
    /// <summary>Gets the agent's version.</summary>
    public static string Version { get; } = typeof(AgentApplication).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    /// <summary>Makes an agent that is ready to start.</summary>
    /// <param name="settings">How it runs.</param>
    /// <param name="environment">What it takes from outside.</param>
    /// <param name="simulator">The control surface of a simulated host; null for a real one, which has none.</param>
    /// <exception cref="AgentStateException">Its state cannot be used, or another agent uses it.</exception>
    /// <exception cref="TlsFileException">Its certificate cannot be used.</exception>
    public static WebApplication Create(
        AgentSettings settings,
        AgentEnvironment environment,
        SimulatedHostControl? simulator = null
    )
    {
        var builder = WebApplication.CreateSlimBuilder();
        ConfigureLogging(builder, settings);
        var tls = AddState(builder.Services, settings, environment);
        AddFeed(builder.Services, settings, environment);
        AddService(builder.Services, settings, environment);
        builder.Services.AddWindowsService(static options => options.ServiceName = "exvirt-agent");
        builder.Services.AddSystemd();
        builder.Services.Configure<HostOptions>(static options => options.ShutdownTimeout = TimeSpan.FromSeconds(10));
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(
                settings.Listen,
                listen => KestrelTls.Use(listen, tls, settings.AllowTls12, environment.Time)
            );
        });
        if (simulator is not null)
        {
            builder.Services.AddSingleton(simulator);
            builder.Services.AddSingleton<SimulatorControlService>();
        }

        var application = builder.Build();
        application.MapGrpcService<HostAgentService>();
        if (simulator is not null)
        {
            application.MapGrpcService<SimulatorControlService>();
        }

        return application;
    }

    private static void ConfigureLogging(WebApplicationBuilder builder, AgentSettings settings)
    {
        builder.Logging.ClearProviders();
        // A line finds its trace, and a trace its lines.
        builder.Logging.Configure(static options =>
            options.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId
        );
        if (settings.JsonLogs)
        {
            builder.Logging.AddJsonConsole(static options =>
            {
                options.UseUtcTimestamp = true;
                options.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";
                options.IncludeScopes = true;
            });
        }
        else
        {
            builder.Logging.AddSimpleConsole(static options =>
            {
                options.SingleLine = true;
                options.UseUtcTimestamp = true;
                options.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
            });
        }

        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Grpc", LogLevel.Warning);
    }

    private static TlsIdentitySource AddState(
        IServiceCollection services,
        AgentSettings settings,
        AgentEnvironment environment
    )
    {
        ILogger? logger = null;
        var tls = new TlsIdentitySource(
            settings.Tls,
            failure =>
            {
                if (logger is not null)
                {
                    LogUnusableCertificate(logger, failure.Message);
                }
            }
        );
        services.AddSingleton(provider =>
        {
            logger = provider.GetRequiredService<ILoggerFactory>().CreateLogger("ExchangeVirt.Agent.Tls");
            return tls;
        });
        services.AddSingleton(_ => StateDirectory.Take(settings.StateDirectory));
        services.AddSingleton(provider => new InstallationBinding(provider.GetRequiredService<StateDirectory>().Path));
        services.AddSingleton(provider => new PauseMarker(provider.GetRequiredService<StateDirectory>().Path));
        services.AddSingleton(provider => new OperationJournal(
            provider.GetRequiredService<StateDirectory>().Path,
            new JournalRetention(settings.JournalAge, settings.JournalCount),
            environment.Time
        ));
        return tls;
    }

    private static void AddFeed(IServiceCollection services, AgentSettings settings, AgentEnvironment environment)
    {
        services.AddSingleton(environment.Time);
        services.AddSingleton(provider =>
        {
            var binding = provider.GetRequiredService<InstallationBinding>();
            return environment.OpenDriver(() => binding.Installation);
        });
        services.AddSingleton(
            new HostFeed(
                new AgentDescription(Version, Capabilities.All, environment.NewGuid().ToString("N")),
                new FeedLimits(settings.ReplayedChanges, settings.QueuedChanges)
            )
        );
        services.AddSingleton(provider => new HostReader(
            provider.GetRequiredService<IHyperVDriver>(),
            provider.GetRequiredService<HostFeed>(),
            provider.GetRequiredService<PauseMarker>(),
            new ReadPace(settings.Resync, settings.PauseCheck, settings.RetryFrom, settings.RetryTo),
            environment.Time,
            environment.Chance,
            provider.GetRequiredService<ILogger<HostReader>>()
        ));
        services.AddHostedService(static provider => provider.GetRequiredService<HostReader>());
    }

    private static void AddService(IServiceCollection services, AgentSettings settings, AgentEnvironment environment)
    {
        services.AddSingleton<RequestGuard>();
        services.AddSingleton(provider => new OperationRunner(
            provider.GetRequiredService<IHyperVDriver>(),
            provider.GetRequiredService<OperationJournal>(),
            provider.GetRequiredService<PauseMarker>(),
            provider.GetRequiredService<RequestGuard>(),
            provider.GetRequiredService<HostFeed>(),
            provider.GetRequiredService<HostReader>(),
            settings.AcceptAfter,
            environment.Time,
            provider.GetRequiredService<ILogger<OperationRunner>>()
        ));
        services.AddSingleton<CallerCheck>();
        services.AddSingleton(new HostName(settings.HostName));
        services.AddSingleton(new HeartbeatInterval(settings.Heartbeat));
        services.AddSingleton(settings);
        services.AddSingleton<CallInterceptor>();
        services.AddSingleton<HostAgentService>();
        services.AddHostedService<AgentLifetime>();
        services.AddGrpc(static options =>
        {
            options.Interceptors.Add<CallInterceptor>();
            options.MaxSendMessageSize = 64 << 20;
        });
    }

    [LoggerMessage(
        EventId = 2001,
        Level = LogLevel.Error,
        Message = "Changed certificate files cannot be used, and the last good ones stay in use: {Problem}"
    )]
    private static partial void LogUnusableCertificate(ILogger logger, string problem);
}
