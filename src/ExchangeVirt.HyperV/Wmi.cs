namespace ExchangeVirt.HyperV;

/// <summary>Names the namespaces, resource subtypes and numbers of Hyper-V's WMI model that the driver relies on.</summary>
internal static class Wmi
{
    public const string Virtualization = @"root\virtualization\v2";
    public const string Host = @"root\cimv2";
    public const string Storage = @"root\microsoft\windows\storage";
    public const string Cluster = @"root\mscluster";

    public const string RealizedSystem = "Microsoft:Hyper-V:System:Realized";

    public const string VirtualHardDisk = "Microsoft:Hyper-V:Virtual Hard Disk";
    public const string DiskDrive = "Microsoft:Hyper-V:Synthetic Disk Drive";
    public const string PhysicalDiskDrive = "Microsoft:Hyper-V:Physical Disk Drive";
    public const string IdeController = "Microsoft:Hyper-V:Emulated IDE Controller";
    public const string ScsiController = "Microsoft:Hyper-V:Synthetic SCSI Controller";
    public const string SyntheticPort = "Microsoft:Hyper-V:Synthetic Ethernet Port";
    public const string PortConnection = "Microsoft:Hyper-V:Ethernet Connection";

    public const int ScsiSlots = 64;
    public const int ScsiControllers = 4;

    public const long Running = 2;
    public const long Off = 3;
    public const long Saved = 6;
    public const long FastSaved = 32779;
}
