using System.Text.Json.Nodes;
using ExchangeVirt.Operator.Admission;
using ExchangeVirt.Resources.Rules;

namespace ExchangeVirt.Operator.Tests.Admission;

public class AdmissionReviewerTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly JsonObject s_bad = Change(static spec => spec["memory"]!["size"] = "3Mi");

    /// <summary>What is never judged, whatever is wrong with it.</summary>
    public static TheoryData<string, AdmissionRequest> InNobodysWay =>
        new()
        {
            { "a status", Reviews.Request("UPDATE", s_bad, Reviews.Machine(), subResource: "status") },
            { "finalizers removed from what is wrong", Reviews.Request("UPDATE", WithoutFinalizers(s_bad), s_bad) },
            { "an annotation on what is wrong", Reviews.Request("UPDATE", Annotated(s_bad), s_bad) },
            {
                "a change of what is being deleted",
                Reviews.Request("UPDATE", Deleting(s_bad), Deleting(Reviews.Machine()))
            },
            {
                "a deletion of what is being deleted",
                Reviews.Request("DELETE", null, Deleting(Protected(Reviews.Machine())))
            },
            { "another group's kind of our kind's name", Foreign() },
            { "a kind that is not known yet", Reviews.Request("CREATE", s_bad, kind: "ExchangeArchive") },
            { "a version that is not known yet", Reviews.Request("CREATE", s_bad, version: "v1beta1") },
            { "a connection", Reviews.Request("CONNECT", s_bad) },
            { "a deletion of nobody knows what", Reviews.Request("DELETE", null) },
        };

    [Theory]
    [MemberData(nameof(InNobodysWay))]
    public void Nothing_is_in_the_way_of(string what, AdmissionRequest request)
    {
        Assert.False(AdmissionReviewer.IsToBeJudged(request), what);
        var answer = AdmissionReviewer.Allow(request);
        Assert.Equal(("42", true), (answer.Uid, answer.Allowed));
    }

    [Fact]
    public void What_the_server_writes_into_an_object_is_no_problem()
    {
        var answer = Review(Reviews.Request("CREATE", Reviews.Machine()));

        Assert.True(answer.Allowed);
        Assert.Null(answer.Status);
        Assert.Null(answer.Warnings);
    }

    [Fact]
    public void A_refusal_names_every_field_with_its_rule_and_reads_as_the_servers_own()
    {
        var bad = Change(static spec =>
        {
            spec["memory"]!["size"] = "3Mi";
            spec["processors"]!["count"] = 0;
            spec["policyName"] = "gold";
        });

        var answer = Review(Reviews.Request("CREATE", bad), UnknownReferences.Refuse);

        Assert.False(answer.Allowed);
        Assert.Null(answer.Warnings);
        var status = answer.Status!;
        Assert.Equal(("Failure", "Invalid", 422), (status.Status, status.Reason, status.Code));
        Assert.Equal(
            ("ex01", "exchangevirt.io", "ExchangeVirtualMachine"),
            (status.Details.Name, status.Details.Group, status.Details.Kind)
        );
        Assert.Equal(
            ["spec.memory.size", "spec.policyName", "spec.processors.count"],
            status.Details.Causes.Select(static cause => cause.Field).Order()
        );
        Assert.All(status.Details.Causes, static cause => Assert.Equal("FieldValueInvalid", cause.Reason));
        Assert.StartsWith(
            "ExchangeVirtualMachine.exchangevirt.io \"ex01\" is invalid: [spec.processors.count: \"0\" is out of range",
            status.Message
        );
        Assert.Contains("spec.memory.size: memory-multiple-of-2mi: must be", status.Message);
        Assert.Contains("spec.policyName: unknown-policy: names the VirtualizationPolicy gold", status.Message);
    }

    [Fact]
    public void A_warning_is_short_and_there_are_few()
    {
        var machine = Change(static spec =>
        {
            spec["policyName"] = new string('p', 63);
            spec["exchange"] = new JsonObject
            {
                ["version"] = "ExchangeSE",
                ["role"] = "Mailbox",
                ["databaseAvailabilityGroup"] = new string('g', 63),
            };
            spec["memory"]!["size"] = "16Gi";
            spec["processors"]!["count"] = 96;
        });

        var answer = Review(Reviews.Request("CREATE", machine));

        Assert.True(answer.Allowed);
        Assert.All(answer.Warnings!, static text => Assert.InRange(text.Length, 1, 256));
        Assert.InRange(answer.Warnings!.Count, 4, 8);
        Assert.Contains(
            answer.Warnings,
            static text => text.StartsWith("spec.policyName: unknown-policy: ", StringComparison.Ordinal)
        );
        Assert.Contains(
            answer.Warnings,
            static text => text.StartsWith("mem-below-recommended (Advisory): ", StringComparison.Ordinal)
        );
        Assert.Contains(
            answer.Warnings,
            static text => text.StartsWith("cpu-vm-too-large (Advisory): ", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void A_refused_deletion_is_forbidden_and_says_how_to_have_it()
    {
        var answer = Review(Reviews.Request("DELETE", null, Protected(Reviews.Machine())));

        Assert.Equal(("Forbidden", 403), (answer.Status!.Reason, answer.Status.Code));
        Assert.StartsWith(
            "ExchangeVirtualMachine.exchangevirt.io \"ex01\" must not be deleted: metadata.annotations[exchangevirt.io/deletion-protection]: ",
            answer.Status.Message
        );
        Assert.Contains(
            "kubectl annotate exvm ex01 --namespace messaging exchangevirt.io/deletion-protection-",
            answer.Status.Message
        );
    }

    [Fact]
    public void An_object_whose_version_before_cannot_be_understood_can_be_put_right()
    {
        var odd = Reviews.Machine();
        odd["spec"] = "none";

        Assert.True(Review(Reviews.Request("UPDATE", Reviews.Machine(), odd)).Allowed);
        Assert.True(Review(Reviews.Request("DELETE", null, odd)).Allowed);
    }

    private static AdmissionResponse Review(
        AdmissionRequest request,
        UnknownReferences unknown = UnknownReferences.Warn
    )
    {
        Assert.True(AdmissionReviewer.IsToBeJudged(request));
        return AdmissionReviewer.Review(request, new DeclaredSet([]), unknown, s_now);
    }

    private static JsonObject Change(Action<JsonObject> change)
    {
        var machine = Reviews.Machine();
        change(machine["spec"]!.AsObject());
        return machine;
    }

    private static JsonObject WithoutFinalizers(JsonObject entity) =>
        WithMetadata(entity, static metadata => metadata.Remove("finalizers"));

    private static JsonObject Annotated(JsonObject entity) =>
        WithMetadata(entity, static metadata => metadata["annotations"] = new JsonObject { ["a"] = "b" });

    private static JsonObject Deleting(JsonObject entity) =>
        WithMetadata(entity, static metadata => metadata["deletionTimestamp"] = "2026-01-02T00:00:00Z");

    private static JsonObject Protected(JsonObject entity) =>
        WithMetadata(
            entity,
            static metadata =>
                metadata["annotations"] = new JsonObject { ["exchangevirt.io/deletion-protection"] = "true" }
        );

    private static JsonObject WithMetadata(JsonObject entity, Action<JsonObject> change)
    {
        var copy = entity.DeepClone().AsObject();
        change(copy["metadata"]!.AsObject());
        return copy;
    }

    private static AdmissionRequest Foreign()
    {
        var request = Reviews.Request("CREATE", s_bad);
        return request with { Kind = request.Kind with { Group = "other.example" } };
    }
}
