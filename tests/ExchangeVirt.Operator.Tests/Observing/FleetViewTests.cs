using CsCheck;
using ExchangeVirt.Domain.Model;
using ExchangeVirt.Domain.Tests.Planning;
using ExchangeVirt.Operator.Observing;
using ExchangeVirt.Operator.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace ExchangeVirt.Operator.Tests.Observing;

public sealed class FleetViewTests
{
    private static readonly string[] s_hosts = ["hv01", "hv02"];
    private static readonly string[] s_names = ["EX01", "ex01", "EX02"];
    private static readonly ObjectKey[] s_keys = [new("messaging", "ex01"), new("messaging", "ex02")];

    private static readonly Gen<ObservedVirtualMachine> s_machine = Gen.Select(
            Gen.Int[1, 4],
            Gen.Int[0, 2].Select(static i => s_names[i]),
            Gen.Int[-1, 1]
        )
        .Select(
            (number, name, owner) =>
                Some.Observed with
                {
                    Id = new Guid(number, 0, 0, new byte[8]),
                    Name = name,
                    Owner = owner < 0 ? null : new OwnerMark("i", s_keys[owner]),
                }
        );

    private static readonly Gen<(int Step, string Host, ObservedVirtualMachine[] Machines)> s_step = Gen.Select(
        Gen.Int[0, 5],
        Gen.Int[0, 1].Select(static i => s_hosts[i]),
        s_machine.Array[1, 4]
    );

    [Fact]
    public void A_backup_is_remembered_when_its_checkpoint_is_gone()
    {
        var at = Some.Now - TimeSpan.FromHours(3);
        var backedUp = Some.Observed with
        {
            LastSuccessfulBackupAt = at - TimeSpan.FromDays(1),
            Checkpoints = [new ObservedCheckpoint("c", "backup", CheckpointKind.Recovery, at)],
        };
        var fleet = new FleetView(new FakeTimeProvider(Some.Now));
        fleet.Replace("hv01", Situations.Facts with { VirtualMachines = [Some.Observed] });
        Assert.Null(Assert.Single(fleet.ById(Some.Id)).LastBackupAt);

        fleet.Upsert("hv01", backedUp);
        Assert.Equal(at, Assert.Single(fleet.ById(Some.Id)).LastBackupAt);
        fleet.Upsert("hv01", backedUp with { Checkpoints = [] });
        Assert.Equal(at, Assert.Single(fleet.ById(Some.Id)).LastBackupAt);
        fleet.Replace("hv01", Situations.Facts with { VirtualMachines = [Some.Observed] });
        Assert.Equal(at, Assert.Single(fleet.ById(Some.Id)).LastBackupAt);

        // The host itself says that a later one succeeded.
        fleet.Upsert("hv01", Some.Observed with { LastSuccessfulBackupAt = at + TimeSpan.FromHours(1) });
        Assert.Equal(at + TimeSpan.FromHours(1), Assert.Single(fleet.ById(Some.Id)).LastBackupAt);
    }

    [Fact]
    public void After_any_sequence_every_index_tells_what_the_hosts_hold() =>
        s_step
            .Array[0, 25]
            .Sample(steps =>
            {
                var fleet = new FleetView(new FakeTimeProvider(Some.Now));
                var model = new Dictionary<string, Dictionary<Guid, ObservedVirtualMachine>>();
                foreach (var (step, host, machines) in steps)
                {
                    Apply(fleet, model, step, host, machines);
                }

                var all = model
                    .SelectMany(static host => host.Value.Values.Select(machine => (Host: host.Key, Machine: machine)))
                    .ToList();
                foreach (var id in Enumerable.Range(1, 4).Select(static number => new Guid(number, 0, 0, new byte[8])))
                {
                    Same(all.Where(each => each.Machine.Id == id), fleet.ById(id));
                }

                foreach (var name in s_names)
                {
                    Same(
                        all.Where(each => string.Equals(each.Machine.Name, name, StringComparison.OrdinalIgnoreCase)),
                        fleet.ByName(name)
                    );
                }

                foreach (var key in s_keys)
                {
                    Same(all.Where(each => each.Machine.Owner?.Object == key), fleet.ByOwner(key));
                }

                foreach (var host in s_hosts)
                {
                    var known = model.GetValueOrDefault(host);
                    Assert.Equal(known is null, fleet.Host(host) is null);
                    if (fleet.Host(host)?.Facts is { } facts)
                    {
                        Assert.Equal(
                            known!.Values.OrderBy(static m => m.Id),
                            facts.VirtualMachines.OrderBy(static m => m.Id)
                        );
                    }
                }
            });

    [Fact]
    public void A_heartbeat_is_good_since_the_boot_where_nobody_looked_before_and_since_it_was_seen_good_where_somebody_did()
    {
        var time = new FakeTimeProvider(Some.Now);
        var fleet = new FleetView(time);
        fleet.Replace("hv01", Situations.Facts);
        Assert.Equal(Some.Now - TimeSpan.FromDays(30), Since(fleet));

        fleet.Upsert("hv01", Some.Observed with { Heartbeat = Heartbeat.LostCommunication });
        Assert.Null(Since(fleet));

        time.Advance(TimeSpan.FromMinutes(1));
        fleet.Upsert("hv01", Some.Observed);
        Assert.Equal(Some.Now.AddMinutes(1), Since(fleet));
        time.Advance(TimeSpan.FromMinutes(1));
        fleet.Upsert("hv01", Some.Observed with { Uptime = TimeSpan.FromDays(31) });
        Assert.Equal(Some.Now.AddMinutes(1), Since(fleet));
    }

    [Fact]
    public void A_VM_that_was_restarted_while_its_host_was_out_of_sight_is_as_young_as_its_boot()
    {
        var time = new FakeTimeProvider(Some.Now);
        var fleet = new FleetView(time);
        fleet.Replace("hv01", Situations.Facts);
        fleet.MarkUnreachable("hv01", "ConnectionRefused", "gone");
        time.Advance(TimeSpan.FromMinutes(10));

        fleet.Replace(
            "hv01",
            Situations.Facts with
            {
                VirtualMachines = [Some.Observed with { Uptime = TimeSpan.FromMinutes(2) }],
            }
        );

        Assert.Equal(Some.Now.AddMinutes(8), Since(fleet));
    }

    [Fact]
    public void A_running_VM_grows_older_though_nobody_says_so()
    {
        var time = new FakeTimeProvider(Some.Now);
        var fleet = new FleetView(time);
        fleet.Replace("hv01", Situations.Facts);

        time.Advance(TimeSpan.FromHours(3));

        Assert.Equal(TimeSpan.FromDays(30) + TimeSpan.FromHours(3), Assert.Single(fleet.ById(Some.Id)).Uptime);
    }

    [Fact]
    public void A_host_out_of_reach_keeps_what_was_known_and_since_when_it_is_so()
    {
        var time = new FakeTimeProvider(Some.Now);
        var fleet = new FleetView(time);
        fleet.Replace("hv01", Situations.Facts);
        time.Advance(TimeSpan.FromMinutes(1));
        fleet.MarkUnreachable("hv01", "ConnectionRefused", "gone");
        time.Advance(TimeSpan.FromMinutes(1));
        fleet.MarkUnreachable("hv01", "TlsFailed", "worse");

        var host = fleet.Host("hv01")!;
        Assert.Equal((false, "TlsFailed", Some.Now.AddMinutes(1)), (host.Reachable, host.Reason, host.Since));
        Assert.NotNull(host.Facts);
        Assert.Single(fleet.ById(Some.Id));
        Assert.False(fleet.ById(Some.Id)[0].Host.Reachable);
    }

    [Fact]
    public void Whoever_waits_hears_of_the_next_change()
    {
        var fleet = new FleetView(new FakeTimeProvider(Some.Now));
        var change = fleet.NextChange;
        Assert.False(change.IsCompleted);

        fleet.Replace("hv01", Situations.Facts);

        Assert.True(change.IsCompleted);
        Assert.False(fleet.NextChange.IsCompleted);
    }

    private static void Apply(
        FleetView fleet,
        Dictionary<string, Dictionary<Guid, ObservedVirtualMachine>> model,
        int step,
        string host,
        ObservedVirtualMachine[] machines
    )
    {
        var first = machines[0];
        switch (step)
        {
            case 0:
                var distinct = machines.DistinctBy(static machine => machine.Id).ToList();
                fleet.Replace(host, Situations.Facts with { VirtualMachines = distinct });
                model[host] = distinct.ToDictionary(static machine => machine.Id);
                break;
            case 1:
                fleet.Upsert(host, first);
                Known(model, host)[first.Id] = first;
                break;
            case 2:
                fleet.Remove(host, first.Id);
                Known(model, host).Remove(first.Id);
                break;
            case 3:
                fleet.Forget(host);
                model.Remove(host);
                break;
            case 4:
                fleet.UpdateHost(host, Situations.Facts with { VirtualMachines = [] });
                Known(model, host);
                break;
            default:
                fleet.MarkUnreachable(host, "ConnectionRefused", "gone");
                Known(model, host);
                break;
        }
    }

    private static Dictionary<Guid, ObservedVirtualMachine> Known(
        Dictionary<string, Dictionary<Guid, ObservedVirtualMachine>> model,
        string host
    ) => model.TryGetValue(host, out var known) ? known : model[host] = [];

    private static void Same(
        IEnumerable<(string Host, ObservedVirtualMachine Machine)> expected,
        IReadOnlyList<SeenVirtualMachine> found
    ) =>
        Assert.Equal(
            expected.OrderBy(static each => each.Host).ThenBy(static each => each.Machine.Id),
            found
                .Select(static seen => (seen.Host.Name, seen.Machine))
                .OrderBy(static each => each.Name)
                .ThenBy(static each => each.Machine.Id)
        );

    private static DateTimeOffset? Since(FleetView fleet) => Assert.Single(fleet.ById(Some.Id)).HeartbeatOkSince;
}
