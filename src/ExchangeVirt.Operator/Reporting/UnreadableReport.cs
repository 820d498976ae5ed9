using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ExchangeVirt.Operator.Deciding;
using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Operator.Reporting;

/// <summary>
/// Makes the status of an object that cannot be read, from its JSON alone. What stood in its status stays, above all the
/// binding and the GUID: losing them would have its VM taken for one that never was. Pure.
/// </summary>
public static class UnreadableReport
{
    /// <summary>Gives the whole status as it shall be stored, as JSON.</summary>
    /// <returns>Null where it is so already, or where the object is no JSON object, to which nothing can be said.</returns>
    public static string? ChangedStatusOf(UnreadableResource resource, DateTimeOffset now)
    {
        if (JsonNode.Parse(resource.Json) is not JsonObject entity)
        {
            return null;
        }

        var status = StatusOf(entity, resource.Message, now);
        return JsonNode.DeepEquals(status, entity["status"]) ? null : status.ToJsonString();
    }

    /// <summary>Gives the whole status as it shall be stored. Given what it gave before, it gives the same.</summary>
    /// <param name="entity">The object as the store gave it; left as it is.</param>
    /// <param name="problem">What is not understood.</param>
    /// <param name="now">The time.</param>
    public static JsonObject StatusOf(JsonObject entity, string problem, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(entity);
        var status = entity["status"] is JsonObject before ? before.DeepClone().AsObject() : [];
        var generation = GenerationOf(entity);
        var message =
            $"This version of the operator does not understand the object: {problem.TrimEnd('.', ' ')}. Nothing is done about it. Upgrade the operator, or correct the field.";
        if (DeletionPolicies.IsBeingDeleted(entity) && !DeletionPolicies.MayBeLetGoUnread(entity))
        {
            message +=
                $" It is being deleted, and an operation on its VM may not be finished: look at the VM, then remove the finalizer {DeletionPolicies.Finalizer} to let go of it as it is.";
        }

        List<Finding> findings =
        [
            new(ConditionTypes.Ready, false, Reasons.NotUnderstood, message),
            new(ConditionTypes.Stalled, true, Reasons.NotUnderstood, message),
        ];
        if (KindOf(entity) == ExchangeVirtualMachine.KubeKind)
        {
            findings.Add(new Finding(ConditionTypes.Synced, null, Reasons.NotUnderstood, message));
        }

        status["observedGeneration"] = generation;
        status["conditions"] = Amend(status["conditions"] as JsonArray, findings, generation, now);
        return status;
    }

    private static JsonArray Amend(
        JsonArray? before,
        IReadOnlyList<Finding> findings,
        long generation,
        DateTimeOffset now
    )
    {
        // The others stay as they are, whatever a newer version writes into them.
        var kept = (before ?? [])
            .OfType<JsonObject>()
            .Where(old =>
                TypeOf(old) is { } type
                && type != ConditionTypes.Reconciling
                && !findings.Any(finding => finding.Type == type)
            )
            .Select(static old => old.DeepClone());
        var made = Conditions
            .After(
                [.. (before ?? []).OfType<JsonObject>().Select(Read).OfType<StatusCondition>()],
                findings,
                generation,
                now
            )
            .Select(static condition => JsonSerializer.SerializeToNode(condition, ResourceJson.Options)!);
        return [.. kept.Concat(made).OrderBy(static condition => TypeOf(condition.AsObject()), StringComparer.Ordinal)];
    }

    private static StatusCondition? Read(JsonObject condition)
    {
        try
        {
            return condition.Deserialize<StatusCondition>(ResourceJson.Options);
        }
        catch (JsonException)
        {
            // What cannot be read has no time of transition that could be kept.
            return null;
        }
    }

    private static string? TypeOf(JsonObject condition) => Text(condition["type"]);

    private static string? KindOf(JsonObject entity) => Text(entity["kind"]);

    private static string? Text(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static long GenerationOf(JsonObject entity) =>
        entity["metadata"] is JsonObject metadata
        && metadata["generation"] is JsonValue value
        && long.TryParse(value.ToJsonString(), NumberStyles.None, CultureInfo.InvariantCulture, out var generation)
            ? generation
            : 0;
}
