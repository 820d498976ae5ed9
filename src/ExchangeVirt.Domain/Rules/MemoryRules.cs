using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Rules;

/// <summary>The family mem-*: fixed memory, enough of it, and a host that can back it.</summary>
internal static class MemoryRules
{
    public static IReadOnlyList<SupportRule> All { get; } =
    [
        SupportRule.ForMachine(
            "mem-dynamic",
            Severity.Unsupported,
            "Dynamic memory is off.",
            Sources.Virtualization,
            machine =>
                machine.Machine.Memory?.Dynamic switch
                {
                    null => Finding.Unknown("memory.dynamic"),
                    true => Finding.Violated(
                        "Dynamic memory is on. Set fixed memory of the size that the server was planned with; this needs a restart."
                    ),
                    false => Finding.Pass,
                }
        ),
        SupportRule.ForMachine(
            "mem-overcommit",
            Severity.Unsupported,
            "All of the VM's memory is backed by the host's.",
            Sources.Virtualization,
            Overcommit
        ),
        SupportRule.ForHost(
            "mem-host-capacity",
            Severity.Advisory,
            "The host's memory covers what all guests hold or need to start, their overhead, and the host itself.",
            Sources.WindowsServer(
                "Hyper-V memory performance; the reserve and the overhead are the operator's judgement"
            ),
            HostCapacity
        ),
        SupportRule.ForMachine(
            "mem-below-minimum",
            Severity.Unsupported,
            "Exchange 2013 and 2016 have at least 8 GB for the Mailbox role, 4 GB for Edge Transport.",
            Sources.SystemRequirements,
            BelowMinimum
        ),
        SupportRule.ForMachine(
            "mem-below-recommended",
            Severity.Advisory,
            "Exchange 2019 and SE have at least 128 GB for the Mailbox role, 64 GB for Edge Transport.",
            Sources.SystemRequirements,
            BelowRecommended
        ),
        SupportRule.ForMachine(
            "mem-above-recommended",
            Severity.Advisory,
            "Memory is at most 256 GB for Exchange 2019 and SE, 192 GB for 2016, 96 GB for 2013.",
            Sources.SystemRequirements,
            AboveRecommended
        ),
        SupportRule.ForMachine(
            "mem-pagefile",
            Severity.Advisory,
            "The guest has one page file of the fixed size that its Exchange version asks for.",
            Sources.SystemRequirements,
            PageFile
        ),
        SupportRule.ForCluster(
            "mem-n-minus-1",
            Severity.Advisory,
            "After the loss of any one node its Exchange VMs can start elsewhere with their full memory.",
            Sources.Judgement("from the failover requirements of Microsoft's Exchange Server virtualization page"),
            ClusterRules.Memory
        ),
    ];

    private static Finding Overcommit(MachineSubject subject)
    {
        var memory = subject.Machine.Memory;
        var hyperV =
            subject.Host?.OperatingSystem is { ProductType: >= 1 and <= 3 }
            || subject.Host?.Roles?.Contains("Hyper-V", StringComparer.OrdinalIgnoreCase) == true;
        if (hyperV)
        {
            // Hyper-V backs fixed memory in full; dynamic memory is mem-dynamic's to judge.
            return memory?.Dynamic switch
            {
                null => Finding.Unknown("memory.dynamic"),
                true => Finding.NotApplicable,
                false => Finding.Pass,
            };
        }

        if (memory is { Size: { } size, Reservation: { } reservation })
        {
            return reservation < size
                ? Finding.Violated($"{reservation} of {size} memory is reserved. Reserve all of it on the hypervisor.")
                : Finding.Pass;
        }

        return Finding.Unknown("memory.reservation");
    }

    private static Finding HostCapacity(HostSubject subject)
    {
        if (subject.Host?.Memory is not { Bytes: > 0 } total)
        {
            return Finding.Unknown(subject.Host is null ? "hosts" : "memory.total");
        }

        var reserve = MemoryBudget.Reserve(total, subject.Policy);
        return GuestSum
            .OfMemory(subject.Estate, subject.Name, subject.Policy)
            .Judge(
                sum => sum > total.Bytes - reserve.Bytes,
                sum =>
                    $"Guests with their overhead need {new ByteSize(sum)}, {MemoryBudget.ForGuests(total, subject.Policy)} are left ({total} − {reserve} for the host). Move VMs away, at least {new ByteSize(sum - (total.Bytes - reserve.Bytes))}."
            );
    }

    private static Finding BelowMinimum(MachineSubject subject)
    {
        if (subject.Exchange.Version is ExchangeProduct.Exchange2019 or ExchangeProduct.ExchangeSE)
        {
            return Finding.NotApplicable;
        }

        return Sized(
            subject,
            (size, role) =>
            {
                var least = ByteSize.FromGibibytes(role == ExchangeRole.Mailbox ? 8 : 4);
                return size < least
                    ? Finding.Violated($"{role} has {size}, at least {least} is required. Give it more memory.")
                    : Finding.Pass;
            }
        );
    }

    private static Finding BelowRecommended(MachineSubject subject)
    {
        if (subject.Exchange.Version is ExchangeProduct.Exchange2013 or ExchangeProduct.Exchange2016)
        {
            return Finding.NotApplicable;
        }

        return Sized(
            subject,
            (size, role) =>
            {
                var least = role == ExchangeRole.Mailbox ? 128 : 64;
                return Rounded(size) < least
                    ? Finding.Violated(
                        $"{role} has {size}, {least}Gi or more is recommended. Plan a restart with more memory."
                    )
                    : Finding.Pass;
            }
        );
    }

    private static Finding AboveRecommended(MachineSubject subject)
    {
        List<string> missing = [];
        var most = subject.Exchange.Version switch
        {
            ExchangeProduct.Exchange2013 => 96,
            ExchangeProduct.Exchange2016 => 192,
            _ => 256,
        };
        if (subject.Exchange.Version is null)
        {
            missing.Add("exchange.version");
        }

        if (subject.Machine.Memory?.Size is not { } size)
        {
            missing.Add("memory.size");
        }
        else if (Rounded(size) > most)
        {
            return Finding.Violated(
                $"The VM has {size}, at most {most}Gi is recommended. Take a smaller size and add servers instead."
            );
        }

        return Finding.PassUnless(missing);
    }

    private static Finding Sized(MachineSubject subject, Func<ByteSize, ExchangeRole, Finding> judge)
    {
        List<string> missing = [];
        if (subject.Exchange.Version is null)
        {
            missing.Add("exchange.version");
        }

        if (subject.Exchange.Role is null)
        {
            missing.Add("exchange.role");
        }

        if (subject.Machine.Memory?.Size is null)
        {
            missing.Add("memory.size");
        }

        return missing.Count > 0
            ? Finding.Unknown(missing)
            : judge(subject.Machine.Memory!.Size!.Value, subject.Exchange.Role!.Value);
    }

    private static Finding PageFile(MachineSubject subject)
    {
        if (subject.Machine.Guest?.PageFile is not { } file)
        {
            return Finding.Unknown("guest.pageFile");
        }

        if (file.Managed is true || file.Count is not (null or 1))
        {
            return Finding.Violated(
                "The page file is sized by Windows or is not the only one. Set one of fixed size; this needs a restart of the guest."
            );
        }

        List<string> missing = [];
        if (file.Managed is null)
        {
            missing.Add("guest.pageFile.managed");
        }

        if (file.MaximumMegabytes is null)
        {
            missing.Add("guest.pageFile.maximumMegabytes");
        }

        if (subject.Machine.Memory?.Size is null)
        {
            missing.Add("memory.size");
        }

        if (subject.Exchange.Version is null)
        {
            missing.Add("exchange.version");
        }

        if (missing.Count > 0)
        {
            return Finding.Unknown(missing);
        }

        var asked = PageFileMegabytes(subject.Exchange.Version!.Value, subject.Machine.Memory!.Size!.Value);
        return file.MaximumMegabytes == asked
            ? Finding.Pass
            : Finding.Violated(
                $"The page file may grow to {file.MaximumMegabytes} MB, {asked} MB is asked for. Set it in the guest; this needs a restart of the guest."
            );
    }

    private static long PageFileMegabytes(ExchangeProduct version, ByteSize memory) =>
        version is ExchangeProduct.Exchange2019 or ExchangeProduct.ExchangeSE
            ? (long)Math.Round(memory.Mebibytes / 4m, MidpointRounding.ToEven)
            : Math.Min(memory.Mebibytes, 32768) + 10;

    private static decimal Rounded(ByteSize size) =>
        Math.Round(size.Bytes / (decimal)(1L << 30), MidpointRounding.ToEven);
}
