using System.Net;
using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Agent.Contract.Security;
using ExchangeVirt.Agent.Tests.Support;

namespace ExchangeVirt.Agent.Tests;

public class TlsTests
{
    [Fact]
    public async Task An_operator_of_the_same_authority_is_answered()
    {
        await using var agent = await AgentHarness.StartedAsync();

        var seen = await agent.Connect().ObserveAsync(CancellationToken.None);

        Assert.Equal("hv01", seen.Host.Name);
        Assert.Equal(Samples.Ex01, Assert.Single(seen.Host.VirtualMachines).Id);
        Assert.Contains("CreateVirtualMachine", seen.Agent.Capabilities);
    }

    [Fact]
    public async Task A_caller_without_a_certificate_gets_no_answer_to_any_path()
    {
        await using var agent = await AgentHarness.StartedAsync();
        // What the client thinks of the server does not matter here: the server must refuse first.
#pragma warning disable MA0039
        using var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = static (_, _, _, _) => true,
        };
#pragma warning restore MA0039
        using var client = new HttpClient(handler) { DefaultRequestVersion = HttpVersion.Version20 };

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetAsync(new Uri(agent.Endpoint, "/healthz")));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetAsync(agent.Endpoint));
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_refused()
    {
        await using var agent = await AgentHarness.StartedAsync();
        using var other = CertificateAuthority.Create("test authority", TimeSpan.FromDays(30), agent.Time);

        await RefusedAsync(agent.Connect(agent.Identity(issuer: other)));
    }

    [Fact]
    public async Task A_host_certificate_does_not_do_for_a_client()
    {
        await using var agent = await AgentHarness.StartedAsync();

        await RefusedAsync(agent.Connect(new TlsIdentitySource(agent.ServerFiles)));
    }

    [Fact]
    public async Task An_agent_of_another_authority_is_refused_by_the_client()
    {
        await using var agent = await AgentHarness.StartedAsync();
        using var other = CertificateAuthority.Create("other", TimeSpan.FromDays(30), agent.Time);
        var files = agent
            .Authority.IssueClient("c", Roles.Operator, TimeSpan.FromDays(1))
            .Save(Path.Combine(agent.Root, "c"), "c");
        await File.WriteAllTextAsync(files.AuthorityPath, other.CertificatePem);

        var fault = await RefusedAsync(agent.Connect(new TlsIdentitySource(files)));

        Assert.Equal("CertificateRefused", fault.Reason);
    }

    [Fact]
    public async Task The_end_of_an_agents_certificate_is_known_from_the_handshake_even_where_it_is_over()
    {
        await using var agent = await AgentHarness.StartedAsync();
        var end = agent.Time.GetUtcNow() + TimeSpan.FromDays(90);
        var client = agent.Connect();
        Assert.Null(client.CertificateExpiresAt);

        await client.ObserveAsync(CancellationToken.None);
        Assert.Equal(end, client.CertificateExpiresAt);

        var later = agent.Connect(
            agent.Identity(validity: TimeSpan.FromDays(200)),
            clientTime: new Microsoft.Extensions.Time.Testing.FakeTimeProvider(end + TimeSpan.FromDays(1))
        );
        await RefusedAsync(later);
        Assert.Equal(end, later.CertificateExpiresAt);
    }

    [Fact]
    public async Task An_agent_of_another_name_is_refused_and_both_names_are_said()
    {
        await using var agent = await AgentHarness.StartedAsync();

        var fault = await RefusedAsync(agent.Connect(serverName: "hv02"));

        Assert.Equal(AgentFaultKind.Unauthorized, fault.Kind);
        Assert.Contains("hv01", fault.Message, StringComparison.Ordinal);
        Assert.Contains("hv02", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_does_not_call_with_an_expired_certificate_of_its_own()
    {
        await using var agent = await AgentHarness.StartedAsync();
        var client = agent.Connect(agent.Identity(validity: TimeSpan.FromHours(1)));
        agent.Time.Advance(TimeSpan.FromHours(2));

        Assert.Equal("CertificateExpired", (await RefusedAsync(client)).Reason);
    }

    [Fact]
    public async Task An_expired_client_certificate_is_refused_by_the_handshake()
    {
        await using var agent = await AgentHarness.StartedAsync();
        var identity = agent.Identity(validity: TimeSpan.FromHours(1));
        var behind = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(agent.Time.GetUtcNow());
        agent.Time.Advance(TimeSpan.FromHours(2));

        await RefusedAsync(agent.Connect(identity, clientTime: behind));
    }

    [Fact]
    public async Task A_certificate_that_expires_while_connected_reads_and_writes_nothing_more()
    {
        await using var agent = await AgentHarness.StartedAsync();
        var behind = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(agent.Time.GetUtcNow());
        var client = agent.Connect(agent.Identity(validity: TimeSpan.FromHours(1)), clientTime: behind);
        await client.ObserveAsync(CancellationToken.None);
        agent.Time.Advance(TimeSpan.FromHours(2));

        Assert.Equal("CertificateExpired", (await RefusedAsync(client)).Reason);
        var write = await Assert.ThrowsAsync<AgentFaultException>(() =>
            client.ApplyAsync(Samples.Request(), CancellationToken.None)
        );
        Assert.Equal("CertificateExpired", write.Reason);
        Assert.Empty(agent.Driver.Applied);
    }

    [Fact]
    public async Task An_agent_whose_own_certificate_expired_refuses_everything_and_says_so()
    {
        await using var agent = await AgentHarness.StartedAsync();
        var behind = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(agent.Time.GetUtcNow());
        var client = agent.Connect(agent.Identity(validity: TimeSpan.FromDays(900)), clientTime: behind);
        await client.ObserveAsync(CancellationToken.None);
        agent.Time.Advance(TimeSpan.FromDays(91));

        Assert.Equal("AgentCertificateExpired", (await RefusedAsync(client)).Reason);
    }

    [Fact]
    public async Task A_reader_may_look_and_may_not_touch()
    {
        await using var agent = await AgentHarness.StartedAsync();
        var reader = agent.Connect(agent.Identity(Roles.Reader));

        await reader.ObserveAsync(CancellationToken.None);
        await using var log = new EventLog(reader);
        await log.NextAsync<HostSnapshot>();

        var fault = await Assert.ThrowsAsync<AgentFaultException>(() =>
            reader.ApplyAsync(Samples.Request(), CancellationToken.None)
        );
        Assert.Equal("RoleMissing", fault.Reason);
        Assert.Empty(agent.Driver.Applied);
    }

    [Fact]
    public async Task A_certificate_without_a_role_may_not_even_look()
    {
        await using var agent = await AgentHarness.StartedAsync();

        Assert.Equal("RoleMissing", (await RefusedAsync(agent.Connect(agent.Identity("exvirt://guest")))).Reason);
    }

    [Fact]
    public async Task Renewed_files_come_into_use_without_a_restart()
    {
        await using var agent = await AgentHarness.StartedAsync();
        await agent.Connect().ObserveAsync(CancellationToken.None);
        agent.Authority.IssueHost("hv77", [], [], TimeSpan.FromDays(90)).Save(Path.Combine(agent.Root, "tls"), "hv01");

        var seen = await agent.Connect(serverName: "hv77").ObserveAsync(CancellationToken.None);

        Assert.Equal("hv01", seen.Host.Name);
    }

    [Fact]
    public void Files_that_Kubernetes_swaps_beneath_their_links_come_into_use()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows lets few accounts make symbolic links.");
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60));
        using var authority = CertificateAuthority.Create("ca", TimeSpan.FromDays(30), time);
        var root = Directory.CreateTempSubdirectory("exvirt-links-").FullName;
        try
        {
            foreach (var revision in (string[])["..1", "..2"])
            {
                authority
                    .IssueClient(revision, Roles.Operator, TimeSpan.FromDays(1))
                    .Save(Path.Combine(root, revision), "tls");
            }

            Directory.CreateSymbolicLink(Path.Combine(root, "..data"), "..1");
            foreach (var name in (string[])["tls.crt", "tls.key", "ca.crt"])
            {
                File.CreateSymbolicLink(Path.Combine(root, name), $"..data/{name}");
            }

            var source = new TlsIdentitySource(
                new TlsFiles(Path.Combine(root, "tls.crt"), Path.Combine(root, "tls.key"), Path.Combine(root, "ca.crt"))
            );
            Assert.Equal("CN=..1", source.Current.Certificate.Subject);
            Directory.Delete(Path.Combine(root, "..data"));
            Directory.CreateSymbolicLink(Path.Combine(root, "..data"), "..2");

            Assert.Equal("CN=..2", source.Current.Certificate.Subject);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public async Task Files_that_do_not_fit_leave_the_last_good_ones_in_use()
    {
        await using var agent = await AgentHarness.StartedAsync();
        await File.WriteAllTextAsync(agent.ServerFiles.CertificatePath, "half a certificate");

        await agent.Connect().ObserveAsync(CancellationToken.None);
    }

    private static Task<AgentFaultException> RefusedAsync(IHostAgent client) =>
        Assert.ThrowsAsync<AgentFaultException>(() =>
            client.ObserveAsync(CancellationToken.None).WaitAsync(AgentHarness.Patience)
        );
}
