using System.CommandLine;
using ExchangeVirt.Cli.Estates;
using ExchangeVirt.Operator.Hosting;

namespace ExchangeVirt.Cli.Commands;

/// <summary>Holds the options that say which estate a command looks at: that of a directory, or that of a cluster.</summary>
internal sealed class SourceOptions
{
    private readonly bool _hasNamespaces;
    private readonly bool _hasOperator;

    /// <summary>Makes the options.</summary>
    /// <param name="namespaces">What is looked at where no namespace is named, in words; null for a command that looks at no namespace.</param>
    /// <param name="ofOperator">Whether the command looks at the operator itself.</param>
    public SourceOptions(string? namespaces = null, bool ofOperator = false)
    {
        _hasNamespaces = namespaces is not null;
        _hasOperator = ofOperator;
        Namespace.Description = $"Namespace of the objects. Absent: {namespaces}.";
    }

    /// <summary>The option that names a state directory.</summary>
    public Option<string?> State { get; } =
        new("--state", "-s")
        {
            Description = "State directory of an operator, as given to 'exvirt run'. Absent: the cluster.",
            HelpName = "DIR",
        };

    /// <summary>The option that names a kubeconfig.</summary>
    public Option<string?> Kubeconfig { get; } =
        new("--kubeconfig")
        {
            Description = "The cluster and whom to be there. Absent: KUBECONFIG, else ~/.kube/config.",
            HelpName = "FILE",
        };

    /// <summary>The option that names a kubeconfig's context.</summary>
    public Option<string?> Context { get; } =
        new("--context") { Description = "A context of the kubeconfig. Absent: its current one.", HelpName = "NAME" };

    /// <summary>The option that names a namespace.</summary>
    public Option<string?> Namespace { get; } = new("--namespace", "-n") { HelpName = "NAME" };

    /// <summary>The option that means all namespaces.</summary>
    public Option<bool> AllNamespaces { get; } = new("--all-namespaces", "-A") { Description = "All namespaces." };

    /// <summary>The option that names the operator's namespace.</summary>
    public Option<string?> OperatorNamespace { get; } =
        new("--operator-namespace")
        {
            Description = $"Namespace of the operator in the cluster. Absent: {ClusterOperator.DefaultNamespace}.",
            HelpName = "NAME",
        };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(TaughtCommand command)
    {
        command.Source = this;
        command.Add(State);
        command.Add(Kubeconfig);
        command.Add(Context);
        if (_hasNamespaces)
        {
            command.Add(Namespace);
            command.Add(AllNamespaces);
        }

        if (_hasOperator)
        {
            command.Add(OperatorNamespace);
        }
    }

    /// <summary>Whether a kubeconfig or a context is named.</summary>
    public bool NamesCluster(ParseResult parsed) => Choice(parsed).IsExplicit;

    /// <summary>Opens what the command line means: the directory that is named, else the cluster.</summary>
    /// <exception cref="CommandException">It means both or neither, or it cannot be opened.</exception>
    public IEstateSource Open(ParseResult parsed, CommandContext context, bool allNamespaces = false)
    {
        var choice = Choice(parsed);
        if (parsed.GetValue(State) is not { } directory)
        {
            return ClusterSource.Open(
                choice with
                {
                    AllNamespaces = choice.AllNamespaces || (allNamespaces && choice.Namespace is null),
                },
                context
            );
        }

        return choice.IsExplicit
            ? throw new CommandException(
                "--state names a directory, --kubeconfig and --context a cluster: give one of the two.",
                ExitCode.Usage
            )
            : DirectorySource.Open(directory, choice.AllNamespaces ? null : choice.Namespace, context.Clock);
    }

    /// <summary>Opens the cluster that the command line means, for a command that looks at no directory.</summary>
    /// <exception cref="CommandException">There is none, or it cannot be used.</exception>
    public ClusterSource OpenCluster(ParseResult parsed, CommandContext context) =>
        ClusterSource.Open(Choice(parsed) with { AllNamespaces = true }, context);

    private ClusterChoice Choice(ParseResult parsed) =>
        new(
            parsed.GetValue(Kubeconfig),
            parsed.GetValue(Context),
            _hasNamespaces ? parsed.GetValue(Namespace) : null,
            _hasNamespaces && parsed.GetValue(AllNamespaces),
            _hasOperator ? parsed.GetValue(OperatorNamespace) : null
        );
}
