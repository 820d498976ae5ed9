using System.CommandLine;
using ExchangeVirt.Agent.Contract.Security;
using ExchangeVirt.Cli.Simulation;

namespace ExchangeVirt.Cli.Commands;

/// <summary>Holds the options that say where the operator's certificate is.</summary>
internal sealed class CertificateOptions
{
    private const string Variable = "EXVIRT_CERTIFICATES";

    private readonly Option<string?> _directory = new("--certificates")
    {
        Description =
            $"Directory with operator.crt, operator.key and ca.crt, as 'exvirt certs' makes it; reader.crt is enough to look on. Absent: the environment's {Variable}; "
            + "else, while 'exvirt sim up' runs, the simulated hosts' own.",
        HelpName = "DIR",
    };

    private readonly Option<string?> _certificate = new("--certificate")
    {
        Description = "The operator's certificate, PEM.",
        HelpName = "FILE",
    };
    private readonly Option<string?> _key = new("--key") { Description = "Its private key, PEM.", HelpName = "FILE" };
    private readonly Option<string?> _authority = new("--ca")
    {
        Description = "The private authority, PEM.",
        HelpName = "FILE",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_directory);
        command.Add(_certificate);
        command.Add(_key);
        command.Add(_authority);
    }

    /// <summary>Whether the command line or the environment names a certificate.</summary>
    public bool IsNamed(ParseResult parsed) =>
        parsed.GetValue(_directory) is not null
        || parsed.GetValue(_certificate) is not null
        || parsed.GetValue(_key) is not null
        || parsed.GetValue(_authority) is not null
        || Environment.GetEnvironmentVariable(Variable) is { Length: > 0 };

    /// <summary>Finds the operator's files that the command line means.</summary>
    /// <exception cref="CommandException">It means none, or only some of them, or they are not there.</exception>
    public TlsFiles Find(ParseResult parsed, TextWriter remarks) =>
        Find(parsed, remarks, static simulated => simulated.Operator, "operator");

    /// <summary>
    /// Finds the files that the command line means, for reading: in a directory the reader's where it has them, else those of a
    /// Secret or the operator's.
    /// </summary>
    /// <exception cref="CommandException">It means none, or only some of them, or they are not there.</exception>
    public TlsFiles FindForReading(ParseResult parsed, TextWriter remarks) =>
        Find(parsed, remarks, static simulated => simulated.Reader, "reader", "tls", "operator");

    private TlsFiles Find(
        ParseResult parsed,
        TextWriter remarks,
        Func<SimulatedEstateFile, TlsFiles> ofSimulated,
        params IReadOnlyList<string> names
    )
    {
        var files = (parsed.GetValue(_certificate), parsed.GetValue(_key), parsed.GetValue(_authority)) switch
        {
            ({ } certificate, { } key, { } authority) => new TlsFiles(certificate, key, authority),
            (null, null, null) => Among(
                parsed.GetValue(_directory) ?? Environment.GetEnvironmentVariable(Variable),
                remarks,
                ofSimulated,
                names
            ),
            _ => throw new CommandException(
                "--certificate, --key and --ca go together: give all three.",
                ExitCode.Usage
            ),
        };
        var missing = new[] { files.CertificatePath, files.KeyPath, files.AuthorityPath }
            .Where(static file => !File.Exists(file))
            .ToList();
        return missing.Count == 0
            ? files
            : throw new CommandException(
                $"There is no {string.Join(", no ", missing)}. 'exvirt certs --output DIR' makes an operator's certificate."
            );
    }

    private static TlsFiles Among(
        string? directory,
        TextWriter remarks,
        Func<SimulatedEstateFile, TlsFiles> ofSimulated,
        IReadOnlyList<string> names
    )
    {
        if (directory is not null)
        {
            var name = names.FirstOrDefault(each => File.Exists(Path.Combine(directory, each + ".crt"))) ?? names[^1];
            return new TlsFiles(
                Path.Combine(directory, name + ".crt"),
                Path.Combine(directory, name + ".key"),
                Path.Combine(directory, "ca.crt")
            );
        }

        if (SimulatedEstateFile.TryReadAlive(SimulatedEstateFile.DefaultDirectory) is { } estate)
        {
            var simulated = ofSimulated(estate);
            remarks.WriteLine(
                $"exvirt: no certificate was named; taking that of the simulated hosts, {simulated.CertificatePath}."
            );
            return simulated;
        }

        throw new CommandException(
            $"Agents speak to nobody without a certificate. Name a directory with --certificates or in {Variable}; "
                + "'exvirt certs --output DIR' makes one."
        );
    }
}
