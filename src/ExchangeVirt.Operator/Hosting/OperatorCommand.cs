using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Runtime.Leadership;
using Microsoft.Extensions.Logging;

namespace ExchangeVirt.Operator.Hosting;

/// <summary>What can be said to the operator's executable.</summary>
internal sealed class OperatorCommand
{
    private readonly Option<string?> _kubeconfig = Text(
        "--kubeconfig",
        "FILE",
        "The cluster and whom to be there. Absent: the pod's own service account; else KUBECONFIG, else ~/.kube/config."
    );
    private readonly Option<string?> _context = Text("--context", "NAME", "A context of the kubeconfig.");
    private readonly Option<string?> _namespace = Text(
        "--namespace",
        "NAME",
        $"Where the Lease and what must outlive it are kept. Absent: the pod's own, else {ClusterOperator.DefaultNamespace}."
    );
    private readonly Option<string> _certificates = new("--certificates")
    {
        Description =
            "Folder of the certificate by which agents know the operator: tls.crt, tls.key and ca.crt as in a Secret, or "
            + "operator.crt, operator.key and ca.crt as 'exvirt certs' makes them.",
        HelpName = "DIR",
        Required = true,
    };
    private readonly Option<IPEndPoint> _health = Address("--health-address", "0.0.0.0:8081", "/healthz and /readyz");
    private readonly Option<IPEndPoint> _metrics = Address("--metrics-address", "0.0.0.0:8080", "/metrics");
    private readonly Option<string?> _webhookCertificates = Text(
        "--webhook-certificates",
        "DIR",
        "Folder of the webhook's certificate, tls.crt and tls.key as in a Secret. Absent: the webhook is not served."
    );
    private readonly Option<IPEndPoint> _webhook = Address("--webhook-address", "0.0.0.0:9443", "the webhook");
    private readonly Option<UnknownReferences> _unknownReferences = new("--unknown-references")
    {
        Description =
            "What the webhook does with an object that names a DAG or a policy that does not exist: Warn lets it pass, since "
            + "GitOps tools apply sets in an order of their own, and nothing is done for it until the name exists; or Refuse.",
        DefaultValueFactory = static _ => UnknownReferences.Warn,
    };
    private readonly Option<bool> _elect = new("--leader-elect")
    {
        Description = "Work only while holding the Lease, so that of several replicas one works.",
        DefaultValueFactory = static _ => true,
    };
    private readonly Option<string?> _identity = Text(
        "--identity",
        "NAME",
        "The name of this process, which no other has. Absent: POD_NAME, else the machine's name with a random part."
    );
    private readonly Option<int> _duration = Seconds(
        "--lease-duration",
        15,
        "How long others wait for a silent leader."
    );
    private readonly Option<int> _deadline = Seconds(
        "--renew-deadline",
        10,
        "How long a leader works without renewing."
    );
    private readonly Option<int> _retry = Seconds("--retry-period", 2, "How often the Lease is looked at.");
    private readonly Option<int> _workers = new("--workers")
    {
        Description = "How many VMs are worked on at the same time, from 1 to 256.",
        DefaultValueFactory = static _ => 8,
    };
    private readonly Option<bool> _allowTls12 = new("--allow-tls12")
    {
        Description = "Speak TLS 1.2 to agents too, for Windows Server 2016 and 2019, which have no 1.3.",
    };
    private readonly Option<string> _format = new("--log-format")
    {
        Description = "Form of the log lines: json or text.",
        DefaultValueFactory = static _ => "json",
    };
    private readonly Option<LogLevel> _level = new("--log-level")
    {
        Description = "The least level of log lines: Trace, Debug, Information, Warning, Error.",
        DefaultValueFactory = static _ => LogLevel.Information,
    };

    /// <summary>Builds the command.</summary>
    /// <param name="run">Runs the operator; gives the exit code.</param>
    /// <param name="newGuid">Makes the random part of an identity.</param>
    public RootCommand Build(Func<OperatorArguments, CancellationToken, Task<int>> run, Func<Guid> newGuid)
    {
        _format.AcceptOnlyFromAmong("json", "text");
        _workers.Validators.Add(static result =>
        {
            if (result.Errors.Any() is false && result.GetValueOrDefault<int>() is < 1 or > 256)
            {
                result.AddError("--workers is from 1 to 256.");
            }
        });
        var root = new RootCommand(
            "Keeps Exchange virtual machines on Hyper-V hosts as declared in this cluster. Hosts are changed through their agents alone."
        );
        foreach (var option in Options())
        {
            root.Options.Add(option);
        }

        root.Validators.Add(result =>
        {
            if (result.GetValue(_elect) && Election(result, "x") is { } election && Problem(election) is { } problem)
            {
                result.AddError(problem);
            }
        });
        root.SetAction((parsed, cancellationToken) => run(Read(parsed, newGuid), cancellationToken));
        return root;
    }

    private IEnumerable<Option> Options() =>
        [
            _kubeconfig,
            _context,
            _namespace,
            _certificates,
            _health,
            _metrics,
            _webhookCertificates,
            _webhook,
            _unknownReferences,
            _elect,
            _identity,
            _duration,
            _deadline,
            _retry,
            _workers,
            _allowTls12,
            _format,
            _level,
        ];

    private OperatorArguments Read(ParseResult parsed, Func<Guid> newGuid)
    {
        var identity =
            parsed.GetValue(_identity)
            ?? Environment.GetEnvironmentVariable("POD_NAME")
            ?? $"{Environment.MachineName.ToLowerInvariant()}_{newGuid():N}";
        return new OperatorArguments(
            new ClusterOptions
            {
                Kubeconfig = parsed.GetValue(_kubeconfig),
                Context = parsed.GetValue(_context),
                Namespace = parsed.GetValue(_namespace),
                Certificates = parsed.GetRequiredValue(_certificates),
                Health = parsed.GetRequiredValue(_health),
                Metrics = parsed.GetRequiredValue(_metrics),
                Webhook = parsed.GetValue(_webhookCertificates) is { } folder
                    ? new WebhookOptions(folder, parsed.GetRequiredValue(_webhook), parsed.GetValue(_unknownReferences))
                    : null,
                Election = parsed.GetValue(_elect) ? Election(parsed.CommandResult, identity) : null,
                Identity = identity,
                Workers = parsed.GetValue(_workers),
                AllowTls12 = parsed.GetValue(_allowTls12),
            },
            parsed.GetValue(_format) == "json",
            parsed.GetValue(_level)
        );
    }

    private LeaseElectorOptions Election(CommandResult result, string identity) =>
        new()
        {
            Identity = identity,
            LeaseDuration = TimeSpan.FromSeconds(result.GetValue(_duration)),
            RenewDeadline = TimeSpan.FromSeconds(result.GetValue(_deadline)),
            RetryPeriod = TimeSpan.FromSeconds(result.GetValue(_retry)),
        };

    private static string? Problem(LeaseElectorOptions election)
    {
        try
        {
            election.Validate();
            return null;
        }
        catch (InvalidOperationException wrong)
        {
            return wrong.Message;
        }
    }

    private static Option<string?> Text(string name, string value, string description) =>
        new(name) { Description = description, HelpName = value };

    private static Option<int> Seconds(string name, int standard, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "SECONDS",
            DefaultValueFactory = _ => standard,
        };

    private static Option<IPEndPoint> Address(string name, string standard, string served) =>
        new(name)
        {
            Description = $"Address and port of {served}.",
            HelpName = "ADDRESS:PORT",
            DefaultValueFactory = _ => IPEndPoint.Parse(standard),
            CustomParser = result =>
            {
                if (IPEndPoint.TryParse(result.Tokens.Single().Value, out var address) && address.Port > 0)
                {
                    return address;
                }

                result.AddError($"{name} takes an address and a port, such as {standard}.");
                return null;
            },
        };
}

/// <summary>What was said to the operator's executable.</summary>
/// <param name="Options">How it runs.</param>
/// <param name="JsonLogs">Whether log lines are JSON.</param>
/// <param name="LogLevel">The least level of log lines.</param>
internal sealed record OperatorArguments(ClusterOptions Options, bool JsonLogs, LogLevel LogLevel);
