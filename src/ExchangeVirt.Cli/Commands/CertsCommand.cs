using System.CommandLine;
using System.Net;
using ExchangeVirt.Agent.Contract.Security;
using ExchangeVirt.Cli.Certificates;
using ExchangeVirt.Operator.Hosting;

namespace ExchangeVirt.Cli.Commands;

/// <summary>Makes a private certificate authority, and certificates for hosts, operators, onlookers and the webhook.</summary>
internal static class CertsCommand
{
    private static readonly TimeSpan s_authorityValidity = TimeSpan.FromDays(3650);

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        var options = new Options();
        var command = new TaughtCommand(
            "certs",
            """
            Makes a private certificate authority, and from it certificates for the operator and for hosts.

            Agents and operator trust nobody but this authority, and nobody may read or change a host without a
            certificate from it. Keep ca.key offline: whoever holds it can act on every host. An authority that is
            there already is never overwritten; --reuse-ca issues more certificates from it.

            For a cluster without cert-manager, --webhook adds what the webhook shows to the API server, and
            --kubernetes-secrets writes both certificates as Secrets to standard output. The files are those that
            deploy/kustomize/overlays/exvirt-certs takes, too. --reader adds a certificate for people: it entitles to
            'exvirt plan --certificates' and to no change.

            Examples:
              exvirt certs --output pki/ --host hv01,hv01.corp.example --host hv02,hv02.corp.example
              exvirt certs --output pki/ --reuse-ca --host hv03,hv03.corp.example,10.0.0.13
              exvirt certs --output pki/ --webhook --reader --kubernetes-secrets | kubectl apply -f -
              exvirt certs --output pki/ --reuse-ca --renew --webhook --kubernetes-secrets | kubectl apply -f -
            """
        );
        options.AddTo(command);
        command.SetAction(parsed => Issue(context, options.Read(parsed)));
        return command;
    }

    private static int Issue(CommandContext context, Order order)
    {
        var exists = CertificateAuthority.ExistsIn(order.Directory);
        if (exists && !order.Reuse)
        {
            throw new CommandException(
                $"{order.Directory} holds a certificate authority already, and everything that trusts it would be lost with it. "
                    + "Issue more certificates from it with --reuse-ca, or name another directory."
            );
        }

        try
        {
            using var authority = exists
                ? CertificateAuthority.Open(order.Directory, context.Clock)
                : CertificateAuthority.CreateIn(
                    order.Directory,
                    "ExchangeVirt private CA",
                    s_authorityValidity,
                    context.Clock
                );
            // What only Secrets are wanted on goes through a pipe; people are then told beside it.
            var output = order.Secrets ? context.Error : context.Out;
            List<TlsFiles> issued = [.. IssueAll(authority, order)];
            IReadOnlyList<string> secrets = order.Secrets ? WriteSecrets(context.Out, order) : [];
            Tell(context, output, order, issued, secrets);

            return ExitCode.Success;
        }
        catch (TlsFileException refused)
        {
            throw new CommandException(refused.Message, ExitCode.Failure, refused);
        }
    }

    private static IEnumerable<TlsFiles> IssueAll(CertificateAuthority authority, Order order)
    {
        foreach (var (name, role) in order.Clients)
        {
            if (order.Renew || !File.Exists(Path.Combine(order.Directory, name + ".crt")))
            {
                yield return authority.IssueClient(name, role, order.Validity).Save(order.Directory, name);
            }
        }

        if (order.Webhook)
        {
            yield return authority
                .IssueHost(Order.WebhookFile, order.WebhookNames, [], order.Validity)
                .Save(order.Directory, Order.WebhookFile);
        }

        foreach (var host in order.Hosts.Select(static host => host.Split(',', StringSplitOptions.TrimEntries)))
        {
            var addresses = host.Skip(1).Select(TryAddress).OfType<IPAddress>();
            var names = host.Skip(1).Where(static name => TryAddress(name) is null);
            yield return authority.IssueHost(host[0], names, addresses, order.Validity).Save(order.Directory, host[0]);
        }
    }

    /// <returns>The names of those that were written.</returns>
    private static IReadOnlyList<string> WriteSecrets(TextWriter output, Order order)
    {
        var client = order.FilesOf("operator");
        output.WriteLine("# The authority, as a webhook's caBundle and Helm's webhook.caBundle take it:");
        output.WriteLine($"# {SecretManifests.BundleOf(client)}");
        output.Write(SecretManifests.Write(SecretManifests.AgentClient, order.Namespace, client));
        if (!File.Exists(order.FilesOf(Order.WebhookFile).CertificatePath))
        {
            return [SecretManifests.AgentClient];
        }

        output.WriteLine("---");
        output.Write(SecretManifests.Write(SecretManifests.Webhook, order.Namespace, order.FilesOf(Order.WebhookFile)));
        return [SecretManifests.AgentClient, SecretManifests.Webhook];
    }

    private static void Tell(
        CommandContext context,
        TextWriter output,
        Order order,
        IReadOnlyList<TlsFiles> written,
        IReadOnlyList<string> secrets
    )
    {
        var directory = order.Directory;
        output.WriteLine($"authority   {Path.Combine(directory, "ca.crt")}, key {Path.Combine(directory, "ca.key")}");
        foreach (var files in written)
        {
            output.WriteLine($"issued      {files.CertificatePath}, key {files.KeyPath}");
        }

        if (order.Webhook)
        {
            output.WriteLine($"webhook     for {string.Join(", ", order.WebhookNames)}");
            output.WriteLine($"caBundle    {SecretManifests.BundleOf(order.FilesOf(Order.WebhookFile))}");
        }

        output.WriteLine();
        output.WriteLine("Next:");
        output.WriteLine("  1. Move ca.key to a safe place that is offline; bring it back only to issue more.");
        output.WriteLine(
            order.Hosts.Count == 0
                ? context.Invocation.Say(
                    "  2. Issue a certificate for each host: exvirt certs --reuse-ca --host NAME --output DIR."
                )
                : "  2. Copy NAME.crt, NAME.key and ca.crt to each host, and name them in its exvirt-agent's configuration."
        );
        output.WriteLine(
            secrets.Count > 0
                ? $"  3. Install the operator in namespace {order.Namespace} with what was written: Secret {string.Join(" and Secret ", secrets)}."
            : order.Webhook
                ? "  3. Install the operator with these files, as deploy/kustomize/overlays/exvirt-certs takes them, or as Secrets: --kubernetes-secrets."
            : context.Invocation.Say(
                $"  3. Run the operator with {Path.Combine(directory, "operator.crt")}: exvirt run --certificates {directory} …"
            )
        );
    }

    private static IPAddress? TryAddress(string text) => IPAddress.TryParse(text, out var address) ? address : null;

    /// <summary>What is to be issued.</summary>
    private sealed record Order(
        string Directory,
        IReadOnlyList<string> Hosts,
        bool Reuse,
        bool Renew,
        bool Reader,
        bool Webhook,
        IReadOnlyList<string> WebhookServices,
        string Namespace,
        bool Secrets,
        TimeSpan Validity
    )
    {
        public const string WebhookFile = "webhook";

        public IEnumerable<(string Name, string Role)> Clients =>
            Reader ? [("operator", Roles.Operator), ("reader", Roles.Reader)] : [("operator", Roles.Operator)];

        // The name that API servers call a Service by.
        public IReadOnlyList<string> WebhookNames =>
            [.. WebhookServices.Select(service => $"{service}.{Namespace}.svc")];

        public TlsFiles FilesOf(string name) =>
            new(
                Path.Combine(Directory, name + ".crt"),
                Path.Combine(Directory, name + ".key"),
                Path.Combine(Directory, "ca.crt")
            );
    }

    private sealed class Options
    {
        private readonly Option<string> _output = new("--output", "-o")
        {
            Description = "Directory that holds, or shall hold, the authority and everything it issues.",
            HelpName = "DIR",
            Required = true,
        };
        private readonly Option<string[]> _hosts = new("--host")
        {
            Description =
                "A Hyper-V host that gets a certificate, by the name that operators shall know it by; further DNS "
                + "names and IP addresses follow after commas. May be given more than once.",
            HelpName = "NAME[,NAME|ADDRESS…]",
        };
        private readonly Option<bool> _reuse = new("--reuse-ca")
        {
            Description = "Issue from the authority that is there already, which is otherwise left alone.",
        };
        private readonly Option<bool> _renew = new("--renew")
        {
            Description = "Issue the operator's certificate, and the reader's with --reader, anew where there is one.",
        };
        private readonly Option<bool> _reader = new("--reader")
        {
            Description = "Add a certificate that entitles to looking on alone: reader.crt and reader.key.",
        };
        private readonly Option<bool> _webhook = new("--webhook")
        {
            Description = "Add the certificate of the operator's webhook in a cluster: webhook.crt and webhook.key.",
        };
        private readonly Option<string[]> _services = new("--webhook-service")
        {
            Description =
                "A Service by which the API server calls the webhook. May be given more than once. Absent: those that kustomize and Helm make.",
            HelpName = "NAME",
            DefaultValueFactory = static _ => ["exchangevirt-webhook", $"{ClusterOperator.Name}-webhook"],
        };
        private readonly Option<string> _namespace = new("--operator-namespace")
        {
            Description = "Namespace of the operator in the cluster.",
            HelpName = "NAME",
            DefaultValueFactory = static _ => ClusterOperator.DefaultNamespace,
        };
        private readonly Option<bool> _secrets = new("--kubernetes-secrets")
        {
            Description =
                $"Write the operator's and the webhook's certificates as Secrets ({SecretManifests.AgentClient}, {SecretManifests.Webhook}) to standard "
                + "output, with their keys.",
        };
        private readonly Option<int> _days = new("--days")
        {
            Description = "How long the certificates last, in days, from 1 to 825; the authority lasts ten years.",
            DefaultValueFactory = static _ => 365,
        };

        public Options() =>
            _days.Validators.Add(static result =>
            {
                if (result.GetValueOrDefault<int>() is < 1 or > 825)
                {
                    result.AddError("--days is from 1 to 825.");
                }
            });

        public void AddTo(Command command)
        {
            foreach (
                Option option in (Option[])
                    [_output, _hosts, _reuse, _renew, _reader, _webhook, _services, _namespace, _secrets, _days]
            )
            {
                command.Add(option);
            }
        }

        public Order Read(ParseResult parsed) =>
            new(
                parsed.GetRequiredValue(_output),
                parsed.GetValue(_hosts) ?? [],
                parsed.GetValue(_reuse),
                parsed.GetValue(_renew),
                parsed.GetValue(_reader),
                parsed.GetValue(_webhook),
                parsed.GetRequiredValue(_services),
                parsed.GetRequiredValue(_namespace),
                parsed.GetValue(_secrets),
                TimeSpan.FromDays(parsed.GetValue(_days))
            );
    }
}
