using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using ExchangeVirt.Cli.Output;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime.Directories;

namespace ExchangeVirt.Cli.Commands;

/// <summary>Prints resources with their status.</summary>
internal static class GetCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        var kind = new Argument<string?>("KIND")
        {
            Description = $"{ResourceKind.Words}, or a plural, or KIND/NAME; 'events'; 'all'. Absent: all kinds.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var name = new Argument<string?>("NAME")
        {
            Description = "One object. Absent: all of the kind.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var state = StateOptions.State();
        var ofNamespace = StateOptions.Namespace();
        var output = StateOptions.Output("table", "wide", "yaml", "json");
        var command = new TaughtCommand(
            "get",
            """
            Prints resources and their status as the operator last wrote them. Works beside a running operator.

            Examples:
              exvirt get --state state/                       everything
              exvirt get exvm --state state/ -o wide          the virtual machines, with more columns
              exvirt get exvm ex01 --state state/ -o yaml     one of them, whole: why it waits stands in status
              exvirt get events --state state/                what happened, the latest last
            """
        )
        {
            kind,
            name,
            state,
            ofNamespace,
            output,
        };
        command.SetAction(parsed =>
        {
            var reader = StateOptions.Open(parsed.GetRequiredValue(state));
            var form = parsed.GetRequiredValue(output);
            var wanted = parsed.GetValue(ofNamespace);
            return parsed.GetValue(kind) is "events" or "event" or "ev"
                ? Events(context, reader, parsed.GetValue(name), wanted, form)
                : Resources(
                    context,
                    reader,
                    ResourceName.Parse(parsed.GetValue(kind), parsed.GetValue(name)),
                    wanted,
                    form
                );
        });
        return command;
    }

    private static int Resources(
        CommandContext context,
        DirectoryReader reader,
        ResourceName name,
        string? ofNamespace,
        string form
    )
    {
        var items = reader
            .ListJson()
            .Where(item =>
                name.Fits(item) && (ofNamespace is null || (string?)item["metadata"]?["namespace"] == ofNamespace)
            )
            .ToList();
        if (items.Count == 0)
        {
            return Nothing(context, name);
        }

        foreach (var damage in reader.ListDamage())
        {
            context.Error.WriteLine($"exvirt: {damage}");
        }

        switch (form)
        {
            case "json":
                context.Out.WriteLine(ResourceList.Json(Document(items, name)));
                break;
            case "yaml":
                context.Out.Write(YamlText.Of(Document(items, name)));
                break;
            default:
                Tables(context, items, name, form == "wide");
                break;
        }

        return ExitCode.Success;
    }

    // Like kubectl: one named object stands for itself, anything else is a list.
    private static JsonObject Document(List<JsonObject> items, ResourceName name) =>
        name is { Kind: not null, Name: not null } && items is [var single] ? single : ResourceList.Of(items);

    private static void Tables(CommandContext context, List<JsonObject> items, ResourceName name, bool wide)
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
            ResourceTable.Of(kind, ofKind, wide, name.Kind is null, context.Clock.GetUtcNow()).Write(context.Out);
        }
    }

    private static int Nothing(CommandContext context, ResourceName name)
    {
        if (name.Name is not null)
        {
            throw new CommandException(
                $"There is no {name.Kind?.Type.Kind ?? "object"} {name.Name}.",
                ExitCode.NotReady
            );
        }

        context.Error.WriteLine("No resources found.");
        return ExitCode.Success;
    }

    private static int Events(
        CommandContext context,
        DirectoryReader reader,
        string? name,
        string? ofNamespace,
        string form
    )
    {
        var events = reader
            .ListEvents()
            .Where(record =>
                (name is null || record.Regarding.Key.Name == name)
                && (ofNamespace is null || record.Regarding.Key.Namespace == ofNamespace)
            )
            .ToList();
        if (form is "json" or "yaml")
        {
            var list = JsonSerializer.SerializeToNode(events, ResourceJson.Options);
            context.Out.WriteLine(form == "json" ? ResourceList.Json(list) : YamlText.Of(list));
            return ExitCode.Success;
        }

        var table = new TextTable("LAST SEEN", "TYPE", "REASON", "OBJECT", "COUNT", "MESSAGE");
        foreach (var record in events)
        {
            table.Add(
                Age.Since(record.LastTimestamp, context.Clock.GetUtcNow()),
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
