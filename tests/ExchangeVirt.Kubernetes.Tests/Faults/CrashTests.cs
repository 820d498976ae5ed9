using ExchangeVirt.Envtest;
using ExchangeVirt.Kubernetes.Tests.Estates;
using Microsoft.AspNetCore.Http;

namespace ExchangeVirt.Kubernetes.Tests.Faults;

/// <summary>
/// The operator is killed when an action has been done to a VM and nobody has written so yet, at each action of a plan in turn.
/// From the agent's beginning of the action on no word of it about the VM reaches the API server, so that no luck is in it.
/// </summary>
[Collection(FaultEstateGroup.Name)]
public sealed class CrashTests(SharedFaultEstate shared, ITestOutputHelper output)
{
    [Fact]
    public async Task A_VM_that_is_made_is_made_once_wherever_the_operator_dies()
    {
        var estate = await shared.GetAsync();
        await DieAtEachActionAsync(
            estate,
            static number => $"made{number:00}",
            estate.DeclareNewAsync,
            ["CreateVirtualMachine", "StartVirtualMachine"]
        );
    }

    [Fact]
    public async Task A_VM_that_is_corrected_is_corrected_and_restarted_once_wherever_the_operator_dies()
    {
        var estate = await shared.GetAsync();
        await DieAtEachActionAsync(
            estate,
            static number => $"wrong{number:00}",
            name => estate.DeclareWrongAsync(name),
            ["ShutDownGuest", "SetProcessorCount", "StartVirtualMachine"]
        );
    }

    private async Task DieAtEachActionAsync(
        FaultEstate estate,
        Func<int, string> nameOf,
        Func<string, Task> declare,
        IReadOnlyList<string> among
    )
    {
        await using var gate = await ApiGate.StartAsync(estate.Plane);
        await using var replica = await Supervised.StartAsync(
            estate,
            gate.Address,
            environment: null,
            Supervised.Patient
        );
        List<string> died = [];
        while (true)
        {
            var number = died.Count + 1;
            var name = nameOf(number);
            var known = estate.Hosts.Journals();
            // From the moment on in which the agent has begun the action: what it does may be seen before its end is journalled.
            var held = gate.HoldAsync(request => IsAbout(request, name) && Begun(estate, known) >= number);
            await declare(name);
            var ended = estate.ConvergedAsync(replica, name);
            try
            {
                if (await Task.WhenAny(held, ended) == ended)
                {
                    await ended;
                    // It has fewer actions than that: all were died at.
                    Assert.Equal(died, Changes(estate, known).Select(static entry => entry.Action));
                    break;
                }

                await Until.TrueAsync("the action has ended", () => Changes(estate, known).Count >= number);
                replica.Kill();
                var done = Changes(estate, known).Select(static entry => entry.Action).ToList();
                Assert.Equal([.. died, done[^1]], done);
                died = done;
                output.WriteLine($"{name}: killed after {string.Join(", ", done)} at {await held}");
                gate.Open();
                await ended;
            }
            catch
            {
                // Else it would wait on, beside the next test, for what nobody brings about any more.
                await replica.DisposeAsync();
                await ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw;
            }

            await estate.AssertNothingWasDoneTwiceAsync(name);
            Assert.Equal(137, replica.Ends[^1].Code);
            Assert.Equal(died.Count, replica.Ends.Count);
        }

        Assert.All(among, action => Assert.Contains(action, died));
        await estate.AssertOnlyDeclaredOnesWereTouchedAsync();
    }

    private static bool IsAbout(HttpRequest request, string name) =>
        request.Path.Value!.Contains($"/exchangevirtualmachines/{name}", StringComparison.Ordinal)
        || request.Path.Value.EndsWith("/events", StringComparison.Ordinal);

    private static int Begun(FaultEstate estate, IReadOnlyList<JournalEntry> known) =>
        estate.Hosts.JournalsBeyond(known).Count(static entry => !(entry.Ended && !entry.Changed));

    // The VMs before are at rest: what is new is this one's.
    private static IReadOnlyList<JournalEntry> Changes(FaultEstate estate, IReadOnlyList<JournalEntry> known) =>
        [.. estate.Hosts.JournalsBeyond(known).Where(static entry => entry.Changed)];
}
