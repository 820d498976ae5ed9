using ExchangeVirt.Agent.Contract;

namespace ExchangeVirt.Agent.State;

/// <summary>
/// The installation that an agent obeys, and the newest epoch seen from it: bound at first contact, stored before anything
/// is done, changed only on the host itself.
/// </summary>
public sealed class InstallationBinding
{
    private readonly string _path;
    private readonly string _rebindPath;
    private readonly Lock _gate = new();
    private Content? _content;

    /// <summary>Opens what is stored.</summary>
    /// <exception cref="AgentStateException">It cannot be read.</exception>
    public InstallationBinding(string directory)
    {
        _path = Path.Combine(directory, "binding.json");
        _rebindPath = RebindPath(directory);
        _content = DurableFile.Read<Content>(_path);
    }

    /// <summary>Gets the installation that is obeyed; null before the first contact.</summary>
    public string? Installation
    {
        get
        {
            lock (_gate)
            {
                return _content?.Installation;
            }
        }
    }

    /// <summary>Gets the installations that were obeyed before: their marks may be taken over.</summary>
    public IReadOnlyList<string> Previous
    {
        get
        {
            lock (_gate)
            {
                return _content?.Previous ?? [];
            }
        }
    }

    /// <summary>Asks, on the host, that another installation be obeyed from the next call on.</summary>
    public static void Rebind(string directory, string installation)
    {
        Directory.CreateDirectory(directory);
        DurableFile.Write(RebindPath(directory), new Request(installation));
    }

    /// <summary>Lets an epoch in, or says why not.</summary>
    /// <param name="epoch">The caller's.</param>
    /// <param name="mayLead">Whether it may bind the agent and raise the counter; readers may not.</param>
    /// <exception cref="AgentFaultException">Another installation, or a leader that was replaced.</exception>
    public void Admit(InstallationEpoch epoch, bool mayLead)
    {
        lock (_gate)
        {
            TakeRebind();
            if (_content is { } bound)
            {
                Refuse(epoch, bound);
            }

            if (mayLead && (_content is null || epoch.Counter > _content.Counter))
            {
                var next = new Content(epoch.Installation, epoch.Counter, _content?.Previous ?? []);
                DurableFile.Write(_path, next);
                _content = next;
            }
        }
    }

    private static void Refuse(InstallationEpoch epoch, Content bound)
    {
        if (bound.Installation != epoch.Installation)
        {
            throw new AgentFaultException(
                new AgentFault(
                    AgentFaultKind.NotBound,
                    "NotBound",
                    $"This agent obeys installation {bound.Installation}, not {epoch.Installation}. If the former is gone, run "
                        + $"«exvirt-agent rebind --installation {epoch.Installation}» on the host."
                )
            );
        }

        if (epoch.Counter < bound.Counter)
        {
            throw new AgentFaultException(
                new AgentFault(
                    AgentFaultKind.StaleEpoch,
                    "StaleEpoch",
                    $"A leader with epoch {bound.Counter} was seen; {epoch.Counter} is older. The older one must stop, or rise above it."
                )
                {
                    NewestCounter = bound.Counter,
                }
            );
        }
    }

    private void TakeRebind()
    {
        if (DurableFile.Read<Request>(_rebindPath) is not { } request)
        {
            return;
        }

        if (_content?.Installation != request.Installation)
        {
            var previous = _content is null ? [] : _content.Previous.Append(_content.Installation).Distinct().ToList();
            var next = new Content(request.Installation, 0, previous);
            DurableFile.Write(_path, next);
            _content = next;
        }

        File.Delete(_rebindPath);
    }

    private static string RebindPath(string directory) => Path.Combine(directory, "rebind.json");

    private sealed record Content(string Installation, ulong Counter, IReadOnlyList<string> Previous);

    private sealed record Request(string Installation);
}
