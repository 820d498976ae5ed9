using ExchangeVirt.Domain.Model;

namespace ExchangeVirt.Domain.Placement;

/// <summary>Refuses a host whose agent does not answer or whose facts are old.</summary>
internal sealed class ReachableFilter : IPlacementFilter
{
    public string Name => "Reachable";

    public bool Momentary => true;

    public FilterFailure? Check(PlacementQuery query, HostCandidate host)
    {
        if (host.UnreachableReason is { } reason)
        {
            return new FilterFailure(Name, $"its agent does not answer: {reason}", "bring the agent back");
        }

        if (host.Observed is null || host.ReceivedAt is not { } received)
        {
            return new FilterFailure(Name, "its agent has not reported yet", "wait for its first report");
        }

        var age = query.Request.Now - received;
        return age > query.Request.MaximumFactsAge
            ? new FilterFailure(
                Name,
                $"its facts are {age.TotalSeconds:0} s old, {query.Request.MaximumFactsAge.TotalSeconds:0} s are allowed",
                "bring the agent back"
            )
            : null;
    }
}

/// <summary>Refuses a cordoned, draining or wrongly declared host to a VM that is not on it already.</summary>
internal sealed class SchedulableFilter : IPlacementFilter
{
    public string Name => "Schedulable";

    public bool Momentary => true;

    public FilterFailure? Check(PlacementQuery query, HostCandidate host)
    {
        if (query.IsOn(host))
        {
            return null;
        }

        if (host.Definition.Problem is { } problem)
        {
            return new FilterFailure(Name, problem, "correct what is declared");
        }

        if (!host.Definition.Schedulable)
        {
            return new FilterFailure(
                Name,
                "it is cordoned (spec.schedulable is false)",
                "set spec.schedulable to true"
            );
        }

        return host.Definition.Draining
            ? new FilterFailure(Name, "it is being drained (spec.maintenance is Drain)", "end its maintenance")
            : null;
    }
}

/// <summary>Refuses a host that is not for the VM's namespace.</summary>
internal sealed class AllowedNamespacesFilter : IPlacementFilter
{
    public string Name => "AllowedNamespaces";

    public FilterFailure? Check(PlacementQuery query, HostCandidate host)
    {
        var wanted = query.Machine.Key.Namespace;
        return host.Definition.AllowedNamespaces is not { } allowed || allowed.Contains(wanted, StringComparer.Ordinal)
            ? null
            : new FilterFailure(
                Name,
                $"namespace {wanted} is not among its allowedNamespaces ({(allowed.Count == 0 ? "none" : string.Join(", ", allowed))})",
                $"add {wanted} to its allowedNamespaces"
            )
            {
                Distance = 20,
            };
    }
}

/// <summary>Refuses a host that lacks a label which the VM asks for.</summary>
internal sealed class HostSelectorFilter : IPlacementFilter
{
    public string Name => "HostSelector";

    public FilterFailure? Check(PlacementQuery query, HostCandidate host)
    {
        if (query.Machine.HostSelector.Count == 0)
        {
            return null;
        }

        List<string>? missing = null;
        foreach (var (label, value) in query.Machine.HostSelector)
        {
            if (!host.Definition.Labels.TryGetValue(label, out var there))
            {
                (missing ??= []).Add($"{label}={value} (it has no {label})");
            }
            else if (!string.Equals(there, value, StringComparison.Ordinal))
            {
                (missing ??= []).Add($"{label}={value} (it has {label}={there})");
            }
        }

        return missing is null
            ? null
            : new FilterFailure(
                Name,
                $"the VM's hostSelector asks for {string.Join(", ", missing.Order(StringComparer.Ordinal))}",
                "label the host so, or change placement.hostSelector"
            )
            {
                Distance = 20,
            };
    }
}

/// <summary>Refuses every host but the one that the VM is pinned to.</summary>
internal sealed class HostNameFilter : IPlacementFilter
{
    public string Name => "HostName";

    public FilterFailure? Check(PlacementQuery query, HostCandidate host) =>
        query.Machine.HostName is not { } pinned || string.Equals(pinned, host.Name, StringComparison.OrdinalIgnoreCase)
            ? null
            : new FilterFailure(
                Name,
                $"the VM is pinned to {pinned} (placement.hostName)",
                "remove or change placement.hostName"
            )
            {
                Distance = 20,
            };
}

/// <summary>Refuses a host that holds another member of a DAG whose anti-affinity is Required.</summary>
internal sealed class AntiAffinityFilter : IPlacementFilter
{
    public string Name => "AntiAffinity";

    public FilterFailure? Check(PlacementQuery query, HostCandidate host) =>
        query.AntiAffinity == Strictness.Required && query.TryGetMemberOn(host.Name, out var member)
            ? new FilterFailure(
                Name,
                $"it holds {member}, a member of the same DAG {query.Machine.Exchange.AvailabilityGroup}, and antiAffinity is Required",
                "add a host, or set the DAG's antiAffinity to Preferred"
            )
            {
                Distance = 10,
            }
            : null;
}

/// <summary>Refuses, where spread is Required, a host in a fault domain that has more members of the DAG than the least.</summary>
/// <remarks>
/// The least is taken over the domains with at least one host that passes every other filter, or would if it were reachable and
/// schedulable: a rack that is full does not block the DAG for ever, a rack that is down for an hour does not unbalance it.
/// A host without a fault domain is refused.
/// </remarks>
internal sealed class FaultDomainFilter : IPlacementFilter
{
    public string Name => "FaultDomain";

    public FilterFailure? Check(PlacementQuery query, HostCandidate host)
    {
        if (query.FaultDomainSpread != Strictness.Required)
        {
            return null;
        }

        if (host.Definition.FaultDomain is not { } domain)
        {
            return new FilterFailure(
                Name,
                "it declares no fault domain, and the DAG's faultDomainSpread is Required",
                "set its spec.faultDomain"
            );
        }

        var members = query.MembersIn(domain);
        return members > query.FewestMembers
            ? new FilterFailure(
                Name,
                $"fault domain {domain} has {members} members of the DAG, another that could hold the VM has {query.FewestMembers}, and faultDomainSpread is Required",
                "make room in the other fault domain, or set faultDomainSpread to Preferred"
            )
            {
                Distance = 10,
            }
            : null;
    }
}
