using System.Text.Json;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Runtime.Tests;

public sealed class ThrownSwitchTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void It_is_as_whoever_threw_it_last_says(bool paused) =>
        Assert.Equal(
            paused,
            PauseSwitch.IsThrown(
                new ControlValue(JsonSerializer.Serialize(new PauseState(paused, "why", "who", default)), "1")
            )
        );

    [Fact]
    public void One_that_was_never_thrown_is_not_thrown() => Assert.False(PauseSwitch.IsThrown(null));

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("paused, please")]
    public void One_that_cannot_be_understood_counts_as_thrown(string value) =>
        Assert.True(PauseSwitch.IsThrown(new ControlValue(value, "1")));
}
