using System.CommandLine;
using System.Net;
using ExchangeVirt.Agent.Contract.Security;

namespace ExchangeVirt.Cli.Commands;

/// <summary>Makes a private certificate authority, and certificates for hosts and operators.</summary>
internal static class CertsCommand
{
    private static readonly TimeSpan s_authorityValidity = TimeSpan.FromDays(3650);

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        var output = new Option<string>("--output", "-o")
        {
            Description = "Directory that holds, or shall hold, the authority and everything it issues.",
            HelpName = "DIR",
            Required = true,
        };
        var hosts = new Option<string[]>("--host")
        {
            Description =
                "A Hyper-V host that gets a certificate, by the name that operators shall know it by; further DNS "
                + "names and IP addresses follow after commas. May be given more than once.",
            HelpName = "NAME[,NAME|ADDRESS…]",
        };
        var reuse = new Option<bool>("--reuse-ca")
        {
            Description = "Issue from the authority that is there already, which is otherwise left alone.",
        };
        var days = new Option<int>("--days")
        {
            Description = "How long the certificates last, in days, from 1 to 825; the authority lasts ten years.",
            DefaultValueFactory = static _ => 365,
        };
        days.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 825)
            {
                result.AddError("--days is from 1 to 825.");
            }
        });
        var command = new TaughtCommand(
            "certs",
            """
            Makes a private certificate authority, and from it certificates for the operator and for hosts.

            Agents and operator trust nobody but this authority, and nobody may read or change a host without a
            certificate from it. Keep ca.key offline: whoever holds it can act on every host. An authority that is
            there already is never overwritten; --reuse-ca issues more certificates from it.

            Examples:
              exvirt certs --output pki/ --host hv01,hv01.corp.example --host hv02,hv02.corp.example
              exvirt certs --output pki/ --reuse-ca --host hv03,hv03.corp.example,10.0.0.13
            """
        )
        {
            output,
            hosts,
            reuse,
            days,
        };
        command.SetAction(parsed =>
            Issue(
                context,
                parsed.GetRequiredValue(output),
                parsed.GetValue(hosts) ?? [],
                parsed.GetValue(reuse),
                TimeSpan.FromDays(parsed.GetValue(days))
            )
        );
        return command;
    }

    private static int Issue(CommandContext context, string directory, string[] hosts, bool reuse, TimeSpan validity)
    {
        var exists = CertificateAuthority.ExistsIn(directory);
        if (exists && !reuse)
        {
            throw new CommandException(
                $"{directory} holds a certificate authority already, and everything that trusts it would be lost with it. "
                    + "Issue more certificates from it with --reuse-ca, or name another directory."
            );
        }

        try
        {
            using var authority = exists
                ? CertificateAuthority.Open(directory, context.Clock)
                : CertificateAuthority.CreateIn(
                    directory,
                    "ExchangeVirt private CA",
                    s_authorityValidity,
                    context.Clock
                );
            var written = new List<TlsFiles>();
            if (!File.Exists(Path.Combine(directory, "operator.crt")))
            {
                written.Add(authority.IssueClient("operator", Roles.Operator, validity).Save(directory, "operator"));
            }

            foreach (var host in hosts.Select(static host => host.Split(',', StringSplitOptions.TrimEntries)))
            {
                var addresses = host.Skip(1).Select(TryAddress).OfType<IPAddress>();
                var names = host.Skip(1).Where(static name => TryAddress(name) is null);
                written.Add(authority.IssueHost(host[0], names, addresses, validity).Save(directory, host[0]));
            }

            Tell(context.Out, directory, written, hosts);
            return ExitCode.Success;
        }
        catch (TlsFileException refused)
        {
            throw new CommandException(refused.Message, ExitCode.Failure, refused);
        }
    }

    private static void Tell(TextWriter output, string directory, List<TlsFiles> written, string[] hosts)
    {
        output.WriteLine($"authority   {Path.Combine(directory, "ca.crt")}, key {Path.Combine(directory, "ca.key")}");
        foreach (var files in written)
        {
            output.WriteLine($"issued      {files.CertificatePath}, key {files.KeyPath}");
        }

        output.WriteLine();
        output.WriteLine("Next:");
        output.WriteLine("  1. Move ca.key to a safe place that is offline; bring it back only to issue more.");
        output.WriteLine(
            hosts.Length == 0
                ? "  2. Issue a certificate for each host: exvirt certs --reuse-ca --host NAME --output DIR."
                : "  2. Copy NAME.crt, NAME.key and ca.crt to each host, and name them in its exvirt-agent's configuration."
        );
        output.WriteLine(
            $"  3. Run the operator with {Path.Combine(directory, "operator.crt")}: exvirt run --certificates {directory} …"
        );
    }

    private static IPAddress? TryAddress(string text) => IPAddress.TryParse(text, out var address) ? address : null;
}
