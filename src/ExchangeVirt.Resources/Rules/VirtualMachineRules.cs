using ExchangeVirt.Domain.Model;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeRole = ExchangeVirt.Resources.V1Alpha1.ExchangeRole;
using ExchangeVersion = ExchangeVirt.Resources.V1Alpha1.ExchangeVersion;

namespace ExchangeVirt.Resources.Rules;

public static partial class ResourceRules
{
    private const long Mebibyte = 1L << 20;
    private const long Gibibyte = 1L << 30;

    private static ResourceRule[] VirtualMachineRules() =>
        [
            Rule<ExchangeServerSpec>(
                "dag-xor-standalone",
                "!(has(self.databaseAvailabilityGroup) && has(self.standalone) && self.standalone)",
                "must not be true beside databaseAvailabilityGroup: a member of a group does not stand alone; remove one of the two",
                "standalone",
                ["databaseAvailabilityGroup", "standalone"],
                self => self.DatabaseAvailabilityGroup is null || !self.Standalone
            ),
            Rule<ExchangeServerSpec>(
                "edge-has-no-dag",
                "self.role != 'EdgeTransport' || !has(self.databaseAvailabilityGroup)",
                "must be absent where role is EdgeTransport: only Mailbox servers are members of a group",
                "databaseAvailabilityGroup",
                ["role", "databaseAvailabilityGroup"],
                self => self.Role is not ExchangeRole.EdgeTransport || self.DatabaseAvailabilityGroup is null
            ),
            Rule<MemorySpec>(
                "memory-multiple-of-2mi",
                "isQuantity(self.size) && quantity(self.size).isInteger() && quantity(self.size).asInteger() > 0 && quantity(self.size).asInteger() % 2097152 == 0",
                "must be a whole multiple of 2Mi and more than 0: Hyper-V gives memory in steps of 2Mi",
                "size",
                ["size"],
                self => Bytes(self.Size) is > 0 and var bytes && bytes % (2 * Mebibyte) == 0
            ),
            Rule<ExchangeVirtualMachineSpec>(
                "mem-below-minimum",
                "self.exchange.version != 'Exchange2016' || (isQuantity(self.memory.size) && quantity(self.memory.size).compareTo(quantity(self.exchange.role == 'Mailbox' ? '8Gi' : '4Gi')) >= 0)",
                "is below the minimum of Exchange 2016: at least 8Gi for a Mailbox server, 4Gi for EdgeTransport",
                "memory.size",
                ["exchange.version", "exchange.role", "memory.size"],
                self =>
                    self.Exchange.Version is not ExchangeVersion.Exchange2016
                    || Bytes(self.Memory.Size) >= (self.Exchange.Role is ExchangeRole.Mailbox ? 8 : 4) * Gibibyte
            ),
            Transition<MemorySpec>(
                "memory-not-cut-below-half",
                "!isQuantity(oldSelf.size) || (isQuantity(self.size) && quantity(self.size).add(quantity(self.size)).compareTo(quantity(oldSelf.size)) >= 0)",
                "must not fall below half of what it was in one change, which is nearly always a typing error (12Gi for 128Gi); where it is meant, lower it in steps",
                "size",
                ["size"],
                (self, old) => Bytes(self.Size) >= Bytes(old.Size) - Bytes(self.Size)
            ),
            Transition<ExchangeVirtualMachine>(
                "virtual-machine-name-immutable",
                "(has(self.spec.virtualMachineName) ? self.spec.virtualMachineName : self.metadata.name) == (has(oldSelf.spec.virtualMachineName) ? oldSelf.spec.virtualMachineName : oldSelf.metadata.name)",
                "must not be changed, nor set to another name than metadata.name once the resource exists: it names the machine in Hyper-V",
                "spec.virtualMachineName",
                ["spec.virtualMachineName", "metadata.name"],
                (self, old) =>
                    (self.Spec.VirtualMachineName ?? self.Metadata.Name)
                    == (old.Spec.VirtualMachineName ?? old.Metadata.Name)
            ),
            Transition<ExchangeVirtualMachineSpec>(
                "virtual-machine-generation-immutable",
                "!has(oldSelf.virtualMachineGeneration) || (has(self.virtualMachineGeneration) && self.virtualMachineGeneration == oldSelf.virtualMachineGeneration)",
                "must not be changed or removed once set: Hyper-V cannot convert a machine to another generation",
                "virtualMachineGeneration",
                ["virtualMachineGeneration"],
                (self, old) =>
                    old.VirtualMachineGeneration is null
                    || self.VirtualMachineGeneration == old.VirtualMachineGeneration
            ),
            Rule<ExchangeVirtualMachineSpec>(
                "generation-1-processor-count",
                "!has(self.virtualMachineGeneration) || self.virtualMachineGeneration != 1 || self.processors.count <= 64",
                "must be at most 64 where virtualMachineGeneration is 1",
                "processors.count",
                ["virtualMachineGeneration", "processors.count"],
                self => self.VirtualMachineGeneration is not 1 || self.Processors.Count <= 64
            ),
        ];

    private static long Bytes(string size) => ByteSize.TryParse(size, out var bytes) ? bytes.Bytes : -1;
}
