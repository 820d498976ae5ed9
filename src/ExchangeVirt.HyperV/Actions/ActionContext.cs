using ExchangeVirt.HyperV.Calls;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Reading;

namespace ExchangeVirt.HyperV.Actions;

/// <summary>What every action works with: calls, fresh reads, and the wait until a change shows.</summary>
internal sealed record ActionContext(
    HyperVCalls Calls,
    InventoryReader Inventory,
    VolumeReader Volumes,
    DiskFactsReader DiskFacts,
    Func<Guid, CancellationToken, Task<VirtualMachineReading?>> ReadAsync
)
{
    private static readonly TimeSpan s_lookAgain = TimeSpan.FromMilliseconds(250);

    public Task<CimPath> ManagementServiceAsync(CancellationToken cancellationToken) =>
        Calls.ServiceAsync(InventoryReader.ManagementService, cancellationToken);

    /// <summary>Reads a VM that must be there.</summary>
    public async Task<VirtualMachineReading> ReadExistingAsync(Guid id, CancellationToken cancellationToken) =>
        await ReadAsync(id, cancellationToken)
        ?? throw new HyperVException(
            FaultKind.NotFound,
            HyperVReasons.VirtualMachineNotFound,
            $"The host answers and has no virtual machine {id}. It may have moved; look for it on the other hosts."
        );

    /// <summary>Calls a method of the management service.</summary>
    public async Task<CallOutcome> InvokeAsync(
        string what,
        string method,
        CancellationToken cancellationToken,
        params (string Name, CimValue Value)[] arguments
    ) =>
        await Calls.InvokeAsync(
            what,
            await ManagementServiceAsync(cancellationToken),
            method,
            arguments.ToDictionary(static item => item.Name, static item => item.Value, StringComparer.Ordinal),
            cancellationToken
        );

    /// <summary>Writes an embedded instance.</summary>
    public CimValue Embedded(CimObject instance) => CimValue.Text(Calls.Session.Serialize(instance));

    /// <summary>Writes an array of one embedded instance.</summary>
    public CimValue EmbeddedArray(CimObject instance) => CimValue.TextArray([Calls.Session.Serialize(instance)]);

    /// <summary>
    /// Reads the VM again until it is as wanted: what WMI shows lags behind what was done, and a job that vanished tells nothing.
    /// </summary>
    /// <exception cref="HyperVException">It did not show in time.</exception>
    public async Task<VirtualMachineReading> VerifyAsync(
        Guid id,
        string what,
        CallOutcome outcome,
        Func<VirtualMachineReading, bool> asWanted,
        CancellationToken cancellationToken
    )
    {
        VirtualMachineReading? last = null;
        var shown = await UntilAsync(
            async () => (last = await ReadAsync(id, cancellationToken)) is not null && asWanted(last),
            cancellationToken
        );
        return shown && last is not null ? last : throw NotShown(what, outcome);
    }

    /// <summary>Asks again and again, within the deadline for effects.</summary>
    public async Task<bool> UntilAsync(Func<Task<bool>> holds, CancellationToken cancellationToken)
    {
        var started = Calls.Time.GetTimestamp();
        while (!await holds())
        {
            if (Calls.Time.GetElapsedTime(started) > Calls.Options.EffectDeadline)
            {
                return false;
            }

            await Task.Delay(s_lookAgain, Calls.Time, cancellationToken);
        }

        return true;
    }

    /// <summary>Makes the failure of a change that did not show.</summary>
    public HyperVException NotShown(string what, CallOutcome outcome) =>
        outcome.Vanished
            ? new HyperVException(
                FaultKind.OutcomeUnknown,
                HyperVReasons.JobVanished,
                $"{what}: its job was gone before its end was seen, and the change does not show. Observe before anything else."
            )
            : new HyperVException(
                FaultKind.Failed,
                HyperVReasons.NotInEffect,
                $"{what}: Hyper-V reported success, but {Calls.Options.EffectDeadline.TotalSeconds:0} s later the change does not "
                    + "show. Something else may have undone it."
            );

    /// <summary>Makes an instance to be added: from Hyper-V's own template where the host tells it, else an empty one of that kind.</summary>
    /// <remarks>Source: hyperv-wmi §3.4, templates.</remarks>
    public async Task<CimObject> TemplateAsync(
        string className,
        string resourceSubType,
        ushort resourceType,
        CancellationToken cancellationToken
    )
    {
        var templates = await Calls.QueryAsync(
            $@"SELECT * FROM {className} WHERE ResourceSubType='{resourceSubType}' AND InstanceID LIKE '%\\Default'",
            cancellationToken
        );
        return templates is [var template, ..]
            ? template
            : Calls
                .Session.NewInstance(Wmi.Virtualization, className)
                .With("ResourceType", CimValue.UInt16(resourceType))
                .With("ResourceSubType", CimValue.Text(resourceSubType));
    }

    /// <summary>Makes a refusal.</summary>
    public static HyperVException Refuse(FaultKind kind, string reason, string message) => new(kind, reason, message);
}
