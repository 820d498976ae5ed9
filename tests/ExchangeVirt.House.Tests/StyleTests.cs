using System.Text.RegularExpressions;

namespace ExchangeVirt.House.Tests;

public sealed partial class StyleTests
{
    /// <summary>The aim is 300; this is where a file no longer fits in a head.</summary>
    private const int LongestFile = 400;

    [Fact]
    public void No_source_file_is_longer_than_fits_in_a_head() =>
        Assert.DoesNotContain(
            Repository.SourceFiles("src").Select(static file => (file, lines: File.ReadLines(file).Count())),
            static file => file.lines > LongestFile
        );

    [Fact]
    public void Nothing_in_the_sources_is_left_for_later() =>
        Assert.DoesNotContain(
            Repository
                .SourceFiles("src")
                .SelectMany(static file => File.ReadLines(file).Select((line, index) => $"{file}:{index + 1}: {line}")),
            static line => Unfinished().IsMatch(line)
        );

    [Fact]
    public void No_test_is_skipped_for_good() =>
        Assert.DoesNotContain(
            Repository.SourceFiles("tests"),
            static file => File.ReadLines(file).Any(static line => SkippedForGood().IsMatch(line))
        );

    [GeneratedRegex(
        "NotImplementedException|\\bTO" + "DO\\b|\\bFIX" + "ME\\b",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"^\s*\[(Fact|Theory)\(.*Skip\s*=", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SkippedForGood();
}
