using ExchangeVirt.Domain.Planning;
using ExchangeVirt.HyperV.Simulator.Description;
using ExchangeVirt.Operator.Tests.Support;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime;
using ExchangeVirt.Runtime.Stores;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Operator.Tests.Scenes;

/// <summary>Another writer is at the same objects all the time.</summary>
public sealed class ConflictScenes
{
    private static readonly string[] s_names = ["ex01", "ex02", "ex03"];

    [Fact]
    public async Task A_writer_that_touches_every_object_twice_a_second_stops_no_restart()
    {
        await using var estate = Estate();
        var steps = 0;
        estate.Watching = () =>
        {
            if (++steps % 5 == 0)
            {
                TouchAll(estate, steps);
            }
        };
        await estate.StartAsync();

        await estate.UntilAsync(() => IsDone(estate), "all restarted, one after the other");

        AssertAskedOnce(estate);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Though_most_writes_meet_a_change_the_plan_comes_to_its_end(int period)
    {
        await using var estate = Estate();
        var writes = 0;
        estate.BeforeWrite = (_, entity) =>
        {
            if (Interlocked.Increment(ref writes) % period != 0)
            {
                Touch(estate, (IKubernetesObject<V1ObjectMeta>)entity, writes);
            }
        };
        await estate.StartAsync();

        await estate.UntilAsync(() => IsDone(estate), "all restarted, one after the other");

        Assert.True(writes > 20);
        AssertAskedOnce(estate);
    }

    [Fact]
    public async Task A_hold_put_on_in_mid_plan_is_heard_before_the_next_action()
    {
        await using var estate = new EstateUnderTest();
        var host = estate.AddHost(
            "hv01",
            EstateUnderTest.Right("ex01") with
            {
                AutomaticStopAction = SimulatedStopAction.Save,
                CheckpointType = SimulatedCheckpointType.Standard,
                AutomaticCheckpoints = true,
                Processors = 4,
            }
        );
        estate.WritePolicy();
        estate.WriteMachine("ex01");
        var asked = -1;
        estate.BeforeWrite = (_, entity) =>
        {
            // After the first action: what is decided next was read before the hold was there.
            if (asked < 0 && entity is ExchangeVirtualMachine && host.Driver?.Asked.Count > 0)
            {
                asked = host.Driver.Asked.Count;
                Annotate(estate, (IKubernetesObject<V1ObjectMeta>)entity, "exchangevirt.io/hold", "moving house");
            }
        };
        await estate.StartAsync();

        await estate.UntilAsync(() => estate.Is("ex01", "Paused", reason: "Held"), "held");
        await estate.PassAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(asked, host.Driver!.Asked.Count);
        Assert.Equal("Running", host.Machine("ex01").State);
    }

    [Fact]
    public async Task A_question_that_was_refused_is_put_again_though_the_refusal_could_not_be_noted()
    {
        await using var estate = new EstateUnderTest();
        var host = estate.AddHost("hv01", EstateUnderTest.Right("ex01") with { Processors = 4 });
        estate.WritePolicy();
        estate.WriteMachine("ex01");
        var (refused, conflicts) = (false, 0);
        estate.BeforeWrite = (what, entity) =>
        {
            if (what != "status" || entity is not ExchangeVirtualMachine { Status.Operation: { } operation })
            {
                return;
            }

            if (!refused && operation.ShutdownAskedAt is not null)
            {
                // The host changes between the note and the question, which is therefore refused.
                refused = true;
                host.Set("ex01", "checkpoints", "Production");
            }
            else if (refused && operation.ShutdownAskedAt is null && conflicts < 20)
            {
                conflicts++;
                throw new ResourceConflictException("somebody else was faster");
            }
        };
        await estate.StartAsync();

        await estate.UntilAsync(() => host.Machine("ex01") is { Processors: 8, State: "Running" }, "restarted");
        await estate.UntilAsync(() => estate.IsInSync("ex01"), "in sync");

        Assert.True(refused && conflicts > 0, $"{refused} {conflicts}");
        Assert.Single(host.Driver!.Accepted.OfType<ShutDownGuest>());
    }

    private static EstateUnderTest Estate()
    {
        var estate = new EstateUnderTest();
        estate.WritePolicy();
        estate.WriteGroup();
        foreach (var (name, host) in s_names.Zip(["hv01", "hv02", "hv03"]))
        {
            estate.AddHost(
                host,
                EstateUnderTest.Right(name) with
                {
                    Processors = 4,
                    CheckpointType = SimulatedCheckpointType.Standard,
                    AutomaticStopAction = SimulatedStopAction.Save,
                }
            );
            estate.WriteMachine(name, "databaseAvailabilityGroup: dag01");
        }

        return estate;
    }

    private static bool IsDone(EstateUnderTest estate) =>
        s_names.All(estate.IsInSync) && estate.Group() is { Status.Disruptions: null };

    private static void AssertAskedOnce(EstateUnderTest estate) =>
        Assert.All(
            new[] { "hv01", "hv02", "hv03" },
            host => Assert.Single(estate[host].Driver!.Accepted.OfType<ShutDownGuest>())
        );

    private static void TouchAll(EstateUnderTest estate, int tick)
    {
        foreach (var name in s_names)
        {
            Touch(estate, estate.Machine(name), tick);
        }

        Touch(estate, estate.Group(), tick);
        foreach (var host in estate.Plane.Caches.Hosts.List())
        {
            Touch(estate, host, tick);
        }

        foreach (var policy in estate.Plane.Caches.Policies.List())
        {
            Touch(estate, policy, tick);
        }
    }

    private static void Touch(EstateUnderTest estate, IKubernetesObject<V1ObjectMeta>? entity, int tick)
    {
        if (entity is not null)
        {
            Annotate(estate, entity, "example.com/tick", $"{tick}");
        }
    }

    private static void Annotate(
        EstateUnderTest estate,
        IKubernetesObject<V1ObjectMeta> entity,
        string annotation,
        string value
    )
    {
        var key = entity.Key();
        switch (entity)
        {
            case ExchangeVirtualMachine:
                Patch<ExchangeVirtualMachine>();
                break;
            case DatabaseAvailabilityGroup:
                Patch<DatabaseAvailabilityGroup>();
                break;
            case HyperVHost:
                Patch<HyperVHost>();
                break;
            case VirtualizationPolicy:
                Patch<VirtualizationPolicy>();
                break;
        }

        // The directory writes without yielding, but for another's write in between.
        void Patch<T>()
            where T : class, IKubernetesObject<V1ObjectMeta>
        {
            var patch = new MetadataPatch { SetAnnotations = new Dictionary<string, string> { [annotation] = value } };
            for (var attempt = 0; attempt < 20; attempt++)
            {
                try
                {
                    if (estate.Store.GetAsync<T>(key, default).Result is { } now)
                    {
                        estate.Store.PatchMetadataAsync(now, patch, default).Wait();
                    }

                    return;
                }
                catch (ResourceConflictException)
                {
                    // The operator was faster.
                    continue;
                }
            }
        }
    }
}
