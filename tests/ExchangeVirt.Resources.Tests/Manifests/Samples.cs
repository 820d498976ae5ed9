namespace ExchangeVirt.Resources.Tests.Manifests;

/// <summary>Sound manifests in which most fields are given; tests break one line each.</summary>
internal static class Samples
{
    public const string VirtualMachine = """
        apiVersion: exchangevirt.io/v1alpha1
        kind: ExchangeVirtualMachine
        metadata:
          name: ex01
          namespace: messaging
          labels:
            site: tokyo
        spec:
          exchange:
            version: ExchangeSE
            cumulativeUpdate: 0
            role: Mailbox
            databaseAvailabilityGroup: dag01
            standalone: false
          guest:
            operatingSystem: WindowsServer2022
            installation: Core
          virtualMachineName: EX01
          virtualMachineGeneration: 2
          processors:
            count: 8
          memory:
            size: 128Gi
          disks:
            - name: os
              purposes: [OperatingSystem]
              virtualHardDisk:
                path: 'C:\ClusterStorage\csv1\ex01\os.vhdx'
                size: 150Gi
                type: Fixed
                source:
                  path: 'C:\templates\ws2022.vhdx'
            - name: db1
              purposes: [Database, Log]
              virtualHardDisk:
                path: '\\files.corp.example\vms\ex01\db1.vhdx'
                size: 2Ti
            - name: lun7
              purposes: [Log]
              passThrough:
                uniqueId: 600A0B80000F
            - name: iscsi1
              purposes: [Queue]
              iscsi:
                inGuest: true
                mtu: 9014
          networkAdapters:
            - name: mapi
              switchName: prod
              vlanId: 120
          powerState: Running
          automaticStart:
            action: Start
            delaySeconds: 300
          placement:
            hostName: hv03
            hostSelector:
              matchLabels:
                site: tokyo
          policyName: default
          enforcement: Enforce
          disruption: MaintenanceWindow
          shutdownTimeoutSeconds: 2700
          adoption: Never
          deletionPolicy: Retain
          paused: false

        """;

    public const string Host = """
        apiVersion: exchangevirt.io/v1alpha1
        kind: HyperVHost
        metadata:
          name: hv01
        spec:
          agent:
            endpoint: https://hv01.corp.example:7443
            serverName: hv01
          policyName: default
          allowedNamespaces: [messaging]
          schedulable: true
          maintenance: None
          faultDomain: rack-a

        """;

    public const string Group = """
        apiVersion: exchangevirt.io/v1alpha1
        kind: DatabaseAvailabilityGroup
        metadata:
          name: dag01
          namespace: messaging
        spec:
          antiAffinity: Required
          faultDomainSpread: Ignore
          maxUnavailable: 1
          minReadySeconds: 900
          witness:
            external: fsw.corp.example
          externalMembers:
            - name: ex90
              site: osaka
          ignoredMembers:
            - name: ex03
              reason: burnt
              expires: 2026-12-31T00:00:00Z
          maintenance:
            hook: Command
            command: ['C:\tools\maintenance.exe', --enter]

        """;

    public const string Policy = """
        apiVersion: exchangevirt.io/v1alpha1
        kind: VirtualizationPolicy
        metadata:
          name: default
        spec:
          enforcement: Enforce
          disruption: Anytime
          savedState: DiscardAndColdBoot
          rebalance: Propose
          processor:
            maxRatioPercent: 150
            hostAccounting: ReserveCores
          memory:
            hostReserve:
              minimum: 8Gi
              percent: 10
            perVirtualMachineOverhead: 512Mi
          failover:
            hostFailuresToTolerate: 2
          checkpoints:
            removeUserCheckpoints: MaintenanceWindow
            recoveryMaxAgeHours: 24
            hostBackupVerified: true
          maintenanceWindows:
            - name: saturday
              schedule: 0 22 * * SAT#2
              timeZone: Asia/Tokyo
              durationMinutes: 240
          maxChangedPerHour: 20%
          restartGraceMinutes: 30
          offlineEnforcementHours: 12
          exemptions:
            - name: old-lab
              rule: mem-dynamic
              subject:
                kind: VirtualMachine
                namespace: lab
                name: ex99
              reason: it is a lab
              by: ops@corp.example
              expires: 2026-12-31T00:00:00+09:00

        """;

    public const string Migration = """
        apiVersion: exchangevirt.io/v1alpha1
        kind: VirtualMachineMigration
        metadata:
          name: move1
          namespace: messaging
        spec:
          virtualMachineRef:
            name: ex01
          targetHost: hv02
          method: Cold
          ttlSecondsAfterFinished: 3600

        """;

    public static readonly string[] All = [VirtualMachine, Host, Group, Policy, Migration];
}
