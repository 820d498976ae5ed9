using ExchangeVirt.Resources.V1Alpha1;
using ExchangeVirt.Runtime.Directories;
using ExchangeVirt.Runtime.Stores;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ExchangeVirt.Operator.Tests.Admission;

/// <summary>Look-ups on a directory: who stays, who is refused, and how one gets out of it.</summary>
public sealed class DirectoryAdmissionTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("exvirt-directory-").FullName;
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly DirectoryStore _store;
    private readonly DirectoryStoreOptions _options;
    private int _uids;

    public DirectoryAdmissionTests()
    {
        _options = new DirectoryStoreOptions(Path.Combine(_root, "manifests"), Path.Combine(_root, "state"));
        Directory.CreateDirectory(_options.ManifestDirectory);
        _store = DirectoryStore.Open(
            _options,
            new ManifestParser(),
            _time,
            () => new Guid(++_uids, 0, 0, new byte[8]),
            new NoChangeHints(),
            NullLogger<DirectoryStore>.Instance
        );
        // One of few objects gone would be too many at once.
        foreach (var name in new[] { "a", "b", "c", "d", "e" })
        {
            Write($"{name}.yaml", Policy(name));
        }

        Settle();
    }

    public void Dispose()
    {
        _store.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task The_newcomer_is_refused_and_the_one_that_was_there_stays_whatever_their_files_are_called()
    {
        Write("z.yaml", Machine("ex01"));
        Settle();
        // Both in one look: the one that is there is changed in it.
        Write("z.yaml", Machine("ex01", processors: 12));
        Write("a-new.yaml", Machine("ex02", "EX01"));
        Settle();

        var problem = Assert.Single(_store.Problems);
        Assert.Equal(("a-new.yaml", "spec.virtualMachineName"), (problem.File, problem.Path));
        Assert.Contains("ExchangeVirtualMachine messaging/ex01", problem.Message);
        Assert.EndsWith("(virtual-machine-claimed-twice)", problem.Message);
        Assert.Equal(12, (await GetAsync("ex01"))?.Spec.Processors.Count);
        Assert.Null(await GetAsync("ex02"));
    }

    [Fact]
    public async Task Of_two_that_come_together_neither_is_taken_until_one_gives_way()
    {
        Write("one.yaml", Machine("ex01"));
        Write("two.yaml", Machine("ex02", "EX01"));
        Settle();
        Assert.Equal(["one.yaml", "two.yaml"], _store.Problems.Select(static problem => problem.File).Order());
        Assert.Null(await GetAsync("ex01") ?? await GetAsync("ex02"));

        Write("two.yaml", Machine("ex02", "EX02"));
        Settle();

        Assert.Empty(_store.Problems);
        Assert.NotNull(await GetAsync("ex01"));
        Assert.NotNull(await GetAsync("ex02"));
    }

    [Fact]
    public async Task A_resource_that_was_renamed_comes_once_the_former_one_is_deleted_by_request()
    {
        Write("ex.yaml", Machine("ex01"));
        Settle();
        Write("ex.yaml", Machine("mail01", "ex01"));
        Settle();
        Assert.Contains("messaging/ex01", Assert.Single(_store.Problems).Message);
        Assert.Null(await GetAsync("mail01"));

        var requests = await RequestAsync("ex01");
        _store.Scan();

        Assert.Null(requests.RefusalOf(ExchangeVirtualMachine.KubeKind, Key("ex01")));
        Assert.Empty(_store.Problems);
        Assert.NotNull(await GetAsync("mail01"));
    }

    [Fact]
    public async Task A_refused_deletion_is_answered_and_a_new_request_is_judged_afresh()
    {
        const string Annotation = "annotations: {exchangevirt.io/deletion-protection: \"true\"}, ";
        Write("ex01.yaml", Machine("ex01", metadata: Annotation));
        Settle();

        var requests = await RequestAsync("ex01");
        _store.Scan();
        var refusal = requests.RefusalOf(ExchangeVirtualMachine.KubeKind, Key("ex01"));
        Write("ex01.yaml", Machine("ex01"));
        Settle();
        await RequestAsync("ex01");
        Assert.Null(requests.RefusalOf(ExchangeVirtualMachine.KubeKind, Key("ex01")));
        var stillThere = await GetAsync("ex01");
        _store.Scan();

        Assert.Equal("ada", refusal?.Request.RequestedBy);
        Assert.StartsWith(
            "metadata.annotations[exchangevirt.io/deletion-protection]: is \"true\"",
            refusal!.ToString()
        );
        Assert.NotNull(stillThere);
        Assert.Null(await GetAsync("ex01"));
        Assert.False(requests.IsPending(ExchangeVirtualMachine.KubeKind, Key("ex01")));
        Assert.Null(requests.RefusalOf(ExchangeVirtualMachine.KubeKind, Key("ex01")));
    }

    [Fact]
    public async Task A_protected_object_whose_manifest_vanished_is_still_protected()
    {
        const string Annotation = "annotations: {exchangevirt.io/deletion-protection: \"true\"}, ";
        Write("ex01.yaml", Machine("ex01", metadata: Annotation));
        Settle();
        File.Delete(Path.Combine(_options.ManifestDirectory, "ex01.yaml"));
        Settle();

        var requests = await RequestAsync("ex01");
        _store.Scan();

        Assert.NotNull(requests.RefusalOf(ExchangeVirtualMachine.KubeKind, Key("ex01")));
        Assert.NotNull(await GetAsync("ex01"));
    }

    private async Task<DirectoryRequests> RequestAsync(string name)
    {
        var requests = new DirectoryRequests(_options.StateDirectory);
        var uid = (await GetAsync(name))!.Metadata.Uid;
        requests.Post(new DeleteRequest(ExchangeVirtualMachine.KubeKind, Key(name), uid, "ada", _time.GetUtcNow()));
        return requests;
    }

    private Task<ExchangeVirtualMachine?> GetAsync(string name) =>
        _store.GetAsync<ExchangeVirtualMachine>(Key(name), CancellationToken.None);

    private void Write(string file, string text) =>
        File.WriteAllText(Path.Combine(_options.ManifestDirectory, file), text);

    private void Settle()
    {
        _store.Scan();
        _time.Advance(_options.Settle);
        _store.Scan();
    }

    private static ResourceKey Key(string name) => new("messaging", name);

    private static string Policy(string name) =>
        $$"""
            apiVersion: exchangevirt.io/v1alpha1
            kind: VirtualizationPolicy
            metadata: {name: {{name}}}
            """;

    private static string Machine(string resource, string? name = null, int processors = 8, string metadata = "") =>
        $$"""
            apiVersion: exchangevirt.io/v1alpha1
            kind: ExchangeVirtualMachine
            metadata: { {{metadata}}name: {{resource}}, namespace: messaging}
            spec:
              exchange: {version: ExchangeSE, role: Mailbox, standalone: true}
              guest: {operatingSystem: WindowsServer2022}
              processors: {count: {{processors}}}
              memory: {size: 128Gi}
              virtualMachineName: {{name ?? resource}}
            """;
}
