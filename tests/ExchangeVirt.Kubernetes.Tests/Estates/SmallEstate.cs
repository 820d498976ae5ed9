namespace ExchangeVirt.Kubernetes.Tests.Estates;

/// <summary>
/// Two hosts with three declared VMs, of which nothing needs a restart; one of them is off and would be unregistered if its object
/// were deleted.
/// </summary>
internal static class SmallEstate
{
    /// <summary>The VMs that become ready.</summary>
    public static readonly string[] Members = ["ex01", "ex02"];

    /// <summary>The VM that is off, with the deletionPolicy Delete.</summary>
    public const string Deletable = "edge03";

    /// <summary>What a member of the group says of itself.</summary>
    public const string Member = "role: Mailbox, databaseAvailabilityGroup: dag01";

    private const string Hardware = """
        processor: { sockets: 2, coresPerSocket: 8 }
        memory: 384Gi
        volumes: [{ path: 'D:\', size: 8Ti, free: 6Ti }]
        switches: [{ name: prod }]
        timings: { startSeconds: 0.3, bootSeconds: 0.5, guestShutdownSeconds: 0.5, stopSeconds: 0.3, modifySeconds: 0.1 }
        """;

    private const string First = """
        virtualMachines:
          - name: EX01
            state: Running
            processors: 4
            memory: { size: 128Gi }
            automaticStopAction: ShutDown
            checkpointType: Production
            disks: [{ path: 'D:\ex01\os.vhdx', size: 150Gi, type: Fixed }]
          - name: EDGE03
            state: Off
            processors: 4
            memory: { size: 64Gi }
            automaticStopAction: ShutDown
            checkpointType: Production
            disks: [{ path: 'D:\edge03\os.vhdx', size: 150Gi, type: Fixed }]
          - name: SQL01
            state: Running
            processors: 4
            memory: { size: 32Gi }
            automaticStopAction: ShutDown
        """;

    private const string Second = """
        virtualMachines:
          - name: EX02
            state: Running
            processors: 4
            memory: { size: 128Gi }
            automaticStopAction: ShutDown
            checkpointType: Production
            disks: [{ path: 'D:\ex02\os.vhdx', size: 150Gi, type: Fixed }]
        """;

    /// <summary>The namespace of the VMs.</summary>
    public const string Namespace = """
        apiVersion: v1
        kind: Namespace
        metadata: { name: messaging }
        """;

    private const string Shared = """
        apiVersion: exchangevirt.io/v1alpha1
        kind: VirtualizationPolicy
        metadata: { name: default }
        spec: { enforcement: Enforce, disruption: Anytime, maxChangedPerHour: 100% }
        ---
        apiVersion: exchangevirt.io/v1alpha1
        kind: DatabaseAvailabilityGroup
        metadata: { name: dag01, namespace: messaging }
        spec: { minReadySeconds: 0, witness: { external: fs01.contoso.example }, maintenance: { hook: None } }
        """;

    /// <summary>Writes the descriptions of the hosts.</summary>
    /// <returns>Their folder.</returns>
    public static string Describe(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var (host, machines) in new[] { ("hv01", First), ("hv02", Second) })
        {
            File.WriteAllText(Path.Combine(folder, host + ".yaml"), $"hostName: {host}\n{Hardware}\n{machines}\n");
        }

        return folder;
    }

    /// <summary>Gives the manifests of all of it.</summary>
    public static string Manifests(IReadOnlyDictionary<string, Uri> endpoints) =>
        string.Join(
            "\n---\n",
            endpoints
                .Select(static pair => Host(pair.Key, pair.Value))
                .Prepend(Shared)
                .Prepend(Namespace)
                .Append(Machine("ex01", Member))
                .Append(Machine("ex02", Member))
                .Append(Machine(Deletable, "role: EdgeTransport", "64Gi", "deletionPolicy: Delete"))
        );

    /// <summary>Gives the manifest of a host.</summary>
    public static string Host(string name, Uri endpoint) =>
        $$"""
            apiVersion: exchangevirt.io/v1alpha1
            kind: HyperVHost
            metadata: { name: {{name}} }
            spec: { agent: { endpoint: "{{endpoint.GetLeftPart(UriPartial.Authority)}}", serverName: {{name}} } }
            """;

    /// <summary>Gives the manifest of a VM that is there already.</summary>
    public static string Machine(string name, string exchange, string memory = "128Gi", string more = "") =>
        $$"""
            apiVersion: exchangevirt.io/v1alpha1
            kind: ExchangeVirtualMachine
            metadata: { name: {{name}}, namespace: messaging }
            spec:
              exchange: { version: ExchangeSE, {{exchange}} }
              guest: { operatingSystem: WindowsServer2022 }
              virtualMachineName: {{name.ToUpperInvariant()}}
              processors: { count: 4 }
              memory: { size: {{memory}} }
              adoption: IfExists
              {{more}}
            """;
}
