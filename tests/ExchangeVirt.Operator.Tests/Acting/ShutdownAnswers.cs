using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Operator.Acting;

namespace ExchangeVirt.Operator.Tests.Acting;

public sealed class ShutdownAnswers
{
    [Theory]
    [InlineData(AgentFaultKind.Busy, "GuestNotReady", true, true)]
    [InlineData(AgentFaultKind.FailedPrecondition, "FactsChanged", true, true)]
    [InlineData(AgentFaultKind.Paused, "AgentPaused", true, true)]
    [InlineData(AgentFaultKind.Unavailable, "ManagementServiceNotSeen", true, true)]
    // The id stands in the journal: the guest was asked, whatever the words.
    [InlineData(AgentFaultKind.InvalidArgument, "OperationIdReused", false, true)]
    [InlineData(AgentFaultKind.OutcomeUnknown, "AgentRestarted", false, true)]
    [InlineData(AgentFaultKind.Failed, "HyperVFailed", false, true)]
    // Refused before the journal was looked into, or not heard at all: an earlier attempt may have come through.
    [InlineData(AgentFaultKind.Unauthorized, "CertificateExpired", false, false)]
    [InlineData(AgentFaultKind.StaleEpoch, "StaleEpoch", false, false)]
    [InlineData(AgentFaultKind.NotBound, "NotBound", false, false)]
    [InlineData(AgentFaultKind.Unavailable, "AgentUnreachable", false, false)]
    [InlineData(AgentFaultKind.Unavailable, "NotLeading", false, false)]
    [InlineData(AgentFaultKind.OutcomeUnknown, "ConnectionLost", false, false)]
    [InlineData(AgentFaultKind.OutcomeUnknown, "AgentTimedOut", false, false)]
    public void A_question_is_put_anew_only_where_the_guest_certainly_did_not_hear_it(
        AgentFaultKind kind,
        string reason,
        bool refused,
        bool answered
    )
    {
        var fault = new AgentFault(kind, reason, "It said so.");

        Assert.Equal((refused, answered), (GuestShutdowns.WasRefused(fault), GuestShutdowns.IsAnswered(fault)));
    }
}
