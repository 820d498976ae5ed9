using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Agent.State;
using Microsoft.Extensions.Time.Testing;

namespace ExchangeVirt.Agent.Tests;

public sealed class JournalTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("exvirt-journal-").FullName;
    private readonly FakeTimeProvider _time = new();

    private string File => Path.Combine(_directory, "journal.jsonl");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_result_is_found_again_by_the_next_process()
    {
        using (var journal = Open())
        {
            journal.Begin(Intent("a"));
            journal.End("a", Done);
        }

        using var reopened = Open();

        Assert.Equal(Done, reopened.Find("a").Result);
        Assert.Null(reopened.Find("b").Intent);
    }

    [Fact]
    public void An_intent_without_a_result_is_an_unknown_outcome_for_good()
    {
        using (var journal = Open())
        {
            journal.Begin(Intent("a"));
            Assert.Null(journal.Find("a").Result);
        }

        for (var restart = 0; restart < 2; restart++)
        {
            using var reopened = Open();
            Assert.Equal(AgentFaultKind.OutcomeUnknown, reopened.Find("a").Result?.Fault?.Kind);
        }
    }

    [Fact]
    public void A_file_cut_off_at_any_byte_loses_at_most_what_was_being_written()
    {
        byte[] whole;
        using (var journal = Open())
        {
            journal.Begin(Intent("a"));
            journal.End("a", Done);
            journal.Begin(Intent("b"));
            whole = ReadShared();
        }

        for (var length = 0; length <= whole.Length; length++)
        {
            System.IO.File.WriteAllBytes(File, whole[..length]);
            using var reopened = Open();
            var (intent, result) = reopened.Find("a");
            Assert.True(intent is null || result == Done || result?.Fault?.Kind == AgentFaultKind.OutcomeUnknown);
            reopened.Begin(Intent("c"));
            reopened.End("c", Done);
        }
    }

    [Fact]
    public void Damage_in_the_middle_is_refused_with_its_line()
    {
        using (var journal = Open())
        {
            journal.Begin(Intent("a"));
            journal.End("a", Done);
        }

        var lines = System.IO.File.ReadAllLines(File);
        System.IO.File.WriteAllLines(File, [lines[0][..10], lines[1]]);

        var failure = Assert.Throws<AgentStateException>(Open);
        Assert.Contains("line 1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Old_results_and_too_many_are_forgotten()
    {
        using (var journal = Open())
        {
            journal.Begin(Intent("old"));
            journal.End("old", Done);
            _time.Advance(TimeSpan.FromHours(25));
            foreach (var number in Enumerable.Range(0, 40))
            {
                journal.Begin(Intent($"n{number}"));
                journal.End($"n{number}", Done);
                _time.Advance(TimeSpan.FromSeconds(1));
            }

            Assert.Null(journal.Find("old").Intent);
            Assert.NotNull(journal.Find("n39").Result);
        }

        using var reopened = Open();
        Assert.Equal(10, Enumerable.Range(0, 40).Count(number => reopened.Find($"n{number}").Intent is not null));
    }

    [Fact]
    public void Two_agents_cannot_have_one_state_directory()
    {
        using var first = StateDirectory.Take(_directory);

        Assert.Throws<AgentStateException>(() => StateDirectory.Take(_directory));
    }

    [Fact]
    public void A_pause_marker_that_cannot_be_read_pauses()
    {
        System.IO.File.WriteAllText(Path.Combine(_directory, "pause.json"), "half a");

        Assert.NotNull(new PauseMarker(_directory).Reason);
    }

    private static OperationResult Done => new(new ActionDone(Guid.Empty, true, "Warned."), null);

    private OperationIntent Intent(string id) =>
        new(id, "digest", "StartVirtualMachine", Guid.Empty, _time.GetUtcNow());

    private OperationJournal Open() => new(_directory, new JournalRetention(TimeSpan.FromHours(24), 10), _time);

    private byte[] ReadShared()
    {
        using var file = new FileStream(File, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var copy = new MemoryStream();
        file.CopyTo(copy);
        return copy.ToArray();
    }
}
