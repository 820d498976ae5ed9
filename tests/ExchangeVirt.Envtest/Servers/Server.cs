using ExchangeVirt.Envtest.Processes;

namespace ExchangeVirt.Envtest.Servers;

/// <summary>A server process that a test can stop, hold and start again on the same ports and data.</summary>
public abstract class Server : IAsyncDisposable
{
    private const int Attempts = 5;
    private const int LinesInMessages = 40;

    private readonly string _executable;
    private readonly string _doomed;
    private GuardedProcess? _process;
    private bool _hasPorts;
    private string _lastLook = "";

    /// <summary>Describes a server.</summary>
    /// <param name="name">What failures call it.</param>
    /// <param name="executable">Its file.</param>
    /// <param name="doomed">The temporary folder of the whole cluster.</param>
    /// <param name="http">What asks whether it is ready; goes with it.</param>
    private protected Server(string name, string executable, string doomed, HttpClient http)
    {
        Http = http;
        Name = name;
        _executable = executable;
        _doomed = doomed;
        Folder = Directory.CreateDirectory(Path.Combine(doomed, name)).FullName;
    }

    /// <summary>Gets what it is called.</summary>
    public string Name { get; }

    /// <summary>Gets the id of its process.</summary>
    /// <exception cref="InvalidOperationException">It was never started.</exception>
    public int ProcessId => Process.Id;

    /// <summary>Gets whether its process lives.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Gets the last lines that it wrote since it was last started.</summary>
    public string Log => _process?.Log ?? "";

    /// <summary>Gets its own folder.</summary>
    protected string Folder { get; }

    /// <summary>Gets what asks whether it is ready.</summary>
    protected HttpClient Http { get; }

    private GuardedProcess Process => _process ?? throw new InvalidOperationException($"{Name} was not started.");

    /// <summary>Starts it and waits until it is ready; again on the same ports and data.</summary>
    /// <exception cref="InvalidOperationException">It ended, with what it wrote.</exception>
    /// <exception cref="TimeoutException">It did not become ready, with what it wrote.</exception>
    public async Task StartAsync()
    {
        if (IsRunning)
        {
            throw new InvalidOperationException($"{Name} runs already.");
        }

        for (var attempt = 1; ; attempt++)
        {
            if (!_hasPorts)
            {
                ChoosePorts();
            }

            if (_process is not null)
            {
                await _process.DisposeAsync();
            }

            _process = await GuardedProcess.StartAsync(
                new ProgramStart(_executable, Arguments())
                {
                    Name = Name,
                    WorkingFolder = Folder,
                    DoomedFolder = _doomed,
                }
            );
            if (await BecomesReadyAsync())
            {
                _hasPorts = true;
                return;
            }

            // Somebody took the port between our looking and its listening.
            if (_hasPorts || attempt == Attempts || !Log.Contains("address already in use", StringComparison.Ordinal))
            {
                throw new InvalidOperationException(
                    $"{Name} ended with code {_process.ExitCode} before it was ready. It wrote:\n{Tail()}"
                );
            }
        }
    }

    /// <summary>Ends it in good order (SIGTERM; SIGKILL when that takes longer than 10 s).</summary>
    public Task StopAsync() => Process.StopAsync();

    /// <summary>Ends it at once (SIGKILL).</summary>
    public Task KillAsync() => Process.KillAsync();

    /// <summary>Ends it in good order and starts it again.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    /// <summary>Holds it (SIGSTOP): connections stay open, and nobody answers.</summary>
    public Task FreezeAsync() => Process.HoldAsync();

    /// <summary>Lets it go on after <see cref="FreezeAsync"/>.</summary>
    public void Thaw() => Process.Send(UnixSignal.Continue);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Its data goes with it, so there is nothing that it could do in good order.
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        Http.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Chooses the ports that it will keep.</summary>
    protected abstract void ChoosePorts();

    /// <summary>Lists its flags.</summary>
    protected abstract IReadOnlyList<string> Arguments();

    /// <summary>Asks whether it is ready.</summary>
    protected abstract Task<bool> IsReadyAsync(CancellationToken cancellationToken);

    private async Task<bool> BecomesReadyAsync()
    {
        try
        {
            await Until.TrueAsync($"{Name} is ready", async () => Process.HasExited || await IsReadyNowAsync());
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message} {_lastLook} It wrote:\n{Tail()}", late);
        }

        return !Process.HasExited;
    }

    private async Task<bool> IsReadyNowAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5), Until.Clock);
        try
        {
            return await IsReadyAsync(patience.Token);
        }
        catch (Exception notYet) when (notYet is HttpRequestException or OperationCanceledException)
        {
            _lastLook = $"At the last look: {notYet.Message} {notYet.InnerException?.Message}";
            return false;
        }
    }

    private string Tail() =>
        $"{Process.LastLines(LinesInMessages)}\n(started as: {_executable} {string.Join(' ', Arguments())})";
}
