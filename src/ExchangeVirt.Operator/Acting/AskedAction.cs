using System.Diagnostics;
using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Operator.Acting;

/// <summary>An action that an agent was asked for and that has not ended.</summary>
/// <param name="OperationId">The id of the attempt.</param>
/// <param name="Action">The action's name.</param>
/// <param name="Setting">The setting that it corrects; null where it corrects none.</param>
/// <param name="VirtualMachine">The declared object.</param>
/// <param name="Host">The host.</param>
/// <param name="At">When it was asked for.</param>
/// <param name="Since">The same by the clock that nobody sets.</param>
/// <param name="Question">The span of the question; default where there is none.</param>
internal sealed record AskedAction(
    string OperationId,
    string Action,
    string? Setting,
    ObjectKey VirtualMachine,
    string Host,
    DateTimeOffset At,
    long Since,
    ActivityContext Question
)
{
    /// <summary>Gets or sets whether the agent answered that it goes on.</summary>
    public bool GoesOn { get; set; }
}
