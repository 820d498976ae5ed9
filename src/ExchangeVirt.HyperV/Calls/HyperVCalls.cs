using System.Collections.Immutable;
using ExchangeVirt.HyperV.Cim;

namespace ExchangeVirt.HyperV.Calls;

/// <summary>How a method call ended that was not refused.</summary>
/// <param name="Vanished">Whether its job could not be found any more, so that only the target itself can tell how it ended.</param>
/// <param name="Warning">What Hyper-V warned of; null where nothing.</param>
/// <param name="Out">The out parameters, as they stood when the call returned.</param>
internal sealed record CallOutcome(bool Vanished, string? Warning, ImmutableSortedDictionary<string, CimValue> Out);

/// <summary>Calls WMI and speaks the driver's words about what went wrong; waits for the jobs that calls start.</summary>
internal sealed class HyperVCalls(ICimSession session, TimeProvider time, HyperVDriverOptions options)
{
    private static readonly TimeSpan s_firstWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(1);

    public ICimSession Session { get; } = session;

    public TimeProvider Time { get; } = time;

    public HyperVDriverOptions Options { get; } = options;

    /// <summary>Runs a query in the virtualization namespace.</summary>
    public async Task<IReadOnlyList<CimObject>> QueryAsync(string wql, CancellationToken cancellationToken)
    {
        try
        {
            return await Session.QueryAsync(Wmi.Virtualization, wql, cancellationToken);
        }
        catch (CimException failure)
        {
            throw CimFaults.OfRead(failure, $"Reading \"{wql}\"");
        }
    }

    /// <summary>Runs a query whose failure leaves a fact unknown and nothing else.</summary>
    /// <returns>Null where the query failed by itself.</returns>
    /// <exception cref="HyperVException">The host as a whole does not answer.</exception>
    public async Task<IReadOnlyList<CimObject>?> TryQueryAsync(
        string cimNamespace,
        string wql,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await Session.QueryAsync(cimNamespace, wql, cancellationToken);
        }
        catch (CimException failure) when (!CimFaults.IsOfTheHost(failure))
        {
            return null;
        }
        catch (CimException failure)
        {
            throw CimFaults.OfRead(failure, $"Reading \"{wql}\"");
        }
    }

    /// <summary>Follows an association in the virtualization namespace.</summary>
    public async Task<IReadOnlyList<CimObject>> AssociatorsAsync(
        CimPath source,
        string association,
        string? resultClass,
        string sourceRole,
        string resultRole,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await Session.AssociatorsAsync(
                source,
                association,
                resultClass,
                sourceRole,
                resultRole,
                cancellationToken
            );
        }
        catch (CimException failure) when (failure.Error is CimError.NotFound)
        {
            // What the association starts from went away in between; so did all that hung on it.
            return [];
        }
        catch (CimException failure)
        {
            throw CimFaults.OfRead(failure, $"Following {association} from {source}");
        }
    }

    /// <summary>Finds the one instance of a service class.</summary>
    /// <exception cref="HyperVException">With <see cref="FaultKind.Unavailable"/> where there is none: no rights, or no management service.</exception>
    public async Task<CimPath> ServiceAsync(string className, CancellationToken cancellationToken) =>
        await QueryAsync($"SELECT * FROM {className}", cancellationToken) is [var service, ..]
            ? service.Path
            : throw NotSeen(className);

    /// <summary>Makes the failure of a host whose services were not seen.</summary>
    public static HyperVException NotSeen(string className) =>
        new(
            FaultKind.Unavailable,
            "ManagementServiceNotSeen",
            $"{className} was not seen: Hyper-V's management service (vmms) does not run, or this account may not see it. "
                + "An empty answer is not taken for an empty host. Start the service, or run the agent as an administrator."
        );

    /// <summary>Invokes a method and, where that started a job, waits until it has ended; <paramref name="what"/> is for messages.</summary>
    /// <exception cref="HyperVException">It was refused or failed.</exception>
    public async Task<CallOutcome> InvokeAsync(
        string what,
        CimPath target,
        string method,
        IReadOnlyDictionary<string, CimValue> arguments,
        CancellationToken cancellationToken
    )
    {
        var result = await CallAsync(what, target, method, arguments, cancellationToken);
        return result.ReturnValue switch
        {
            ReturnCodes.Done => new CallOutcome(false, null, result.Out),
            ReturnCodes.JobStarted => await WaitAsync(what, result, cancellationToken),
            var code => throw ReturnCodes.Refused(what, code),
        };
    }

    /// <summary>Invokes a method and returns whatever it answered.</summary>
    public async Task<CimMethodResult> CallAsync(
        string what,
        CimPath target,
        string method,
        IReadOnlyDictionary<string, CimValue> arguments,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await Session.InvokeAsync(target, method, arguments, cancellationToken);
        }
        catch (CimException failure)
        {
            throw CimFaults.OfCall(failure, what);
        }
    }

    /// <summary>Invokes a method that only reads, so that an answer that was lost leaves nothing in doubt.</summary>
    public async Task<CimMethodResult> ReadByMethodAsync(
        string what,
        CimPath target,
        string method,
        IReadOnlyDictionary<string, CimValue> arguments,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await Session.InvokeAsync(target, method, arguments, cancellationToken);
        }
        catch (CimException failure)
        {
            throw CimFaults.OfRead(failure, what);
        }
    }

    /// <summary>Waits for the job that a call started. Ending the wait never ends the job.</summary>
    public async Task<CallOutcome> WaitAsync(string what, CimMethodResult result, CancellationToken cancellationToken)
    {
        if (!result.Out.TryGetValue("Job", out var value) || value.Value is not CimPath path)
        {
            // 4096 without a job cannot be followed; the target tells.
            return new CallOutcome(true, null, result.Out);
        }

        var started = Time.GetTimestamp();
        var wait = s_firstWait;
        while (true)
        {
            CimObject job;
            try
            {
                job = await Session.GetAsync(path, cancellationToken);
            }
            catch (CimException failure) when (failure.Error is CimError.NotFound)
            {
                return new CallOutcome(true, null, result.Out);
            }
            catch (CimException failure)
            {
                throw new HyperVException(
                    FaultKind.OutcomeUnknown,
                    "JobLost",
                    $"{what}: its job was started and could not be followed: {failure.Message}",
                    null,
                    failure
                );
            }

            switch (job.Number("JobState"))
            {
                case 7 when (job.Number("ErrorCode") ?? 0) == 0:
                    return new CallOutcome(false, null, result.Out);
                case 32768:
                    return new CallOutcome(false, Warning(job), result.Out);
                case 7 or 8 or 9 or 10:
                    throw await FailedAsync(what, job, cancellationToken);
            }

            if (Time.GetElapsedTime(started) > Options.JobDeadline)
            {
                throw new HyperVException(
                    FaultKind.OutcomeUnknown,
                    "JobStillRunning",
                    $"{what}: its job has not ended after {Options.JobDeadline} and goes on."
                );
            }

            await Task.Delay(wait, Time, cancellationToken);
            wait = wait * 2 > s_longestWait ? s_longestWait : wait * 2;
        }
    }

    private static string Warning(CimObject job)
    {
        foreach (var property in new[] { "ErrorDescription", "ErrorSummaryDescription", "JobStatus" })
        {
            if (job.Text(property) is { Length: > 0 } text)
            {
                return text;
            }
        }

        return "Hyper-V completed it with warnings and did not say which.";
    }

    private async Task<HyperVException> FailedAsync(string what, CimObject job, CancellationToken cancellationToken)
    {
        List<string> texts = [];
        if (job.Text("ErrorDescription") is { Length: > 0 } description)
        {
            texts.Add(description);
        }

        texts.AddRange((await ErrorTextsAsync(job.Path, cancellationToken)).Except(texts));
        if (texts.Count == 0 && job.Text("ErrorSummaryDescription") is { Length: > 0 } summary)
        {
            texts.Add(summary);
        }

        var code = job.Number("ErrorCode") ?? 0;
        var state = job.Number("JobState") switch
        {
            8 => "was terminated",
            9 => "was killed",
            _ => "failed",
        };
        var (kind, reason, meaning) =
            code == 0 ? (FaultKind.Failed, "HyperVFailed", "no error code") : ReturnCodes.Classify(code);
        var said = texts.Count == 0 ? "it gave no text" : string.Join(' ', texts);
        return new HyperVException(kind, reason, $"{what}: the job {state} with {code} ({meaning}): {said}", code);
    }

    private async Task<IReadOnlyList<string>> ErrorTextsAsync(CimPath job, CancellationToken cancellationToken)
    {
        try
        {
            var result = await Session.InvokeAsync(
                job,
                "GetErrorEx",
                ImmutableDictionary<string, CimValue>.Empty,
                cancellationToken
            );
            return
                result.ReturnValue == ReturnCodes.Done
                && result.Out.TryGetValue("Errors", out var errors)
                && errors.Value is ImmutableArray<object> texts
                ?
                [
                    .. texts
                        .Cast<string>()
                        .Select(text => Session.Deserialize(text).Text("Message"))
                        .OfType<string>()
                        .Where(static text => text.Length > 0),
                ]
                : [];
        }
        catch (CimException)
        {
            // The job may be gone by now or hold no errors; its own description stands.
            return [];
        }
    }
}
