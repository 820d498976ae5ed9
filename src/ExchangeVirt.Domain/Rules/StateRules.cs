using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Rules;

/// <summary>The family state-*: what happens to a VM's state when its host stops, starts or fails.</summary>
internal static class StateRules
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(60);

    public static IReadOnlyList<SupportRule> All { get; } =
    [
        SupportRule.ForMachine(
            "state-stop-save",
            Severity.Unsupported,
            "The automatic stop action is not Save, which is Hyper-V's own default.",
            Sources.Virtualization,
            machine =>
                machine.Machine.AutomaticStopAction switch
                {
                    null => Finding.Unknown("automaticStopAction"),
                    AutomaticStopAction.Save => Finding.Violated(
                        "The automatic stop action is Save: the guest would come back from a state on disk. Set it to ShutDown."
                    ),
                    _ => Finding.Pass,
                }
        ),
        SupportRule.ForMachine(
            "state-stop-turnoff",
            Severity.Advisory,
            "The automatic stop action is not TurnOff.",
            Sources.WhitePaper("page 58"),
            machine =>
                machine.Machine.AutomaticStopAction switch
                {
                    null => Finding.Unknown("automaticStopAction"),
                    AutomaticStopAction.TurnOff => Finding.Violated(
                        "The automatic stop action is TurnOff: Exchange would lose power whenever its host shuts down. Set it to ShutDown."
                    ),
                    _ => Finding.Pass,
                }
        ),
        SupportRule.ForMachine(
            "state-saved-now",
            Severity.Unsupported,
            "The VM is not in a saved state.",
            Sources.Virtualization,
            SavedNow
        ),
        SupportRule.ForMachine(
            "state-revert-on-failure",
            Severity.Unsupported,
            "A failed VM is not reverted to its last checkpoint.",
            Sources.Virtualization,
            machine =>
                machine.Machine.AutomaticRecoveryAction switch
                {
                    null => Finding.Unknown("automaticRecoveryAction"),
                    AutomaticRecoveryAction.Revert => Finding.Violated(
                        "The automatic recovery action is Revert: a failure would take the guest back to a checkpoint. Set it to Restart."
                    ),
                    _ => Finding.Pass,
                }
        ),
        SupportRule.ForMachine(
            "state-start-action",
            Severity.Advisory,
            "A VM outside a cluster starts again with its host.",
            Sources.Judgement("near Microsoft's white paper on virtualizing Exchange 2013, page 58"),
            StartAction
        ),
        SupportRule.ForMachine(
            "state-paused",
            Severity.Advisory,
            "The VM is not paused for more than 60 seconds.",
            Sources.WindowsServer("Best Practices Analyzer for Hyper-V: avoid pausing a virtual machine"),
            Paused
        ),
        SupportRule.ForMachine(
            "state-shutdown-ic",
            Severity.Advisory,
            "The guest's shutdown service is enabled and answers.",
            "Microsoft: Failover Clustering, Virtual Machines: OfflineAction; Best Practices Analyzer for Hyper-V",
            machine =>
                machine.Machine.ShutdownServiceOk switch
                {
                    null => Finding.Unknown("integrationServices.shutdown"),
                    false => Finding.Violated(
                        "The guest's shutdown integration service is disabled or does not answer: the host cannot shut the guest down. Enable it and check it in the guest."
                    ),
                    true => Finding.Pass,
                }
        ),
    ];

    private static Finding SavedNow(MachineSubject subject)
    {
        var (state, file) = (subject.Machine.PowerState, subject.Machine.SavedState);
        if (state is PowerState.Saved or PowerState.FastSaved || (state is PowerState.Off && file is true))
        {
            return Finding.Violated(
                $"The VM is {(state is PowerState.Off ? "off with a saved-state file" : state.ToString())}: it must not resume from disk. Discard the saved state, start it cold, and check its database copies."
            );
        }

        List<string> missing = [];
        if (state is null or PowerState.Unknown)
        {
            missing.Add("powerState");
        }

        if (file is null)
        {
            missing.Add("savedState");
        }

        return Finding.PassUnless(missing);
    }

    private static Finding StartAction(MachineSubject subject)
    {
        var machine = subject.Machine;
        if (machine.Clustered is true || machine.Cluster is not null)
        {
            return Finding.NotApplicable;
        }

        if (machine.Clustered is false && machine.AutomaticStartAction is AutomaticStartAction.Nothing)
        {
            return Finding.Violated(
                "The automatic start action is Nothing: after a restart of the host somebody has to start it. Set it to StartIfRunning or Start."
            );
        }

        List<string> missing = [];
        if (machine.Clustered is null)
        {
            missing.Add("clustered");
        }

        if (machine.AutomaticStartAction is null)
        {
            missing.Add("automaticStartAction");
        }

        return Finding.PassUnless(missing);
    }

    private static Finding Paused(MachineSubject subject)
    {
        if (subject.Machine.PowerState is null or PowerState.Unknown)
        {
            return Finding.Unknown("powerState");
        }

        if (subject.Machine.PowerState is not PowerState.Paused)
        {
            return Finding.Pass;
        }

        if (subject.Machine.PowerStateSince is not { } since)
        {
            return Finding.Unknown("powerStateSince");
        }

        return subject.Now - since > s_pause
            ? Finding.Violated(
                $"The VM is paused since {since.ToUniversalTime():u}, 60 s are tolerated: its DAG takes it for dead. Resume it."
            )
            : Finding.Pass;
    }
}
