namespace ExchangeVirt.Scenarios.Tests.Support;

/// <summary>Estates that the demonstration does not know.</summary>
internal static class Samples
{
    private const string Timings = """
        timings: { startSeconds: 0.2, bootSeconds: 0.5, guestShutdownSeconds: 0.5, stopSeconds: 0.2, modifySeconds: 0.05, defineSeconds: 0.2, diskSeconds: 0.2, mergeSeconds: 0.3 }
        """;

    /// <summary>A host with 8 cores, the VM OLD1 that is wrong, and another's guest.</summary>
    public const string FirstHost = $$"""
        hostName: alpha
        seed: 11
        processor: { sockets: 1, coresPerSocket: 8 }
        memory: 256Gi
        volumes: [{ path: 'E:\', size: 4Ti, free: 3Ti }]
        switches: [{ name: lan }]
        {{Timings}}
        virtualMachines:
          - { name: OLD1, state: Running, processors: 6, memory: { size: 16Gi, dynamic: true }, checkpointType: Production }
          - { name: OTHER, state: Running, processors: 4, memory: { size: 8Gi }, automaticStopAction: ShutDown }
        """;

    /// <summary>An empty host with 8 cores.</summary>
    public const string SecondHost = $$"""
        hostName: beta
        seed: 12
        processor: { sockets: 1, coresPerSocket: 8 }
        memory: 256Gi
        volumes: [{ path: 'E:\', size: 4Ti, free: 3Ti }]
        switches: [{ name: lan }]
        {{Timings}}
        """;

    public static string Policy(string disruption = "Anytime") =>
        $$"""
            apiVersion: exchangevirt.io/v1alpha1
            kind: VirtualizationPolicy
            metadata: { name: default }
            spec: { enforcement: Enforce, disruption: {{disruption}}, maxChangedPerHour: 100%, restartGraceMinutes: 0 }
            """;

    public static string Machine(string name, string extra = "", int processors = 4) =>
        $$"""
            apiVersion: exchangevirt.io/v1alpha1
            kind: ExchangeVirtualMachine
            metadata: { name: {{name}}, namespace: mail }
            spec:
              exchange: { version: Exchange2016, role: Mailbox, standalone: true }
              guest: { operatingSystem: WindowsServer2016 }
              virtualMachineName: {{name.ToUpperInvariant()}}
              processors: { count: {{processors}} }
              memory: { size: 16Gi }
              powerState: Running
            {{(extra.Length == 0 ? "" : "  " + extra)}}
            """;

    /// <summary>Describes both hosts, and declares the wrong VM and two new ones.</summary>
    public static void Lay(Workplace place, string disruption = "Anytime")
    {
        File.WriteAllText(Path.Combine(place.Hosts, "alpha.yaml"), FirstHost);
        File.WriteAllText(Path.Combine(place.Hosts, "beta.yaml"), SecondHost);
        place.Declare("policy.yaml", Policy(disruption));
        place.Declare("old1.yaml", Machine("old1", "adoption: IfExists"));
        place.Declare("new.yaml", Machine("new1") + "\n---\n" + Machine("new2"));
    }
}
