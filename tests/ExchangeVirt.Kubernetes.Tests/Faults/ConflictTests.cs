using ExchangeVirt.Envtest.Access;

namespace ExchangeVirt.Kubernetes.Tests.Faults;

/// <summary>Somebody else writes to every object all the time, while a change is rolled out.</summary>
[Collection(FaultEstateGroup.Name)]
public sealed class ConflictTests(SharedFaultEstate shared, ITestOutputHelper output)
{
    [Fact]
    public async Task A_change_is_rolled_out_under_another_writer_and_each_keeps_what_is_its_own()
    {
        var estate = await shared.GetAsync();
        await using var replica = await Supervised.StartAsync(
            estate,
            server: null,
            environment: null,
            Supervised.Patient
        );
        string[] wrong = ["busy01", "busy02", "busy03"];
        string[] machines = [.. wrong, "busy-new"];
        await using var writer = new BusyWriter(estate.Plane);
        var before = (await OwnWritesAsync(estate)).Count;
        foreach (var machine in wrong)
        {
            await estate.DeclareWrongAsync(machine);
        }

        await estate.DeclareNewAsync("busy-new");
        await estate.ConvergedAsync(replica, machines);
        await estate.AssertNothingWasDoneTwiceAsync(machines);
        var specs = await SpecsAsync(estate);

        // Converged, the other writer alone is no reason to write, however long it goes on.
        await SettledAsync(estate, replica, writer);
        var writes = (await OwnWritesAsync(estate)).Skip(before).ToList();
        output.WriteLine(
            $"{writes.Count} writes in {writer.Rounds} rounds: "
                + string.Join(
                    ", ",
                    writes
                        .GroupBy(static e => $"{e.Verb} {e.Resource}/{e.Subresource} {e.Code}")
                        .Select(static g => $"{g.Key}: {g.Count()}")
                )
        );
        // Of some 35 actions each is noted and told. A refused write is made again, and it takes one of the other's to refuse one.
        var done = writes.Count(static write => write.Code < 300);
        Assert.InRange(done, 1, 600);
        Assert.InRange(writes.Count - done, 0, 2 * writer.Rounds * writer.Written.Count);

        await writer.StopAsync();
        Assert.Empty(replica.Ends);
        Assert.Equal(specs, await SpecsAsync(estate));
        foreach (var (path, round) in writer.Written)
        {
            AssertKeeps(await estate.Plane.Raw.GetAsync(path), round);
        }
    }

    // Waits until the operator has written nothing for ten rounds of the other's.
    private static async Task SettledAsync(FaultEstate estate, Supervised replica, BusyWriter writer)
    {
        var last = new LastWrites(estate.Plane);
        var since = writer.Rounds;
        try
        {
            await replica.UntilAsync(
                "the operator has nothing more to write",
                async () =>
                {
                    if (await last.LookAsync(await OwnWritesAsync(estate)))
                    {
                        since = writer.Rounds;
                    }

                    return writer.Rounds >= since + 10;
                }
            );
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException(
                $"The other writer is in round {writer.Rounds}, the last write was in round {since}.\n{last.Describe()}\n{late.Message}",
                late
            );
        }
    }

    private static async Task<IReadOnlyList<AuditEntry>> OwnWritesAsync(FaultEstate estate) =>
        [.. (await estate.Plane.Audit.WritesAsync(":exchangevirt-operator")).Where(static e => e.Resource != "leases")];

    private static async Task<Dictionary<string, string>> SpecsAsync(FaultEstate estate)
    {
        var list = (
            await estate.Plane.Raw.GetAsync("/apis/exchangevirt.io/v1alpha1/exchangevirtualmachines")
        ).Succeeded();
        return list["items"]!
            .AsArray()
            .ToDictionary(
                static item => (string)item!["metadata"]!["name"]!,
                static item => $"{item!["metadata"]!["generation"]} {item["spec"]!.ToJsonString()}"
            );
    }

    private static void AssertKeeps(ApiAnswer answer, string round)
    {
        var found = answer.Succeeded();
        var metadata = found["metadata"]!;
        Assert.Equal(round, (string?)metadata["labels"]?[BusyWriter.Mark]);
        Assert.Equal(round, (string?)metadata["annotations"]?[BusyWriter.Mark]);
        var audited = found["status"]!["conditions"]!
            .AsArray()
            .SingleOrDefault(static each => (string?)each!["type"] == BusyWriter.Condition);
        Assert.Equal(round, (string?)audited?["message"]);

        // The operator owns its status and its finalizer, and nothing that anybody else wrote.
        foreach (var entry in metadata["managedFields"]!.AsArray())
        {
            if (!((string)entry!["manager"]!).StartsWith("exchangevirt-operator", StringComparison.Ordinal))
            {
                continue;
            }

            var fields = entry["fieldsV1"]!.AsObject();
            Assert.All(fields, static field => Assert.Contains(field.Key, new[] { "f:status", "f:metadata" }));
            Assert.All(fields["f:metadata"]?.AsObject() ?? [], static field => Assert.Equal("f:finalizers", field.Key));
            Assert.DoesNotContain(BusyWriter.Condition, fields.ToJsonString(), StringComparison.Ordinal);
        }
    }
}
