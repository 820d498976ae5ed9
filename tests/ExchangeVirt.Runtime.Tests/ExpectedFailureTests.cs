using System.Net;
using System.Net.Sockets;
using ExchangeVirt.Runtime.Kubernetes;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Runtime.Tests;

public sealed class ExpectedFailureTests
{
    public static TheoryData<Exception, bool> Failures =>
        new()
        {
            { new KubernetesApiException(HttpStatusCode.Forbidden, "Forbidden", "no"), true },
            { new ResourceConflictException("changed"), true },
            { new HttpRequestException("refused", new SocketException(111)), true },
            { new TimeoutException("late"), true },
            { new AggregateException(new TimeoutException(), new IOException()), true },
            { new AggregateException(new TimeoutException(), new InvalidOperationException()), false },
            { new InvalidOperationException("a bug"), false },
            { new FormatException("a bug"), false },
        };

    [Theory]
    [MemberData(nameof(Failures))]
    public void Only_a_mistake_of_the_program_needs_its_stack(Exception failure, bool isExpected)
    {
        Assert.Equal(isExpected, ExpectedFailure.Is(failure));
        Assert.Equal(isExpected ? null : failure, ExpectedFailure.StackOf(failure));
    }

    [Fact]
    public void What_was_behind_it_is_told_where_it_says_more()
    {
        var failure = new HttpRequestException(
            "The server cannot be asked.",
            new IOException("The connection was cut.", new IOException("The connection was cut."))
        );

        Assert.Equal("The server cannot be asked. (The connection was cut.)", ExpectedFailure.Describe(failure));
    }
}
