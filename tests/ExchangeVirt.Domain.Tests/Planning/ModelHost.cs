using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;

namespace ExchangeVirt.Domain.Tests.Planning;

/// <summary>A host and an operator of the simplest kind: does one action of a plan at a time, refuses what Hyper-V refuses, keeps the restart's journal.</summary>
internal sealed class ModelHost(PlanningInput input)
{
    public PlanningInput Input { get; private set; } = input;

    /// <summary>How often the guest was asked to shut down.</summary>
    public int Shutdowns { get; private set; }

    private ObservedVirtualMachine Vm => Input.Observed!;

    /// <summary>Takes one step: an action, or time going by, or a restart ending.</summary>
    /// <returns>False where nothing is left to do.</returns>
    public bool Step(VirtualMachinePlan plan)
    {
        if (plan.Actions is [var next, ..])
        {
            Do(next, plan.ReturnToRunning);
            return true;
        }

        if (plan.RestartPhase == RestartPhase.Returned)
        {
            Input = Input with { Restart = null };
            return true;
        }

        if (Vm.PowerState == PowerState.Stopping)
        {
            Arrive(PowerState.Off);
            Input = Input with { Restart = Input.Restart! with { OffSeenAt = Input.Now } };
            return true;
        }

        if (plan.LookAgainAt is { } later)
        {
            Assert.True(later > Input.Now, "a plan must not ask for a look in the past");
            Input = Input with { Now = later };
            return true;
        }

        return false;
    }

    private void Do(PlannedAction planned, bool returnToRunning)
    {
        if (planned.BeginsRestart)
        {
            Assert.Null(Input.Restart);
            Input = Input with { Restart = new RestartOperation("op", Input.Now, null, returnToRunning) };
        }

        var off = Vm.PowerState == PowerState.Off;
        var offOrRunning = off || Vm.PowerState == PowerState.Running;
        Input = Input with { Now = Input.Now + TimeSpan.FromSeconds(1) };
        switch (planned.Action)
        {
            case CreateVirtualMachine:
                throw new InvalidOperationException("there is a VM already");
            case MarkOwner(var owner):
                See(vm => vm with { Owner = owner });
                break;
            case SetProcessorCount(var count):
                Require(off, planned);
                See(vm => vm with { ProcessorCount = count });
                break;
            case SetFixedMemory(var size):
                Require(off, planned);
                See(vm => vm with { Memory = new ObservedMemory(size, Dynamic: false) });
                break;
            case DisableCheckpoints:
                Require(offOrRunning, planned);
                See(vm => vm with { CheckpointType = CheckpointType.Disabled });
                break;
            case DisableAutomaticCheckpoints:
                Require(offOrRunning, planned);
                See(vm => vm with { AutomaticCheckpoints = false });
                break;
            case MergeCheckpoint(var id, _):
                Require(offOrRunning && Input.Restart is null, planned);
                Require(Vm.Checkpoints!.Single(c => c.Id == id).Kind == CheckpointKind.User, planned);
                See(vm => vm with { Checkpoints = [.. vm.Checkpoints!.Where(c => c.Id != id)] });
                break;
            case SetAutomaticStopAction(var action):
                Require(off, planned);
                See(vm => vm with { AutomaticStopAction = action });
                break;
            case SetAutomaticStartAction(var action, var delay):
                Require(offOrRunning, planned);
                See(vm => vm with { AutomaticStartAction = action, AutomaticStartDelay = delay });
                break;
            case SetAutomaticRecoveryAction(var action):
                Require(off, planned);
                See(vm => vm with { AutomaticRecoveryAction = action });
                break;
            default:
                DoPowerOrDevice(planned, off, offOrRunning);
                break;
        }
    }

    private void DoPowerOrDevice(PlannedAction planned, bool off, bool offOrRunning)
    {
        switch (planned.Action)
        {
            case DiscardSavedState:
                Require(Vm.PowerState == PowerState.Saved, planned);
                Input = Input with { Restart = Input.Restart! with { ShutdownAskedAt = Input.Now } };
                See(vm => vm with { HasSavedState = false });
                Arrive(PowerState.Off);
                break;
            case ShutDownGuest:
                Require(Vm.PowerState == PowerState.Running, planned);
                Input = Input with { Restart = Input.Restart! with { ShutdownAskedAt = Input.Now } };
                Arrive(PowerState.Stopping);
                Shutdowns++;
                break;
            case StartVirtualMachine:
                Require(off && Vm.HasSavedState == false, planned);
                Input = Input with { NeverStarted = false };
                if (Input.Restart is { } restart)
                {
                    Input = Input with { Restart = restart with { StartAskedAt = Input.Now } };
                }

                Arrive(PowerState.Running);
                break;
            case AttachDisk:
                Require(offOrRunning, planned);
                See(vm => vm with { Disks = [.. vm.Disks!, .. Some.Observed.Disks!] });
                break;
            case AddNetworkAdapter or ConnectNetworkAdapter:
                Require(off, planned);
                See(vm => vm with { NetworkAdapters = Some.Observed.NetworkAdapters });
                break;
            default:
                throw new InvalidOperationException(
                    $"{planned.Action.Name} has no place in a plan for a VM that stays"
                );
        }
    }

    private void Arrive(PowerState state) => See(vm => vm with { PowerState = state, PowerStateSince = Input.Now });

    private void See(Func<ObservedVirtualMachine, ObservedVirtualMachine> change) =>
        Input = Input with { Observed = change(Vm) };

    private void Require(bool accepted, PlannedAction planned) =>
        Assert.True(accepted, $"Hyper-V refuses {planned.Action.Name} while {Vm.PowerState}");
}
