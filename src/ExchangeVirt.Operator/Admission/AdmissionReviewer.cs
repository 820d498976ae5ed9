using System.Text.Json;
using ExchangeVirt.Domain.Rules;
using ExchangeVirt.Resources.Manifests;
using ExchangeVirt.Resources.Mapping;
using ExchangeVirt.Resources.Rules;
using ExchangeVirt.Resources.Schema;
using ExchangeVirt.Resources.V1Alpha1;
using k8s;
using k8s.Models;

namespace ExchangeVirt.Operator.Admission;

/// <summary>
/// Judges objects before an API server stores them: schema, rules between fields (which old servers drop) and look-ups.
/// Pure. It is never in the way of a status, of finalizers and other metadata, nor of anything that is being deleted.
/// </summary>
public static class AdmissionReviewer
{
    private const int LongestWarning = 256;
    private const int MostWarnings = 8;

    /// <summary>Tells whether a question is one of ours to judge; any other is answered with yes.</summary>
    public static bool IsToBeJudged(AdmissionRequest request) =>
        string.IsNullOrEmpty(request.SubResource)
        && request.Kind.Group == ApiGroup.Group
        && request.Kind.Version == ApiGroup.Version
        && SchemaReader.Kinds.ContainsKey(request.Kind.Kind)
        && request.Operation switch
        {
            AdmissionRequest.Create => request.Object is not null,
            AdmissionRequest.Update => request is { Object: { } now, OldObject: { } before }
                && !IsBeingDeleted(now)
                && !IsBeingDeleted(before)
                && !HasSameSpec(now, before),
            AdmissionRequest.Delete => request.OldObject is { } before && !IsBeingDeleted(before),
            _ => false,
        };

    /// <summary>Reads the object that a question to be judged is about.</summary>
    public static IKubernetesObject<V1ObjectMeta> About(AdmissionRequest request) =>
        ObjectReader.Read(
            SchemaReader.Kinds[request.Kind.Kind],
            request.Operation is AdmissionRequest.Delete ? request.OldObject!.Value : request.Object!.Value
        );

    /// <summary>Says yes without having looked.</summary>
    public static AdmissionResponse Allow(AdmissionRequest request) => new() { Uid = request.Uid, Allowed = true };

    /// <summary>Answers a question to be judged.</summary>
    /// <param name="request">The question.</param>
    /// <param name="declared">The other objects.</param>
    /// <param name="unknown">What becomes of an object that names a DAG or policy that does not exist.</param>
    /// <param name="now">The time at which the support rules are asked.</param>
    public static AdmissionResponse Review(
        AdmissionRequest request,
        IDeclaredObjects declared,
        UnknownReferences unknown,
        DateTimeOffset now
    )
    {
        if (request.Operation is AdmissionRequest.Delete)
        {
            var findings = LookupRules.CheckDeletion(About(request), declared);
            return Answer(request, Refusals(findings, unknown), Warnings(findings, unknown));
        }

        var judged = ObjectReader.Judge(
            SchemaReader.Kinds[request.Kind.Kind],
            request.Object!.Value,
            request.Operation is AdmissionRequest.Update ? request.OldObject : null
        );
        var lookups = LookupRules.Check(judged.Entity, judged.Before, declared);
        List<RuleFailure> problems = [.. judged.Problems, .. Refusals(lookups, unknown)];
        return Answer(
            request,
            problems,
            problems.Count > 0 ? [] : [.. Warnings(lookups, unknown), .. SupportWarnings(judged, now)]
        );
    }

    private static IEnumerable<RuleFailure> Refusals(IEnumerable<LookupFinding> findings, UnknownReferences unknown) =>
        findings
            .Where(finding => finding.Refuses(unknown))
            .Select(static finding => new RuleFailure(finding.Id, finding.Path, finding.Message));

    private static IEnumerable<string> Warnings(IEnumerable<LookupFinding> findings, UnknownReferences unknown) =>
        findings
            .Where(finding => !finding.Refuses(unknown))
            .Select(static finding => $"{finding.Path}: {finding.Id}: {finding.Message}");

    // A value that Microsoft does not support is not refused: an estate is declared as it is before it is put right. The
    // planner does not apply it.
    private static IEnumerable<string> SupportWarnings(JudgedObject judged, DateTimeOffset now)
    {
        if (judged is not { IsSound: true, Entity: ExchangeVirtualMachine machine })
        {
            return [];
        }

        var desired = Desired.From(machine);
        var estate = new Estate(
            new EstateFacts
            {
                TakenAt = now,
                VirtualMachines = [EstateBuilder.Declared(desired, Desired.From((VirtualizationPolicy?)null))],
            }
        );
        return SupportRules
            .EvaluateVirtualMachine(estate, desired.Key.ToString(), now)
            .Where(static verdict => verdict.Verdict is Verdict.Violated)
            .OrderBy(static verdict => verdict.Severity)
            .Select(static verdict => $"{verdict.Rule} ({verdict.Severity}): {verdict.Message}");
    }

    private static AdmissionResponse Answer(
        AdmissionRequest request,
        IEnumerable<RuleFailure> refusals,
        IEnumerable<string> warnings
    )
    {
        List<AdmissionCause> causes =
        [
            .. refusals.Select(static each => new AdmissionCause(
                each.Path,
                each.Id == ObjectReader.SchemaRule ? each.Message : $"{each.Id}: {each.Message}"
            )),
        ];
        List<string> told = [.. warnings.Take(MostWarnings).Select(Shorten)];
        return new AdmissionResponse
        {
            Uid = request.Uid,
            Allowed = causes.Count == 0,
            Status = causes.Count == 0 ? null : Refusal(request, causes),
            Warnings = told.Count == 0 ? null : told,
        };
    }

    private static AdmissionStatus Refusal(AdmissionRequest request, List<AdmissionCause> causes)
    {
        var isDeletion = request.Operation is AdmissionRequest.Delete;
        // A name that the server made up does not stand in the question itself.
        var name = string.IsNullOrEmpty(request.Name) ? About(request).Metadata.Name : request.Name;
        var kind = request.Kind;
        var said = string.Join(", ", causes.Select(static cause => $"{cause.Field}: {cause.Message}"));
        return new AdmissionStatus
        {
            Message =
                $"{kind.Kind}.{kind.Group} \"{name}\" {(isDeletion ? "must not be deleted" : "is invalid")}: "
                + (causes.Count == 1 ? said : $"[{said}]"),
            Reason = isDeletion ? "Forbidden" : "Invalid",
            Code = isDeletion ? 403 : 422,
            Details = new AdmissionDetails(name, kind.Group, kind.Kind, causes),
        };
    }

    private static string Shorten(string text) =>
        text.Length <= LongestWarning ? text : string.Concat(text.AsSpan(0, LongestWarning - 1), "…");

    private static bool IsBeingDeleted(JsonElement json) =>
        json.TryGetProperty("metadata", out var metadata)
        && metadata.TryGetProperty("deletionTimestamp", out var deleted)
        && deleted.ValueKind is JsonValueKind.String;

    private static bool HasSameSpec(JsonElement now, JsonElement before)
    {
        var (hasNow, hasBefore) = (
            now.TryGetProperty("spec", out var spec),
            before.TryGetProperty("spec", out var oldSpec)
        );
        return hasNow == hasBefore && (!hasNow || JsonElement.DeepEquals(spec, oldSpec));
    }
}
