using System.Net;
using System.Security.Authentication;
using System.Text.Json;
using ExchangeVirt.Cli.Estates;
using ExchangeVirt.Runtime.Kubernetes;
using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Cli.Tests.Estates;

public sealed class ClusterQuestionsTests
{
    private static readonly ClusterQuestions s_questions = new(new Uri("https://cluster.example:6443/"), "prod");

    private static readonly ApiRight s_machines = new(
        "list",
        "exchangevirtualmachines.exchangevirt.io",
        "messaging",
        ApiRight.View
    );

    [Fact]
    public async Task A_refusal_names_who_what_where_and_the_role_that_gives_it()
    {
        var refused = await Assert.ThrowsAsync<AccessDeniedException>(() =>
            AskAsync(Refusal(HttpStatusCode.Forbidden, "User \"system:serviceaccount:ci:bot\" cannot list resource"))
        );

        Assert.Equal(
            "You (system:serviceaccount:ci:bot) may not list exchangevirtualmachines.exchangevirt.io in namespace messaging. The ClusterRole "
                + "exchangevirt-view gives that right; an administrator binds it with: kubectl create rolebinding exchangevirt-view-system:serviceaccount:ci:bot "
                + "--clusterrole=exchangevirt-view --user=system:serviceaccount:ci:bot --namespace=messaging",
            refused.Message
        );
    }

    [Fact]
    public async Task Who_asked_is_left_open_where_the_server_does_not_say()
    {
        var refused = await Assert.ThrowsAsync<AccessDeniedException>(() =>
            AskAsync(Refusal(HttpStatusCode.Forbidden, "no"))
        );

        Assert.Contains("--user=USER", refused.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Failures =>
        new()
        {
            { "unauthorized", "does not accept these credentials" },
            { "tls", "does not answer: The remote certificate is invalid" },
            { "refused", "does not answer: Connection refused" },
            { "late", "does not answer: GET x was not answered" },
            { "page", "does not speak Kubernetes' API" },
            { "broken", "refused: GET x: etcd is down (500)" },
            { "spoilt", "The ConfigMap x has no data.value." },
            { "nowhere", "Name it with --operator-namespace" },
        };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Every_other_failure_says_what_to_look_at(string what, string told)
    {
        Exception failure = what switch
        {
            "unauthorized" => Refusal(HttpStatusCode.Unauthorized, "Unauthorized"),
            "tls" => new HttpRequestException(
                "The SSL connection could not be established, see inner exception.",
                new AuthenticationException("The remote certificate is invalid")
            ),
            "refused" => new HttpRequestException("Connection refused"),
            "late" => new TimeoutException("GET x was not answered", new OperationCanceledException()),
            "page" => new JsonException("'<' is an invalid start of a value."),
            "broken" => Refusal(HttpStatusCode.InternalServerError, "GET x: etcd is down (500)"),
            "spoilt" => new IOException("The ConfigMap x has no data.value."),
            _ => new ResourceNotFoundException("namespaces \"x\" not found"),
        };

        var refused = await Assert.ThrowsAsync<CommandException>(() => AskAsync(failure));

        Assert.Equal(3, refused.ExitCode);
        Assert.Contains(told, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bug_is_not_taken_for_the_servers() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => AskAsync(new InvalidOperationException("a bug")));

    private static KubernetesApiException Refusal(HttpStatusCode status, string message) => new(status, "", message);

    private static Task<int> AskAsync(Exception failure) =>
        s_questions.AskAsync<int>(s_machines, () => Task.FromException<int>(failure));
}
