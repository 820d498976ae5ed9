using ExchangeVirt.Resources.V1Alpha1;

namespace ExchangeVirt.Resources.Rules;

public static partial class ResourceRules
{
    private static ResourceRule[] GroupPolicyAndMigrationRules() =>
        [
            Rule<WitnessSpec>(
                "witness-exactly-one",
                "[has(self.virtualMachine), has(self.host), has(self.external)].filter(given, given).size() == 1",
                "must have exactly one of virtualMachine, host and external",
                "",
                ["virtualMachine", "host", "external"],
                self => ExactlyOne(self.VirtualMachine, self.Host, self.External)
            ),
            Rule<MaintenanceSpec>(
                "hook-command",
                "(self.hook == 'Command') == has(self.command)",
                "must be given where hook is Command, and only there",
                "command",
                ["hook", "command"],
                self => self.Hook is MaintenanceHook.Command == self.Command is not null
            ),
            Rule<SubjectSpec>(
                "subject-namespace",
                "self.kind == 'Azure' || has(self.__namespace__) == !(self.kind in ['Host', 'Cluster'])",
                "must be given for VirtualMachine, Disk, AvailabilityGroup and Migration, and absent for Host and Cluster",
                "namespace",
                ["kind", "namespace"],
                self =>
                    self.Kind is SubjectKind.Azure
                    || self.Namespace is not null == self.Kind is not (SubjectKind.Host or SubjectKind.Cluster)
            ),
            Transition<VirtualMachineMigrationSpec>(
                "migration-immutable",
                "self == oldSelf",
                "must not be changed: delete the migration and make another",
                "",
                [],
                (self, old) => self == old
            ),
        ];
}
