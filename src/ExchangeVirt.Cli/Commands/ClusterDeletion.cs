using ExchangeVirt.Cli.Estates;
using ExchangeVirt.Cli.Output;
using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Cli.Commands;

/// <summary>Says what the deletion of a cluster's object would bring about. Nothing is deleted from here: that is kubectl's.</summary>
internal static class ClusterDeletion
{
    /// <summary>Tells.</summary>
    /// <exception cref="CommandException">There is no such object, or it cannot be read.</exception>
    public static async Task<int> TellAsync(
        CommandContext context,
        IEstateSource estate,
        ResourceKind kind,
        ResourceKey key,
        CancellationToken cancellationToken
    )
    {
        var objects = await EstateObjects.ReadReadableAsync(
            estate,
            [key.Namespace ?? estate.ManifestNamespace],
            cancellationToken
        );
        foreach (var gap in objects.Unjudged)
        {
            await context.Error.WriteLineAsync($"exvirt: {context.Invocation.Say(gap)}");
        }

        var entity =
            objects.Find(kind.Type.Kind, key.Namespace, key.Name)
            ?? throw new CommandException(
                $"There is no {kind.Type.Kind} {key} that can be read. 'exvirt get {kind.Resource.ShortName} -A' lists them.",
                ExitCode.NotReady
            );
        var inNamespace = key.Namespace is null ? "" : $" --namespace {key.Namespace}";
        await context.Out.WriteLineAsync(
            $"""
            Nothing was deleted: an object of a cluster is deleted with kubectl, as whom the cluster knows you to be.

              kubectl delete {kind.Resource.ShortName} {key.Name}{inNamespace}

            {Outlook(entity)}
            """
        );
        foreach (var finding in LookupRules.CheckDeletion(entity, new DeclaredSet(objects.All)))
        {
            var verdict = finding.Refuses(UnknownReferences.Warn) ? "It would be refused" : "Note";
            await context.Out.WriteLineAsync($"{verdict}: {finding.Path} {finding.Message} ({finding.Id}).");
        }

        return ExitCode.Usage;
    }

    /// <summary>Says what becomes of the thing that an object stands for.</summary>
    public static string Outlook(object entity) =>
        entity switch
        {
            ExchangeVirtualMachine { Spec.DeletionPolicy: DeletionPolicy.Delete } machine =>
                $"deletionPolicy is Delete: the VM is unregistered from Hyper-V once it is off (now: {machine.Status?.PowerState ?? "not seen"}); it is never "
                    + "turned off for it, and until then the object stays. The files of its disks are kept.",
            ExchangeVirtualMachine =>
                "deletionPolicy is Retain: the VM stays in Hyper-V as it is, runs on, and is managed no longer.",
            HyperVHost => "The host and its VMs stay as they are; nothing is read or changed there any more.",
            VirtualizationPolicy { Metadata.Name: "default" } =>
                "Without a policy named default the built-in values hold, which only observe.",
            VirtualizationPolicy =>
                "Nothing is done to machines that name it until a policy of this name exists again.",
            DatabaseAvailabilityGroup => "No VM is touched; members that still name it are not disrupted any more.",
            _ => "No VM is touched.",
        };
}
