using System.CommandLine;
using System.Text.Json.Nodes;
using ExchangeVirt.Cli.Completion;
using ExchangeVirt.Cli.Estates;
using ExchangeVirt.Cli.Output;
using ExchangeVirt.Resources.Schema;

namespace ExchangeVirt.Cli.Commands;

/// <summary>Prints resources with their status.</summary>
internal static class GetCommand
{
    private static readonly string[] s_events = ["events", "event", "ev"];

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        var source = new SourceOptions("in a directory all, in a cluster that of the kubeconfig's context");
        var kind = new KindArgument("KIND", source)
        {
            HelpName = "KIND",
            Description = $"{ResourceKind.Words}, or a plural, or KIND/NAME; 'events'; 'all'. Absent: all kinds.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var name = new LiveNameArgument("NAME", kind, source)
        {
            Description = "One object. Absent: all of the kind.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var output = CommonOptions.Output("table", "wide", "yaml", "json");
        var command = new TaughtCommand(
            "get",
            """
            Prints resources and their status as the operator last wrote them. It works beside a running operator, on the cluster of
            your kubeconfig or on the directory that --state names. A cluster's objects are printed whole, fields that this version
            does not know too.

            Examples:
              exvirt get exvm -A                              the virtual machines of a cluster
              exvirt get --state state/                       everything of a directory's operator
              exvirt get exvm --state state/ -o wide          its virtual machines, with more columns
              exvirt get exvm ex01 -n messaging -o yaml       one of them, whole: why it waits stands in status
              exvirt get events -n messaging                  what happened, the latest last
            """
        )
        {
            kind,
            name,
            output,
        };
        source.AddTo(command);
        kind.CompletionSources.Add(static _ => LiveNames.Kinds([.. s_events[..1], "all"]));
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                using var estate = source.Open(parsed, context);
                var form = parsed.GetRequiredValue(output);
                return s_events.Contains(parsed.GetValue(kind), StringComparer.Ordinal)
                    ? await EventsAsync(context, estate, parsed.GetValue(name), form, cancellationToken)
                    : await ResourcesAsync(
                        context,
                        estate,
                        ResourceName.Parse(parsed.GetValue(kind), parsed.GetValue(name)),
                        form,
                        cancellationToken
                    );
            }
        );
        return command;
    }

    private static async Task<int> ResourcesAsync(
        CommandContext context,
        IEstateSource estate,
        ResourceName name,
        string form,
        CancellationToken cancellationToken
    )
    {
        List<JsonObject> items = [];
        List<AccessDeniedException> denied = [];
        foreach (var kind in ResourceKind.All.Where(kind => name.Kind is null || name.Kind == kind))
        {
            try
            {
                items.AddRange(
                    name.Name is null
                        ? await estate.ListAsync(kind, everywhere: false, cancellationToken)
                        : await estate.FindAsync(kind, name.Name, cancellationToken)
                );
            }
            catch (AccessDeniedException refused) when (name.Kind is null)
            {
                // Of all kinds, what may be seen is shown.
                denied.Add(refused);
            }
        }

        foreach (var remark in estate.ListRemarks().Concat(denied.Select(static refused => refused.Message)))
        {
            await context.Error.WriteLineAsync($"exvirt: {context.Invocation.Say(remark)}");
        }

        if (items.Count > 0)
        {
            Write(context, estate, items, name, form);
        }
        else if (denied.Count == 0)
        {
            return Nothing(context, estate, name);
        }

        return denied.Count == 0 ? ExitCode.Success : ExitCode.Failure;
    }

    private static void Write(
        CommandContext context,
        IEstateSource estate,
        List<JsonObject> items,
        ResourceName name,
        string form
    )
    {
        switch (form)
        {
            case "json":
                context.Out.WriteLine(ResourceList.Json(Document(items, name)));
                break;
            case "yaml":
                context.Out.Write(YamlText.Of(Document(items, name)));
                break;
            default:
                Tables(context, estate, items, name, form == "wide");
                break;
        }
    }

    // Like kubectl: one named object stands for itself, anything else is a list.
    private static JsonObject Document(List<JsonObject> items, ResourceName name) =>
        name is { Kind: not null, Name: not null } && items is [var single] ? single : ResourceList.Of(items);

    private static void Tables(
        CommandContext context,
        IEstateSource estate,
        List<JsonObject> items,
        ResourceName name,
        bool wide
    )
    {
        var isFirst = true;
        foreach (var kind in ResourceKind.All)
        {
            var ofKind = items.Where(item => (string?)item["kind"] == kind.Type.Kind).ToList();
            if (ofKind.Count == 0)
            {
                continue;
            }

            if (!isFirst)
            {
                context.Out.WriteLine();
            }

            isFirst = false;
            // Like kubectl, whoever asks a cluster for all namespaces is told each object's.
            var namespaces =
                estate is { IsCluster: true, Namespace: null } && kind.Resource.Scope is ResourceScope.Namespaced;
            ResourceTable.Of(kind, ofKind, wide, name.Kind is null, estate.Now, namespaces).Write(context.Out);
        }
    }

    private static int Nothing(CommandContext context, IEstateSource estate, ResourceName name)
    {
        var where =
            estate.Namespace is { } inNamespace && name.Kind?.Resource.Scope is not ResourceScope.Cluster
                ? $" in namespace {inNamespace}"
                : "";
        if (name.Name is not null)
        {
            throw new CommandException(
                $"There is no {name.Kind?.Type.Kind ?? "object"} {name.Name}{where}.",
                ExitCode.NotReady
            );
        }

        context.Error.WriteLine($"No resources found{where}.");
        return ExitCode.Success;
    }

    private static async Task<int> EventsAsync(
        CommandContext context,
        IEstateSource estate,
        string? name,
        string form,
        CancellationToken cancellationToken
    )
    {
        var events = (await estate.ListEventsAsync(cancellationToken))
            .Where(seen => name is null || seen.Record.Regarding.Key.Name == name)
            .ToList();
        if (form is "json" or "yaml")
        {
            JsonNode list = estate.IsCluster
                ? ResourceList.Of(events.Select(static seen => (JsonObject)seen.Whole))
                : new JsonArray([.. events.Select(static seen => seen.Whole.DeepClone())]);
            await context.Out.WriteLineAsync(form == "json" ? ResourceList.Json(list) : YamlText.Of(list));
            return ExitCode.Success;
        }

        var table = new TextTable("LAST SEEN", "TYPE", "REASON", "OBJECT", "COUNT", "MESSAGE");
        foreach (var record in events.Select(static seen => seen.Record))
        {
            table.Add(
                Age.Since(record.LastTimestamp, estate.Now),
                $"{record.Type}",
                record.Reason,
                $"{ResourceKind.All.FirstOrDefault(kind => kind.Type.Kind == record.Regarding.Kind)?.Resource.ShortName ?? record.Regarding.Kind}/{record.Regarding.Key.Name}",
                $"{record.Count}",
                record.Message
            );
        }

        table.Write(context.Out);
        return ExitCode.Success;
    }
}
