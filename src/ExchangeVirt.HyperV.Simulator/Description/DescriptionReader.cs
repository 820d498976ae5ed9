using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ExchangeVirt.HyperV.Simulator.Description;

/// <summary>Reads the description of a simulated host from YAML, strictly: unknown fields and wrong values are refused, all at once.</summary>
public static class DescriptionReader
{
    private const int MaxCharacters = 4 * 1024 * 1024;

    /// <summary>Reads a file.</summary>
    /// <exception cref="DescriptionException">With all problems as <c>file:line: path: what</c>.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static SimulatedHostDescription Load(string path) => Parse(System.IO.File.ReadAllText(path), path);

    /// <summary>Reads text; <paramref name="fileName"/> is used in messages.</summary>
    /// <exception cref="DescriptionException">With all problems.</exception>
    public static SimulatedHostDescription Parse(string yaml, string fileName)
    {
        var problems = new YamlProblems(fileName);
        var root = Root(yaml, problems);
        var description = root is null ? null : Host(new YamlSection(root, "$", problems));
        return description is not null && problems.Found.IsEmpty
            ? description
            : throw new DescriptionException(problems.Found);
    }

    private static YamlNode? Root(string yaml, YamlProblems problems)
    {
        if (yaml.Length > MaxCharacters)
        {
            problems.Add(Mark.Empty, "$", $"the file is longer than {MaxCharacters} characters");
            return null;
        }

        try
        {
            var stream = new YamlStream();
            using var reader = new StringReader(yaml);
            stream.Load(reader);
            if (stream.Documents.Count == 1)
            {
                return stream.Documents[0].RootNode;
            }

            problems.Add(Mark.Empty, "$", $"exactly one document is expected, {stream.Documents.Count} found");
        }
        catch (YamlException malformed)
        {
            problems.Add(malformed.Start, "$", malformed.Message);
        }

        return null;
    }

    private static SimulatedHostDescription? Host(YamlSection yaml)
    {
        // They set the file apart from manifests that lie beside it; nothing follows from them here.
        Expect(yaml, "apiVersion", "simulator.exchangevirt.io/v1alpha1");
        Expect(yaml, "kind", "SimulatedHost");
        var name = yaml.Text("hostName", required: true);
        if (name is { Length: > 15 })
        {
            yaml.Broken("hostName", "a host's name has at most 15 characters");
        }

        var processor = yaml.Section("processor", required: true) is { } section ? Processor(section) : null;
        var memory = yaml.Size("memory", required: true);
        var defaults = new SimulatedHostDescription
        {
            HostName = name ?? "",
            Processor = processor ?? new SimulatedProcessor { Sockets = 1, CoresPerSocket = 1 },
            Memory = memory ?? 0,
        };
        var host = defaults with
        {
            Seed = yaml.Integer("seed", 0, int.MaxValue) ?? defaults.Seed,
            OperatingSystem = yaml.Section("operatingSystem") is { } os
                ? OperatingSystem(os)
                : defaults.OperatingSystem,
            RootMemory = yaml.Size("rootMemory"),
            NumaNodes = yaml.Integer("numaNodes", 1, 64),
            NumaSpanning = yaml.Flag("numaSpanning") ?? defaults.NumaSpanning,
            Volumes = yaml.List("volumes", 256, Volume) ?? [],
            Switches = yaml.List("switches", 64, Switch) ?? [],
            Files = yaml.List("files", 4096, File) ?? [],
            Services = yaml.List("services", 1024, Service) ?? [],
            ServerFeatures = yaml.Integers("serverFeatures", 256) ?? defaults.ServerFeatures,
            LiveMigrationEnabled = yaml.Flag("liveMigrationEnabled") ?? false,
            MigrationDestinations = yaml.Texts("migrationDestinations", 64) ?? [],
            VirtualMachines = yaml.List("virtualMachines", 1024, MachineReader.Machine) ?? [],
            Timings = yaml.Section("timings") is { } timings ? Timings(timings) : defaults.Timings,
            Answers = yaml.Word<SimulatedAnswers>("answers") ?? defaults.Answers,
            Refusals = yaml.Word<SimulatedAnswers>("refusals") ?? defaults.Refusals,
            DestroySnapshotTakesDependents = yaml.Flag("destroySnapshotTakesDependents") ?? false,
        };
        yaml.Done();
        DescriptionRules.Check(host, yaml);
        return host;
    }

    private static void Expect(YamlSection yaml, string field, string word)
    {
        if (yaml.Text(field) is { } text && text != word)
        {
            yaml.Broken(field, $"{word} is expected, or nothing at all");
        }
    }

    private static SimulatedOperatingSystem OperatingSystem(YamlSection yaml)
    {
        var defaults = new SimulatedOperatingSystem();
        var system = new SimulatedOperatingSystem
        {
            Version = yaml.Text("version") ?? defaults.Version,
            Caption = yaml.Text("caption") ?? defaults.Caption,
            ProductType = (uint)(yaml.Integer("productType", 1, 3) ?? (int)defaults.ProductType),
        };
        if (System.Version.TryParse(system.Version, out var version) && version is { Major: >= 10, Build: >= 10240 })
        {
            yaml.Done();
            return system;
        }

        yaml.Broken("version", "a version such as 10.0.20348 is expected; the lowest host is Windows Server 2016");
        yaml.Done();
        return defaults;
    }

    private static SimulatedProcessor Processor(YamlSection yaml)
    {
        var processor = new SimulatedProcessor
        {
            Sockets = yaml.Integer("sockets", 1, 16, required: true) ?? 1,
            CoresPerSocket = yaml.Integer("coresPerSocket", 1, 256, required: true) ?? 1,
            EnabledCoresPerSocket = yaml.Integer("enabledCoresPerSocket", 1, 256),
            LogicalProcessorsPerCore = yaml.Integer("logicalProcessorsPerCore", 1, 2) ?? 2,
            RootUsePercent = yaml.Integer("rootUsePercent", 0, 100) ?? 2,
            Vendor = yaml.Text("vendor") ?? "GenuineIntel",
        };
        if (processor.EnabledCoresPerSocket > processor.CoresPerSocket)
        {
            yaml.Broken("enabledCoresPerSocket", "cannot be more than coresPerSocket");
        }

        yaml.Done();
        return processor;
    }

    private static SimulatedVolume Volume(YamlSection yaml)
    {
        var volume = new SimulatedVolume
        {
            Path = yaml.Text("path", required: true) ?? "",
            Size = yaml.Size("size", required: true) ?? 0,
            Free = yaml.Size("free", required: true) ?? 0,
            FileSystem = yaml.Text("fileSystem") ?? "NTFS",
        };
        if (volume.Free > volume.Size)
        {
            yaml.Broken("free", "cannot be more than size");
        }

        yaml.Done();
        return volume;
    }

    private static SimulatedSwitch Switch(YamlSection yaml)
    {
        var found = new SimulatedSwitch { Name = yaml.Text("name", required: true) ?? "", Id = yaml.Identifier("id") };
        yaml.Done();
        return found;
    }

    private static SimulatedDiskFile File(YamlSection yaml)
    {
        var file = new SimulatedDiskFile
        {
            Path = yaml.Text("path", required: true) ?? "",
            Size = yaml.Size("size", required: true) ?? 0,
            Type = yaml.Word<SimulatedDiskType>("type") ?? SimulatedDiskType.Dynamic,
            Parent = yaml.Text("parent"),
        };
        if ((file.Parent is not null) != (file.Type is SimulatedDiskType.Differencing))
        {
            yaml.Broken("parent", "a differencing disk names its parent, and no other does");
        }

        yaml.Done();
        return file;
    }

    private static SimulatedService Service(YamlSection yaml)
    {
        var service = new SimulatedService
        {
            Name = yaml.Text("name", required: true) ?? "",
            DisplayName = yaml.Text("displayName"),
            State = yaml.Text("state") ?? "Running",
            StartMode = yaml.Text("startMode") ?? "Auto",
        };
        yaml.Done();
        return service;
    }

    private static SimulatedTimings Timings(YamlSection yaml)
    {
        var defaults = new SimulatedTimings();
        double Seconds(string name, double absent) => yaml.Number(name, 0, 86_400) ?? absent;
        var timings = new SimulatedTimings
        {
            StartSeconds = Seconds("startSeconds", defaults.StartSeconds),
            RestoreSeconds = Seconds("restoreSeconds", defaults.RestoreSeconds),
            StopSeconds = Seconds("stopSeconds", defaults.StopSeconds),
            DiscardSeconds = Seconds("discardSeconds", defaults.DiscardSeconds),
            SaveSeconds = Seconds("saveSeconds", defaults.SaveSeconds),
            SaveSecondsPerGibibyte = Seconds("saveSecondsPerGibibyte", defaults.SaveSecondsPerGibibyte),
            PauseSeconds = Seconds("pauseSeconds", defaults.PauseSeconds),
            ResetSeconds = Seconds("resetSeconds", defaults.ResetSeconds),
            BootSeconds = Seconds("bootSeconds", defaults.BootSeconds),
            GuestShutdownSeconds = Seconds("guestShutdownSeconds", defaults.GuestShutdownSeconds),
            ModifySeconds = Seconds("modifySeconds", defaults.ModifySeconds),
            DefineSeconds = Seconds("defineSeconds", defaults.DefineSeconds),
            SnapshotSeconds = Seconds("snapshotSeconds", defaults.SnapshotSeconds),
            MergeSeconds = Seconds("mergeSeconds", defaults.MergeSeconds),
            DiskSeconds = Seconds("diskSeconds", defaults.DiskSeconds),
            MigrationSeconds = Seconds("migrationSeconds", defaults.MigrationSeconds),
            EventSeconds = Seconds("eventSeconds", defaults.EventSeconds),
            JobRemovalSeconds = Seconds("jobRemovalSeconds", defaults.JobRemovalSeconds),
        };
        yaml.Done();
        return timings;
    }
}
