using System.CommandLine;
using System.Text.Json;
using ExchangeVirt.Cli.Estates;
using ExchangeVirt.Cli.Output;
using ExchangeVirt.Cli.Planning;
using ExchangeVirt.Operator.Previewing;
using ExchangeVirt.Resources.Manifests;
using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Cli.Commands;

/// <summary>Says what the operator has pending, or what it would do, and changes nothing.</summary>
internal static class PlanCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        var manifests = new Option<string?>("--manifests", "-m")
        {
            Description =
                "Directory of manifests that are the whole estate, with the HyperVHosts whose agents are asked.",
            HelpName = "DIR",
        };
        var files = CommonOptions.Filename("Manifests that are about to be applied to the estate.");
        var source = new SourceOptions(
            "in a directory all, in a cluster that of the kubeconfig's context",
            ofOperator: true
        );
        var output = CommonOptions.Output("text", "json");
        var certificates = new CertificateOptions();
        var command = new TaughtCommand(
            "plan",
            """
            Says what the operator has pending or would do, and changes nothing. For every machine: the actions in order, which of
            them need it off, and what each one waits for.

            Alone, it tells what is pending by the status of a cluster's objects, or of a directory's (--state). No host is asked.

            With -f it tells what would change if those manifests were applied. With --certificates it asks every host through its
            agent, and decides as the operator would; a reader's certificate is enough. Told are the machines among those
            manifests and those that name a policy, DAG or host of them; with -n, the namespace's; with -A, all. Without
            certificates, it tells as much as declarations and status do, and says so. In a cluster it reads all namespaces
            for both.

            With --manifests it needs no operator: those manifests are the whole estate, every host is asked, and --state adds
            what an operator remembers of it.

            Exit codes:
              0   it was worked out, whatever is in it
              2   a manifest is invalid; nothing was worked out
              3   it could not be worked out: no certificate, no agent that answers, an unreadable state

            Examples:
              exvirt plan -A
              exvirt plan -f manifests/                                  before 'kubectl apply -f manifests/'
              exvirt plan -f manifests/ --certificates pki/
              exvirt plan --manifests manifests/ --certificates pki/     without any operator
              exvirt plan --state state/ -o json | jq '.virtualMachines[] | select(.restart)'
            """
        )
        {
            files,
            manifests,
            output,
        };
        source.AddTo(command);
        certificates.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var form = parsed.GetRequiredValue(output);
                var declared = parsed.GetValue(manifests);
                var applied = parsed.GetValue(files) ?? [];
                if (declared is not null)
                {
                    return applied.Length > 0 || source.NamesCluster(parsed)
                        ? throw new CommandException(
                            "--manifests are a whole estate without a cluster. What is about to be applied to one: -f.",
                            ExitCode.Usage
                        )
                        : await WholeAsync(context, parsed, source, certificates, declared, form, cancellationToken);
                }

                using var estate = source.Open(parsed, context);
                return applied.Length == 0
                    ? await PendingAsync(context, estate, form, cancellationToken)
                    : await ApplyAsync(context, parsed, source, estate, certificates, applied, form, cancellationToken);
            }
        );
        return command;
    }

    private static async Task<int> PendingAsync(
        CommandContext context,
        IEstateSource estate,
        string form,
        CancellationToken cancellationToken
    )
    {
        var objects = await EstateObjects.ReadAsync(estate, everywhere: false, cancellationToken);
        await TellGapsAsync(context, objects);
        var report = PlanReport.Of(objects);
        Write(context, report, form, report.Write);
        return ExitCode.Success;
    }

    private static async Task<int> ApplyAsync(
        CommandContext context,
        ParseResult parsed,
        SourceOptions source,
        IEstateSource estate,
        CertificateOptions certificates,
        string[] files,
        string form,
        CancellationToken cancellationToken
    )
    {
        var manifests = ManifestReader.ReadPaths(files, estate.ManifestNamespace, context.Input);
        if (await RefuseAsync(context, manifests))
        {
            return ExitCode.Invalid;
        }

        var live = await EstateObjects.ReadAsync(estate, everywhere: true, cancellationToken);
        if (certificates.IsNamed(parsed))
        {
            if (live.NotShown is [var gap, ..])
            {
                throw new CommandException($"The operator decides by all objects, and not all may be read. {gap}");
            }

            var seen = await estate.SeeOperatorAsync(cancellationToken);
            var plan = await HostPlan.ComputeAsync(
                context,
                PlannedEntities.Apply(manifests, live),
                seen,
                certificates.FindForReading(parsed, context.Error),
                cancellationToken
            );
            if (plan.UnreachableHosts.Count > 0 && plan.UnreachableHosts.Count == CountHosts(live, manifests))
            {
                throw new CommandException(
                    $"No host's agent answers: {string.Join("; ", plan.UnreachableHosts.Select(static host => $"{host.Key}: {host.Value}"))}. Agents are asked "
                        + "from here, not from the operator's place; without --certificates 'exvirt plan -f' goes by status."
                );
            }

            var scope = new PlanScope(
                parsed.GetValue(source.AllNamespaces),
                parsed.GetValue(source.Namespace),
                [.. manifests.Entities.Select(static each => each.Entity)]
            );
            var told = plan with { VirtualMachines = [.. plan.VirtualMachines.Where(scope.Holds)] };
            var report = PlanReport.Of(told) with { Remarks = Remarks(seen) };
            Write(context, report, form, report.Write);
            return ExitCode.Success;
        }

        await TellGapsAsync(context, live);
        var sight = await estate.SeeOperatorAsync(cancellationToken);
        var now = estate.Now;
        // Compared before anything is joined: joining writes into the manifests' objects.
        var objects = manifests
            .Entities.Select(each =>
                ObjectChange.Of(
                    each.Entity,
                    live.Find(each.Entity.Kind, each.Entity.Metadata.NamespaceProperty, each.Entity.Metadata.Name)
                )
            )
            .ToList();
        var changes = ChangeReport.Of(
            objects,
            StatusPreview.Of([.. live.All], sight.Pause, now),
            StatusPreview.Of(PlannedEntities.Apply(manifests, live), sight.Pause, now)
        ) with
        {
            Remarks = Remarks(sight),
        };
        Write(context, changes, form, changes.Write);
        return ExitCode.Success;
    }

    // An operator that begins makes an id of its own, which is on no VM.
    private static OperatorSight Newcomer(CommandContext context) =>
        new() { Installation = context.NewGuid().ToString("D") };

    private static IReadOnlyList<string> Remarks(OperatorSight sight) => sight.PauseDoubt is { } doubt ? [doubt] : [];

    private static int CountHosts(EstateObjects live, ManifestSet manifests) =>
        live
            .Hosts.Concat(manifests.Entities.Select(static each => each.Entity).OfType<HyperVHost>())
            .DistinctBy(static host => host.Metadata.Name)
            .Count();

    private static async Task<int> WholeAsync(
        CommandContext context,
        ParseResult parsed,
        SourceOptions source,
        CertificateOptions certificates,
        string directory,
        string form,
        CancellationToken cancellationToken
    )
    {
        var manifests = ManifestReader.ReadPaths([directory]);
        if (await RefuseAsync(context, manifests))
        {
            return ExitCode.Invalid;
        }

        using var state = parsed.GetValue(source.State) is null ? null : source.Open(parsed, context);
        var known = state is null ? null : await EstateObjects.ReadAsync(state, everywhere: true, cancellationToken);
        var sight = state is null ? Newcomer(context) : await state.SeeOperatorAsync(cancellationToken);
        var plan = await HostPlan.ComputeAsync(
            context,
            PlannedEntities.Merge(manifests, known),
            sight,
            certificates.FindForReading(parsed, context.Error),
            cancellationToken
        );
        var report = PlanReport.Of(plan) with { Remarks = Remarks(sight) };
        Write(context, report, form, report.Write);
        return ExitCode.Success;
    }

    private static async Task<bool> RefuseAsync(CommandContext context, ManifestSet manifests)
    {
        foreach (var problem in manifests.Problems)
        {
            await context.Error.WriteLineAsync(problem.ToString());
        }

        return manifests.Problems.Count > 0;
    }

    private static async Task TellGapsAsync(CommandContext context, EstateObjects objects)
    {
        foreach (var gap in objects.NotShown)
        {
            await context.Error.WriteLineAsync($"exvirt: {context.Invocation.Say(gap)}");
        }

        foreach (var odd in objects.Unreadable)
        {
            await context.Error.WriteLineAsync(
                $"exvirt: {odd.Kind.Type.Kind} {odd.Key} does not fit this version and is left out: {odd.Message}"
            );
        }
    }

    private static void Write(CommandContext context, object report, string form, Action<TextWriter> write)
    {
        if (form == "json")
        {
            context.Out.WriteLine(
                ResourceList.Json(JsonSerializer.SerializeToNode(report, report.GetType(), ResourceJson.Options))
            );
        }
        else
        {
            using var text = new StringWriter();
            write(text);
            context.Out.Write(context.Invocation.Say(text.ToString()));
        }
    }
}
