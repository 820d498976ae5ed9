using CsCheck;
using ExchangeVirt.HyperV.Cim;
using ExchangeVirt.HyperV.Simulator.CimXml;
using ExchangeVirt.HyperV.Simulator.Schema;
using ExchangeVirt.HyperV.Simulator.Wql;

namespace ExchangeVirt.HyperV.Simulator.Tests;

public sealed class TheQueryLanguage
{
    [Theory]
    [InlineData("ElementName='EX01'", 1)]
    [InlineData("ElementName=\"ex01\"", 1)]
    [InlineData("'EX01'=ElementName", 1)]
    [InlineData("ElementName<>'EX01'", 5)]
    [InlineData("ElementName!='EX01'", 5)]
    [InlineData("ElementName LIKE 'EX0_'", 4)]
    [InlineData("ElementName LIKE 'EX0[1-2]'", 2)]
    [InlineData("ElementName LIKE 'EX0[^1]'", 3)]
    [InlineData("ElementName LIKE '%X%'", 4)]
    [InlineData("NOT ElementName LIKE '%X%'", 2)]
    [InlineData("EnabledState=2", 3)]
    [InlineData("EnabledState='2'", 3)]
    [InlineData("EnabledState>2 AND EnabledState<9", 2)]
    [InlineData("EnabledState>=9 OR EnabledState<=2", 4)]
    [InlineData("2 < EnabledState", 3)]
    [InlineData("(ElementName='EX01' OR ElementName='EX02') AND EnabledState=3", 1)]
    [InlineData("ElementName='EX01' OR ElementName='EX02' AND EnabledState=3", 2)]
    [InlineData("ProcessID IS NULL", 3)]
    [InlineData("ProcessID IS NOT NULL", 3)]
    [InlineData("ProcessID = NULL", 3)]
    [InlineData("Caption='Virtual Machine'", 5)]
    public async Task Judges_conditions(string condition, int expected)
    {
        await using var bench = Bench.Start();
        Assert.Equal(expected, (await bench.Query($"select * from Msvm_ComputerSystem where {condition}")).Count);
    }

    [Fact]
    public async Task Compares_references_as_paths_whatever_the_server_and_the_escapes()
    {
        await using var bench = Bench.Start();
        await bench.Request(Bench.Ex02, 2);
        var path = Bench.System(Bench.Ex02).ToString().Replace(@"\\.\", @"\\HV01\", StringComparison.Ordinal);
        var literal = path.Replace(@"\", @"\\", StringComparison.Ordinal)
            .Replace("'", @"\'", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal);
        var pending = await bench.One($"SELECT * FROM Msvm_AffectedJobElement WHERE AffectedElement='{literal}'");
        Assert.Equal(4, (await bench.Get((CimPath)pending["AffectingElement"]!)).Number("JobState"));
        var affected = Assert.Single(
            await bench.Associated((CimPath)pending["AffectingElement"]!, "Msvm_AffectedJobElement")
        );
        Assert.Equal(Bench.System(Bench.Ex02), affected.Path);
    }

    [Theory]
    [InlineData("")]
    [InlineData("SELECT")]
    [InlineData("SELECT * Msvm_ComputerSystem")]
    [InlineData("SELECT * FROM Msvm_ComputerSystem WHERE")]
    [InlineData("SELECT * FROM Msvm_ComputerSystem WHERE Name=")]
    [InlineData("SELECT * FROM Msvm_ComputerSystem WHERE Name='a")]
    [InlineData(@"SELECT * FROM Msvm_ComputerSystem WHERE Name='a\b'")]
    [InlineData("SELECT * FROM Msvm_ComputerSystem WHERE (Name='a'")]
    [InlineData("SELECT * FROM Msvm_ComputerSystem ORDER BY Name")]
    [InlineData("SELECT * FROM Msvm_ComputerSystem; DROP")]
    [InlineData("SELECT COUNT(*) FROM Msvm_ComputerSystem")]
    [InlineData("DELETE FROM Msvm_ComputerSystem")]
    public void Refuses_what_is_no_WQL(string wql) =>
        Assert.Equal(CimError.InvalidQuery, Assert.Throws<CimException>(() => WqlParser.Parse(wql)).Error);

    [Fact]
    public void Any_text_survives_as_an_escaped_constant() =>
        Gen.String.Sample(text =>
        {
            var literal = text.Replace(@"\", @"\\", StringComparison.Ordinal)
                .Replace("'", @"\'", StringComparison.Ordinal);
            var query = WqlParser.Parse($"SELECT * FROM X WHERE Name='{literal}'");
            return (string)((WqlComparison)query.Condition!).Constant! == text;
        });

    [Theory]
    [InlineData(
        "SELECT * FROM Msvm_ComputerSystem WHERE TargetInstance ISA 'Msvm_ComputerSystem'",
        CimError.InvalidClass
    )]
    [InlineData("SELECT * FROM __InstanceModificationEvent", CimError.InvalidQuery)]
    [InlineData(
        "SELECT * FROM __InstanceModificationEvent WHERE TargetInstance ISA 'Msvm_Nonsense'",
        CimError.InvalidClass
    )]
    [InlineData(
        "SELECT * FROM __InstanceModificationEvent WHERE TargetInstance ISA 'Msvm_ComputerSystem' AND TargetInstance.Colour=1",
        CimError.InvalidQuery
    )]
    [InlineData("SELECT * FROM __InstanceModificationEvent WHERE TargetInstance ISA", CimError.InvalidQuery)]
    public async Task Refuses_wrong_event_queries_when_the_first_event_is_asked_for(string wql, CimError error)
    {
        await using var bench = Bench.Start();
        await using var events = bench
            .Host.SubscribeAsync(Bench.Ns, wql, TestContext.Current.CancellationToken)
            .GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.Equal(error, (await Assert.ThrowsAsync<CimException>(async () => await events.MoveNextAsync())).Error);
    }

    [Fact]
    public async Task Delivers_creation_modification_and_deletion_to_several_subscribers_by_their_conditions()
    {
        await using var bench = Bench.Synchronous();
        IAsyncEnumerator<CimEvent> Listen(string wql) =>
            bench
                .Host.SubscribeAsync(Bench.Ns, wql, TestContext.Current.CancellationToken)
                .GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await using var all = Listen(
            "SELECT * FROM __InstanceOperationEvent WITHIN 2 WHERE TargetInstance ISA 'Msvm_ComputerSystem'"
        );
        await using var starts = Listen(
            "SELECT * FROM __InstanceModificationEvent WHERE TargetInstance ISA 'Msvm_ComputerSystem' AND TargetInstance.EnabledState=2 AND PreviousInstance.EnabledState<>2"
        );
        var made = bench.Control.CreateMachine(new() { Name = "foreign" }).Result!;
        bench.Control.Do("foreign", "start");
        bench.Pass(2);
        bench.Control.Do("foreign", "turnOff");
        bench.Pass(1);
        bench.Control.Do("foreign", "delete");
        var seen = new List<string>();
        do
        {
            Assert.True(await all.MoveNextAsync());
            Assert.Equal(made, all.Current.Target!.Text("Name"));
            seen.Add($"{all.Current.ClassName[10..]} {all.Current.Target!.Number("EnabledState")}");
        } while (!seen[^1].StartsWith("Deletion", StringComparison.Ordinal));

        Assert.Equal(
            [
                "CreationEvent 3",
                "ModificationEvent 10",
                "ModificationEvent 2",
                "ModificationEvent 4",
                "ModificationEvent 3",
                "DeletionEvent 3",
            ],
            seen
        );
        Assert.True(await starts.MoveNextAsync());
        Assert.Equal(10, starts.Current.Previous!.Number("EnabledState"));
    }

    [Fact]
    public void CIM_XML_brings_back_every_instance()
    {
        var schema = CimSchema.ForBuild(20348);
        var cimClass = schema.Class("Msvm_VirtualSystemSettingData");
        var text = Gen.String[Gen.Char[' ', '\ud7ff'], 0, 20];
        var gen =
            from name in text
            from notes in text.Array[0, 4]
            from order in Gen.UShort.Array[0, 4]
            from action in Gen.UShort
            from gap in Gen.ULong
            from flag in Gen.Bool
            from seconds in Gen.Long[0, 1L << 36]
            from micros in Gen.Long[0, 1L << 50]
            select new InstanceBuilder(cimClass)
                .Set("InstanceID", name)
                .Set("Notes", notes)
                .Set("BootOrder", order)
                .Set("AutomaticShutdownAction", action)
                .Set("HighMmioGapSize", gap)
                .Set("SecureBootEnabled", flag)
                .Set("AutomaticStartupActionDelay", TimeSpan.FromSeconds(seconds))
                .Set("CreationTime", DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond))
                .Build();
        var reader = new CimXmlReader(schema);
        gen.Sample(instance =>
        {
            var back = reader.Read(CimXmlWriter.Write(instance));
            return back.Path == instance.Path
                && back.Properties.Count == instance.Properties.Count
                && back.Properties.All(p =>
                    p.Value.Type == instance.Properties[p.Key].Type && CimValues.Same(p.Value.Value, instance[p.Key])
                );
        });
    }

    [Fact]
    public void Paths_are_read_as_they_are_written() =>
        (
            from id in Gen.String[Gen.Char[' ', '~'], 1, 30]
            from name in Gen.String[Gen.Char[' ', '~'], 1, 30]
            select (id, name)
        ).Sample(k =>
        {
            var path = CimPath.Of(Bench.Ns, "Msvm_X", ("A", k.id), ("B", k.name));
            return CimPathText.TryParse(path.ToString(), out var back) && back == path;
        });

    [Theory]
    [InlineData("00000000000030.000000:000", 30)]
    [InlineData("00000001000000.500000:000", 86400.5)]
    public void Intervals_are_written_and_read_as_CIM_datetimes(string text, double seconds)
    {
        Assert.True(CimDateTimeText.TryParse(text, out var value));
        Assert.Equal(TimeSpan.FromSeconds(seconds), value);
        Assert.Equal(text, CimDateTimeText.Of((TimeSpan)value));
    }

    [Theory]
    [InlineData("30")]
    [InlineData("00000000006030.000000:001")]
    [InlineData("20261322120000.000000+000")]
    [InlineData("00000000256030.000000:000")]
    public void Wrong_datetimes_are_refused(string text) => Assert.False(CimDateTimeText.TryParse(text, out _));
}
