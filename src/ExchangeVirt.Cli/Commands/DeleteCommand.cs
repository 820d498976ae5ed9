using System.CommandLine;
using System.Text.Json;
using ExchangeVirt.Cli.Completion;
using ExchangeVirt.Cli.Output;
using ExchangeVirt.Resources.Manifests;
using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Resources.Schema;
using ExchangeVirt.Runtime;
using ExchangeVirt.Runtime.Directories;
using ExchangeVirt.Runtime.Stores;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Cli.Commands;

/// <summary>Asks the operator to end the management of one resource.</summary>
internal static class DeleteCommand
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(200);

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        var source = new SourceOptions("default, or in a cluster that of the kubeconfig's context");
        var kind = new KindArgument("KIND", source)
        {
            HelpName = "KIND",
            Description = $"{ResourceKind.Words}, or KIND/NAME.",
        };
        var name = new LiveNameArgument("NAME", kind, source)
        {
            Description = "The object.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var wait = new Option<bool>("--wait") { Description = "Wait until the operator has let go of it." };
        var command = new TaughtCommand(
            "delete",
            """
            Deletes a resource of a directory's operator. Removing its manifest alone deletes nothing: a file may vanish by
            mistake. In a cluster nothing is deleted from here: that is kubectl's; what 'kubectl delete' would bring about is told.

            Remove the manifest first; while it is there, the resource is declared. What becomes of a virtual machine is
            up to its deletionPolicy: Retain leaves it as it is; Delete unregisters it from Hyper-V once somebody has shut
            it down, half a minute after the last deletion. Its disks stay in any case.

            A resource that is protected by the annotation exchangevirt.io/deletion-protection, and a DAG that machines still
            name, are not deleted.

            Exit codes:
              0   it was asked for; with --wait, it is done
              1   there is no such resource
              2   it was refused
              64  it is a cluster's: nothing was asked for

            Examples:
              exvirt delete exvm/ex07 --namespace messaging --state state/ --wait
              exvirt delete exvm/ex07 --namespace messaging      what deleting it from the cluster would bring about
            """
        )
        {
            kind,
            name,
            wait,
        };
        source.AddTo(command);
        kind.CompletionSources.Add(static _ => LiveNames.Kinds());
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var resource = ResourceName.Parse(parsed.GetRequiredValue(kind), parsed.GetValue(name));
                using var estate = source.Open(parsed, context);
                var key = resource.Key(estate.Namespace ?? estate.ManifestNamespace);
                return estate.IsCluster
                    ? await ClusterDeletion.TellAsync(context, estate, resource.Kind!, key, cancellationToken)
                    : await DeleteAsync(context, estate.Place, resource, key, parsed.GetValue(wait), cancellationToken);
            }
        );
        return command;
    }

    private static async Task<int> DeleteAsync(
        CommandContext context,
        string directory,
        ResourceName name,
        ResourceKey key,
        bool wait,
        CancellationToken cancellationToken
    )
    {
        var kind = name.Kind!.Type.Kind;
        var reader = new DirectoryReader(directory);
        string? Uid() =>
            reader
                .ListJson()
                .Where(item => name.Fits(item) && (string?)item["metadata"]?["namespace"] == key.Namespace)
                .Select(static item => (string?)item["metadata"]?["uid"])
                .FirstOrDefault();
        var uid =
            Uid()
            ?? throw new CommandException(
                $"There is no {kind} {key}. 'exvirt get {name.Kind.Resource.ShortName} --state {CommandWord.Of(directory)}' lists them.",
                ExitCode.NotReady
            );

        foreach (var finding in Judge(reader, kind, key))
        {
            var message = $"{kind} {key}: {finding.Path}: {finding.Message} ({finding.Id})";
            if (finding.Refuses(UnknownReferences.Warn))
            {
                throw new CommandException(message, ExitCode.Invalid);
            }

            await context.Error.WriteLineAsync(message);
        }

        var requests = new DirectoryRequests(directory);
        requests.Post(new DeleteRequest(kind, key, uid, Environment.UserName, context.Clock.GetUtcNow()));
        await context.Out.WriteLineAsync($"Asked the operator of {directory} to delete {kind} {key}.");
        while (wait && (requests.IsPending(kind, key) || Uid() == uid))
        {
            // What the operator sees may be newer than what was judged here.
            if (!requests.IsPending(kind, key) && requests.RefusalOf(kind, key) is { } refusal)
            {
                throw new CommandException($"{kind} {key}: {refusal}", ExitCode.Invalid);
            }

            await Task.Delay(s_look, context.Clock, cancellationToken);
        }

        if (wait)
        {
            await context.Out.WriteLineAsync($"{kind} {key} is deleted.");
        }

        return ExitCode.Success;
    }

    private static IReadOnlyList<LookupFinding> Judge(DirectoryReader reader, string kind, ResourceKey key)
    {
        List<IKubernetesObject<V1ObjectMeta>> objects =
        [
            .. from item in reader.ListJson()
            let schema = SchemaReader.Kinds.GetValueOrDefault((string)item["kind"]!)
            where schema is not null
            select ObjectReader.Read(schema, JsonSerializer.SerializeToElement(item)),
        ];
        return
            objects.Find(each =>
                each.Kind == kind && each.Metadata.Name == key.Name && each.Metadata.NamespaceProperty == key.Namespace
            )
                is { } entity
            ? LookupRules.CheckDeletion(entity, new DeclaredSet(objects))
            : [];
    }
}
