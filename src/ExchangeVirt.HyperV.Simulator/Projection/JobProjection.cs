using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.CimXml;
using ExchangeVirt.HyperV.Simulator.Model;
using ExchangeVirt.HyperV.Simulator.Schema;

namespace ExchangeVirt.HyperV.Simulator.Projection;

/// <summary>What WMI shows of a job.</summary>
internal static class JobProjection
{
    private static readonly int[] s_status = [2];
    private static readonly string[] s_descriptions = ["OK"];

    /// <summary>Projects the job as it is now. Its OperationalStatus and HealthState never tell of failure.</summary>
    public static CimObject Of(CimSchema schema, Job job, DateTimeOffset now, TimeSpan timeBeforeRemoval)
    {
        var error = job.State is JobStates.Exception ? job.Failure : null;
        return new InstanceBuilder(schema.Class(job.ClassName))
            .Set("InstanceID", job.Id)
            .Set("Caption", "Job")
            .Set("ElementName", Name(job.Type))
            .Set("Name", "Msvm_ConcreteJob")
            .Set("JobState", job.State)
            .Set("JobType", job.Type)
            .Set("JobStatus", error?.Text ?? "")
            .Set("PercentComplete", Percent(job, now))
            .Set("OperationalStatus", s_status)
            .Set("StatusDescriptions", s_descriptions)
            .Set("HealthState", 5)
            .Set("ErrorCode", error?.Code ?? 0)
            .Set("ErrorDescription", error?.Text ?? "")
            .Set("ErrorSummaryDescription", error is null ? "" : $"{Name(job.Type)} failed.")
            .Set("Cancellable", false)
            .Set("DeleteOnCompletion", false)
            .Set("StartTime", job.StartedAt)
            .Set("TimeSubmitted", job.StartedAt)
            .Set("ElapsedTime", (job.FinishedAt ?? now) - job.StartedAt)
            .Set("TimeOfLastStateChange", job.FinishedAt ?? job.StartedAt)
            .Set("TimeBeforeRemoval", timeBeforeRemoval)
            .Build();
    }

    private static int Percent(Job job, DateTimeOffset now)
    {
        if (job.FinishedAt is not null)
        {
            return job.State is JobStates.Completed or JobStates.CompletedWithWarnings ? 100 : 0;
        }

        var whole = (job.DueAt - job.StartedAt).TotalSeconds;
        return whole <= 0 ? 0 : Math.Clamp((int)(100 * (now - job.StartedAt).TotalSeconds / whole), 0, 99);
    }

    /// <summary>Names what a job does.</summary>
    public static string Name(ushort type) =>
        type switch
        {
            JobTypes.Define => "Defining Virtual Machine",
            JobTypes.Modify => "Modifying Virtual Machine Settings",
            JobTypes.Destroy => "Deleting Virtual Machine",
            JobTypes.Start => "Starting Virtual Machine",
            JobTypes.PowerOff => "Turning Off Virtual Machine",
            JobTypes.Save => "Saving Virtual Machine",
            JobTypes.Restore => "Restoring Virtual Machine",
            JobTypes.Pause => "Pausing Virtual Machine",
            JobTypes.Resume => "Resuming Virtual Machine",
            JobTypes.Reset => "Resetting Virtual Machine",
            JobTypes.Reboot => "Rebooting Virtual Machine",
            JobTypes.AddResources => "Adding Virtual Machine Resources",
            JobTypes.ModifyResources => "Modifying Virtual Machine Resources",
            JobTypes.RemoveResources => "Removing Virtual Machine Resources",
            JobTypes.Merge => "Merging Virtual Hard Disks",
            JobTypes.Snapshot => "Creating Checkpoint",
            JobTypes.ApplySnapshot => "Applying Checkpoint",
            JobTypes.DeleteSnapshot => "Deleting Checkpoint",
            _ => "Job",
        };
}
