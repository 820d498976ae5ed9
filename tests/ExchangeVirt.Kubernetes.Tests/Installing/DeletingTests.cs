using ExchangeVirt.Kubernetes.Tests.Estates;

namespace ExchangeVirt.Kubernetes.Tests.Installing;

/// <summary>What becomes of VMs whose objects are deleted while the operator runs.</summary>
[Collection(nameof(SmallEstateTests))]
public sealed class DeletingTests(SharedInstalledEstate shared)
{
    [Fact]
    public async Task A_VM_with_the_policy_Delete_is_unregistered_when_its_object_is_deleted_and_its_files_and_all_others_stay()
    {
        var estate = await shared.GetReadyAsync();
        var (_, reason, _) = await estate.ConditionAsync(SmallEstate.Deletable, "Synced");
        Assert.Equal("InSync", reason);
        var id = await IdAsync(estate, SmallEstate.Deletable);
        var before = Untouched.Of(estate);
        var others = estate.Hosts.MachinesBut(id);

        await DeleteAsync(estate, SmallEstate.Deletable);
        await GoneAsync(estate, SmallEstate.Deletable);

        Assert.Equal(id, Assert.Single(before.ChangedBy("UnregisterVirtualMachine")).Machine, ignoreCase: true);
        Assert.Equal(others, estate.Hosts.MachinesBut(id));
        Assert.Contains("edge03", estate.Hosts.Read()["hv01"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deletion_whose_host_is_gone_waits_says_how_to_let_go_and_lets_go_so()
    {
        var estate = await shared.GetReadyAsync();
        var before = Untouched.Of(estate);
        await estate.ApplyAsync(SmallEstate.Machine("ex02", SmallEstate.Member, more: "deletionPolicy: Delete"));
        // Nobody listens at this port, and nobody ever will.
        await estate.ApplyAsync(SmallEstate.Host("hv02", new Uri("https://127.0.0.1:1")));
        await estate.UntilSoAsync(
            "hv02 is known to be gone",
            async () => (await estate.HostConditionAsync("hv02", "Ready")).Status is "False"
        );

        await DeleteAsync(estate, "ex02");
        await estate.UntilSoAsync(
            "the object says what it waits for",
            async () => (await estate.ConditionAsync("ex02", "Ready")).Reason is "DeletionWaits"
        );

        var (_, _, message) = await estate.ConditionAsync("ex02", "Ready");
        Assert.Contains("hv02 (AgentUnreachable) does not answer", message, StringComparison.Ordinal);
        Assert.Contains("delete the HyperVHost if it is gone for good", message, StringComparison.Ordinal);
        Assert.Contains("deletionPolicy: Retain", message, StringComparison.Ordinal);

        // As docs/deletion.md says.
        (
            await estate.Kubectl.RunAsync(
                "patch",
                "exvm",
                "ex02",
                "-n",
                "messaging",
                "--type=merge",
                "-p",
                """{"spec":{"deletionPolicy":"Retain"} }"""
            )
        ).Succeeded();
        await GoneAsync(estate, "ex02");
        before.AssertSo();
    }

    [Fact]
    public async Task An_object_that_is_collected_with_its_owner_lets_go_of_its_VM()
    {
        var estate = await shared.GetReadyAsync();
        var before = Untouched.Of(estate);
        (await estate.Kubectl.RunAsync("create", "configmap", "owner", "-n", "messaging")).Succeeded();
        var owner = (await estate.Plane.Raw.GetAsync("/api/v1/namespaces/messaging/configmaps/owner")).Succeeded();
        (
            await estate.Kubectl.RunAsync(
                "patch",
                "exvm",
                "ex01",
                "-n",
                "messaging",
                "--type=merge",
                "-p",
                $$"""
                {"metadata":{"ownerReferences":[
                  {"apiVersion":"v1","kind":"ConfigMap","name":"owner","uid":"{{owner["metadata"]!["uid"]}}"}
                ]} }
                """
            )
        ).Succeeded();

        (await estate.Kubectl.RunAsync("delete", "configmap", "owner", "-n", "messaging")).Succeeded();
        await GoneAsync(estate, "ex01");

        before.AssertSo();
    }

    private static async Task<string> IdAsync(InstalledEstate estate, string machine) =>
        (
            (string)
                (await estate.GetAsync("exchangevirtualmachines", InstalledEstate.Messaging, machine))!["status"]![
                    "virtualMachineId"
                ]!
        ).ToUpperInvariant();

    private static async Task DeleteAsync(InstalledEstate estate, string machine) =>
        (await estate.Kubectl.RunAsync("delete", "exvm", machine, "-n", "messaging", "--wait=false")).Succeeded();

    private static Task GoneAsync(InstalledEstate estate, string machine) =>
        estate.UntilSoAsync(
            $"the object {machine} is gone",
            async () => await estate.GetAsync("exchangevirtualmachines", InstalledEstate.Messaging, machine) is null
        );
}
