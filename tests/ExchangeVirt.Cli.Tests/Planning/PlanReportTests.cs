using ExchangeVirt.Cli.Planning;
using ExchangeVirt.Cli.Tests.Support;
using ExchangeVirt.Operator.Previewing;
using ExchangeVirt.Resources.Manifests;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Cli.Tests.Planning;

public sealed class PlanReportTests
{
    [Fact]
    public void What_is_pending_is_read_off_status_and_says_so()
    {
        var unseen = Some.Machine("new01");
        var changed = Some.Machine("ex03", Some.InSync());
        changed.Metadata.Generation = 2;
        var restarting = Some.InSync() with
        {
            Operation = new OperationStatus { Name = "Restart", Stage = "ShuttingDown" },
            Conditions = [Some.Condition("Ready", "False", "Restarting", "It restarts.")],
        };

        var report = PlanReport.Of(
            Some.Estate(
                Some.Host("hv09", ready: Some.Condition("Ready", "False", "HostUnreachable", "It does not answer.")),
                Some.Machine("ex01", Some.RestartPending()),
                Some.Machine("ex02", restarting),
                changed,
                Some.Machine("ex04", Some.InSync()),
                unseen
            )
        );

        Assert.Equal(
            """
            From status as the operator last wrote it; no host was asked.
            hv09 is not Ready: HostUnreachable: It does not answer.

            messaging/ex01: on hv01, with one restart
              1. ShutDownGuest  waits: MaintenanceWindow
                 messaging/ex01 waits for a maintenance window.
              2. SetFixedMemory (off)  waits: MaintenanceWindow
              3. StartVirtualMachine  waits: MaintenanceWindow

            messaging/ex02: on hv01
              ! Restarting: It restarts.
              under way: Restart, ShuttingDown

            messaging/ex03: on hv01
              ! the operator has looked at generation 1, and not yet at 2, which is declared

            messaging/ex04: on hv01
              as declared

            messaging/new01: on no host
              ! the operator has not looked at it yet

            3 actions on 1 of 5 machines, 1 restarts; 3 actions wait. Nothing was changed.

            """,
            Written(report.Write)
        );
    }

    [Fact]
    public void What_is_about_to_be_applied_is_compared_by_what_status_tells()
    {
        var text = Written(
            Changes(
                [
                    Some.Policy(),
                    Some.Group("dag01"),
                    Some.Machine("ex01", Some.RestartPending()),
                    Some.Machine("ex02", Some.InSync()),
                ],
                """
                apiVersion: exchangevirt.io/v1alpha1
                kind: ExchangeVirtualMachine
                metadata: { name: ex02, namespace: messaging }
                spec:
                  exchange: { version: ExchangeSE, role: Mailbox, standalone: true }
                  guest: { operatingSystem: WindowsServer2022 }
                  processors: { count: 12 }
                  memory: { size: 128Gi }
                ---
                apiVersion: exchangevirt.io/v1alpha1
                kind: ExchangeVirtualMachine
                metadata: { name: ex09, namespace: messaging }
                spec:
                  exchange: { version: ExchangeSE, role: Mailbox, databaseAvailabilityGroup: dag09 }
                  guest: { operatingSystem: WindowsServer2022 }
                  processors: { count: 12 }
                  memory: { size: 128Gi }
                """
            ).Write
        );

        Assert.Equal(
            """
            From status as the operator last wrote it; no host was asked. Where a machine would go, what hosts are busy with and whose turn it
            is in a DAG is not judged. With --certificates DIR the agents are asked too.

            ExchangeVirtualMachine messaging/ex02: changed
              spec.processors.count: 8 -> 12
            ExchangeVirtualMachine messaging/ex09: new

            messaging/ex02: on hv01
              ProcessorCount: 8 -> 12 (off)  waits: MaintenanceWindow
                messaging/ex02 waits for a maintenance window. The next, weekend, opens at 2031-05-17 22:00:00Z.

            messaging/ex09: not there yet
              ! UnknownAvailabilityGroup: spec.exchange.databaseAvailabilityGroup names 'dag09', which does not exist in namespace messaging. Apply it, or correct the name; nothing is done until then.

            1 new, 1 changed, 0 unchanged objects; it makes a difference to 2 machines: 1 settings newly differ, 1 machines newly need a restart. Nothing was changed.

            """,
            text
        );
    }

    [Fact]
    public void A_VM_that_no_host_could_take_is_not_called_as_good_as_created()
    {
        var homeless = Some.Machine(
            "ex01",
            new ExchangeVirtualMachineStatus
            {
                ObservedGeneration = 1,
                Conditions =
                [
                    Some.Condition("Ready", "False", "NoHostFits", "hv01: needs 24."),
                    Some.Condition("Placed", "False", "NoHostFits", "hv01: needs 24."),
                ],
            }
        );

        var report = Changes(
            [homeless],
            """
            apiVersion: exchangevirt.io/v1alpha1
            kind: VirtualizationPolicy
            metadata: { name: default }
            spec: { enforcement: Enforce }
            """
        );

        Assert.Contains(
            "it would be created, if a host fits; when the operator looked last, none did: hv01: needs 24.",
            Written(report.Write),
            StringComparison.Ordinal
        );
        // Its pending plan says so once.
        Assert.Equal(
            1,
            System.Text.RegularExpressions.Regex.Count(Written(PlanReport.Of(Some.Estate(homeless)).Write), "needs 24")
        );
    }

    [Fact]
    public void A_policy_that_lets_go_of_what_waits_is_seen_on_every_machine_under_it()
    {
        var report = Changes(
            [
                Some.Policy(),
                Some.Machine("ex01", Some.RestartPending()),
                Some.Machine("lab01", Some.RestartPending(), policy: "lab"),
            ],
            """
            apiVersion: exchangevirt.io/v1alpha1
            kind: VirtualizationPolicy
            metadata: { name: default }
            spec: { enforcement: Enforce, disruption: Anytime }
            """
        );

        var machine = Assert.Single(report.VirtualMachines);
        Assert.Equal("messaging/ex01", machine.Name);
        var memory = Assert.Single(machine.Settings);
        Assert.Equal(("MaintenanceWindow", null, false), (memory.WaitsNow, memory.Waits, memory.IsNew));
        Assert.Contains("no longer waits: MaintenanceWindow", Written(report.Write), StringComparison.Ordinal);
    }

    [Fact]
    public void Applying_what_is_there_makes_no_difference()
    {
        var report = Changes(
            [Some.Policy(), Some.Machine("ex01", Some.InSync())],
            """
            apiVersion: exchangevirt.io/v1alpha1
            kind: ExchangeVirtualMachine
            metadata: { name: ex01, namespace: messaging }
            spec:
              exchange: { version: ExchangeSE, role: Mailbox, standalone: true }
              guest: { operatingSystem: WindowsServer2022 }
              processors: { count: 8 }
              memory: { size: 128Gi }
            """
        );

        Assert.Equal(ObjectChangeKind.Unchanged, Assert.Single(report.Objects).Change);
        Assert.Empty(report.VirtualMachines);
    }

    [Fact]
    public void Applying_keeps_status_identity_and_what_others_have_noted_on_the_object()
    {
        var live = Some.Machine("ex01", Some.InSync());
        live.Metadata.Annotations = new Dictionary<string, string>
        {
            ["exchangevirt.io/hold"] = "",
            ["theirs"] = "old",
        };
        var manifest = Some.Machine("ex01");
        manifest.Metadata.Annotations = new Dictionary<string, string> { ["theirs"] = "new" };
        manifest.Spec = manifest.Spec with { Paused = true };
        var other = Some.Machine("ex02", Some.InSync());

        var applied = PlannedEntities.Apply(
            new ManifestSet([new ManifestEntity(manifest, "-", 1)], [], []),
            Some.Estate(live, other)
        );

        Assert.Equal(["ex01", "ex02"], applied.Select(static each => each.Metadata.Name));
        var machine = (ExchangeVirtualMachine)applied[0];
        Assert.Equal((true, 2L, "uid-ex01"), (machine.Spec.Paused, machine.Metadata.Generation, machine.Metadata.Uid));
        Assert.Equal("hv01", machine.Status?.Host);
        Assert.Equal(
            [("exchangevirt.io/hold", ""), ("theirs", "new")],
            machine.Metadata.Annotations.Select(static pair => (pair.Key, pair.Value)).Order()
        );
    }

    private static ChangeReport Changes(
        IReadOnlyList<k8s.IKubernetesObject<k8s.Models.V1ObjectMeta>> there,
        string manifests,
        PauseState? pause = null
    )
    {
        var live = Some.Estate(there);
        var read = ManifestReader.ReadText("-", manifests);
        Assert.Empty(read.Problems);
        List<ObjectChange> objects =
        [
            .. read.Entities.Select(each =>
                ObjectChange.Of(
                    each.Entity,
                    live.Find(each.Entity.Kind, each.Entity.Metadata.NamespaceProperty, each.Entity.Metadata.Name)
                )
            ),
        ];
        return ChangeReport.Of(
            objects,
            StatusPreview.Of([.. live.All], pause, Some.Now),
            StatusPreview.Of(PlannedEntities.Apply(read, live), pause, Some.Now)
        );
    }

    private static string Written(Action<TextWriter> write)
    {
        using var text = new StringWriter();
        write(text);
        return text.ToString().ReplaceLineEndings("\n");
    }
}
