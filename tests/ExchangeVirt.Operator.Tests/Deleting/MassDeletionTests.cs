using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Resources.V1Alpha1;
using k8s.Models;
using Microsoft.Extensions.Time.Testing;

namespace ExchangeVirt.Operator.Tests.Deleting;

public sealed class MassDeletionTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(2, 2, true)]
    [InlineData(2, 9, true)]
    [InlineData(2, 10, false)]
    [InlineData(10, 50, false)]
    [InlineData(10, 49, true)]
    [InlineData(11, 1000, true)]
    public void More_than_ten_or_a_fifth_and_at_least_two_are_too_many(int deleting, int asked, bool tooMuch) =>
        Assert.Equal(tooMuch, MassDeletion.IsTooMuch(deleting, asked));

    [Fact]
    public void Too_many_at_once_wait_for_a_person_and_say_how_to_go_on()
    {
        var all = Estate(deleting: 3, others: 4);

        var hold = new MassDeletion(_time).Check(all[0], all);

        Assert.True(hold is { Reason: "MassDeletion", NeedsPerson: true });
        Assert.Contains("3 of the 7", hold.Message, StringComparison.Ordinal);
        Assert.Contains(
            $"exchangevirt.io/confirm-deletion: {all[0].Metadata.Uid}",
            hold.Message,
            StringComparison.Ordinal
        );
        Assert.Contains("Retain", hold.Exit, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_of_many_waits_until_nothing_more_is_deleted()
    {
        var guard = new MassDeletion(_time);
        var one = Estate(deleting: 1, others: 19);
        Assert.Equal(MassDeletion.Settle, guard.Check(one[0], one)!.LookAgainAfter);

        _time.Advance(MassDeletion.Settle - TimeSpan.FromSeconds(1));
        var two = Estate(deleting: 2, others: 18);
        Assert.Equal(MassDeletion.Settle, guard.Check(two[0], two)!.LookAgainAfter);

        _time.Advance(MassDeletion.Settle - TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromSeconds(1), guard.Check(two[0], two)!.LookAgainAfter);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(guard.Check(two[0], two));

        var many = Estate(deleting: 11, others: 989);
        Assert.True(guard.Check(many[0], many)!.NeedsPerson);
    }

    [Fact]
    public void A_confirmed_one_goes_on_and_is_no_part_of_the_accident()
    {
        var all = Estate(deleting: 2, others: 5);
        var guard = new MassDeletion(_time);
        Assert.True(guard.Check(all[0], all)!.NeedsPerson);

        Annotate(all[1], DeletionPolicies.ConfirmationAnnotation, all[1].Metadata.Uid);

        Assert.Null(guard.Check(all[1], all));
        Assert.False(guard.Check(all[0], all)!.NeedsPerson);
    }

    [Theory]
    [InlineData("ex01")]
    [InlineData("true")]
    [InlineData("")]
    public void Only_the_objects_own_UID_confirms_it(string value)
    {
        var all = Estate(deleting: 2, others: 1);
        Annotate(all[0], DeletionPolicies.ConfirmationAnnotation, value);

        Assert.True(new MassDeletion(_time).Check(all[0], all)!.NeedsPerson);
    }

    [Fact]
    public void What_keeps_its_VM_is_not_counted()
    {
        var all = Estate(deleting: 3, others: 0);
        all[1].Spec = all[1].Spec with { DeletionPolicy = DeletionPolicy.Retain };
        Annotate(all[2], DeletionPolicies.ProtectionAnnotation, "true");

        Assert.False(new MassDeletion(_time).Check(all[0], all)!.NeedsPerson);
    }

    [Fact]
    public void An_object_that_the_cache_does_not_know_yet_as_deleted_counts()
    {
        var cached = Estate(deleting: 1, others: 2);
        var fresh = Estate(deleting: 2, others: 0)[1];

        Assert.True(new MassDeletion(_time).Check(fresh, cached)!.NeedsPerson);
    }

    internal static ExchangeVirtualMachine Machine(int number, bool deleting, DeletionPolicy policy) =>
        new()
        {
            Metadata = new V1ObjectMeta
            {
                Name = $"ex{number:00}",
                NamespaceProperty = "messaging",
                Uid = $"uid-{number}",
                DeletionTimestamp = deleting ? new DateTime(2030, 1, 1, 12, 0, 0, DateTimeKind.Utc) : null,
            },
            Spec = new ExchangeVirtualMachineSpec
            {
                Exchange = new ExchangeServerSpec
                {
                    Version = ExchangeVersion.ExchangeSE,
                    Role = ExchangeRole.Mailbox,
                    Standalone = true,
                },
                Guest = new GuestSpec { OperatingSystem = GuestOperatingSystem.WindowsServer2022 },
                Processors = new ProcessorsSpec { Count = 8 },
                Memory = new MemorySpec { Size = "64Gi" },
                DeletionPolicy = policy,
            },
        };

    private static List<ExchangeVirtualMachine> Estate(int deleting, int others) =>
        [
            .. Enumerable
                .Range(1, deleting + others)
                .Select(number => Machine(number, number <= deleting, DeletionPolicy.Delete)),
        ];

    private static void Annotate(ExchangeVirtualMachine entity, string name, string value) =>
        entity.Metadata.Annotations = new Dictionary<string, string> { [name] = value };
}
