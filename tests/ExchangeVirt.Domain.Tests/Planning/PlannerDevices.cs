using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Planning;

namespace ExchangeVirt.Domain.Tests.Planning;

public sealed class PlannerDevices
{
    [Fact]
    public void Undeclared_disks_and_adapters_are_reported_and_left_alone()
    {
        var plan = Planner.Plan(
            Some.Seen(vm =>
                vm with
                {
                    Disks =
                    [
                        .. vm.Disks!,
                        new ObservedDisk
                        {
                            Controller = "IDE",
                            Path = @"C:\iso.vhdx",
                            RootPath = @"C:\iso.vhdx",
                        },
                    ],
                    NetworkAdapters =
                    [
                        .. vm.NetworkAdapters!,
                        new ObservedNetworkAdapter("nic2", "backup", null, null),
                    ],
                }
            )
        );

        Assert.Empty(plan.Actions);
        Assert.Empty(plan.Problems);
        Assert.Equal(
            [PlanReasons.UndeclaredNetworkAdapter, PlanReasons.UndeclaredDisk],
            plan.Notices.Select(n => n.Reason)
        );
        Assert.Contains(@"C:\iso.vhdx", plan.Notices[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_disk_that_another_vm_holds_is_not_attached_and_the_other_is_named()
    {
        var plan = Planner.Plan(
            Some.Seen(vm => vm with { Disks = [] }) with
            {
                DisksElsewhere = [new DiskAttachment(@"d:\EX01\db1.vhdx", "LAB7 on hv02")],
            }
        );

        Assert.Empty(plan.Actions);
        Assert.Contains(
            "LAB7 on hv02",
            plan.Problem(PlanReasons.DiskAttachedElsewhere).Message,
            StringComparison.Ordinal
        );
        Assert.Equal(SettingState.Blocked, plan.Setting("Disk/db1").State);
    }

    [Fact]
    public void A_passed_through_disk_is_found_by_its_own_id_and_an_in_guest_one_is_not_looked_for()
    {
        var plan = Planner.Plan(
            Some.Seen(vm =>
                vm with
                {
                    Disks = [new ObservedDisk { Controller = "SCSI", PassThroughUniqueId = "600A0B80AB" }],
                }
            ) with
            {
                Desired = Some.Desired with
                {
                    Disks =
                    [
                        new DesiredDisk { Name = "lun7", PassThroughUniqueId = "600a0b80ab" },
                        new DesiredDisk { Name = "iscsi", InGuestIscsi = true },
                    ],
                },
            }
        );

        Assert.Empty(plan.Actions);
        Assert.Empty(plan.Notices);
        Assert.Equal(SettingState.InSync, plan.Setting("Disk/lun7").State);
    }

    [Fact]
    public void Two_adapters_of_one_name_are_left_to_a_person()
    {
        var plan = Planner.Plan(
            Some.Seen(vm =>
                vm with
                {
                    NetworkAdapters =
                    [
                        new ObservedNetworkAdapter("a", "mapi", "lab", 1),
                        new ObservedNetworkAdapter("b", "mapi", "lab", 2),
                    ],
                }
            )
        );

        Assert.Empty(plan.Actions);
        Assert.True(plan.Problem(PlanReasons.AmbiguousNetworkAdapter).Stalled);
    }
}
