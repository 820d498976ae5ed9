using System.Globalization;
using System.Reflection;
using ExchangeVirt.Agent.Contract;
using ExchangeVirt.Domain.Gating;
using ExchangeVirt.Domain.Planning;
using ExchangeVirt.Domain.Rules;
using ExchangeVirt.HyperV;
using ExchangeVirt.Operator.Reporting;
using ExchangeVirt.Resources.Rules;

namespace ExchangeVirt.House.Tests;

/// <summary>Finds every word that the product can give as a reason, by the section of docs/errors.md that explains it.</summary>
internal static class KnownReasons
{
    /// <summary>Gets the classes of constants that hold reasons.</summary>
    public static IReadOnlyList<Type> Classes { get; } =
    [
        typeof(GateReasons),
        typeof(PlanReasons),
        typeof(HyperVReasons),
        typeof(AgentFaultReasons),
        typeof(Reasons),
        typeof(EventReasons),
    ];

    public static IReadOnlyDictionary<string, IEnumerable<string>> Sections { get; } =
        new Dictionary<string, IEnumerable<string>>(StringComparer.Ordinal)
        {
            ["Conditions"] = Constants(typeof(Reasons)),
            ["Gates"] = Constants(typeof(GateReasons)),
            ["Plans"] = Constants(typeof(PlanReasons)),
            ["Hosts and agents"] = Constants(typeof(HyperVReasons)).Union(Constants(typeof(AgentFaultReasons))),
            ["Placement"] = PlacementFilters(),
            ["Events"] = Actions().Concat(Constants(typeof(EventReasons))),
            ["Manifest rules"] = ResourceRules.All.Keys,
            ["Look-up rules"] = LookupRules.Ids,
            ["Support rules"] = SupportRules.All.Select(static rule => rule.Id).Distinct(StringComparer.Ordinal),
            ["Exit codes of exvirt"] = Constants(Named("exvirt", "ExchangeVirt.Cli.ExitCode")),
            ["Exit codes of exvirt-agent"] = Constants(
                Named("exvirt-agent", "ExchangeVirt.Agent.CommandLine.ExitCode")
            ),
        };

    public static IEnumerable<string> Constants(Type type) =>
        Fields(type)
            .Select(static field => Convert.ToString(field.GetRawConstantValue(), CultureInfo.InvariantCulture)!);

    public static IEnumerable<FieldInfo> Fields(Type type) =>
        type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            .Where(static field => field.IsLiteral);

    private static IEnumerable<string> Actions() =>
        typeof(VirtualMachineAction)
            .Assembly.GetTypes()
            .Where(static type => type.IsSubclassOf(typeof(VirtualMachineAction)) && !type.IsAbstract)
            .Select(static type => type.Name);

    private static IEnumerable<string> PlacementFilters()
    {
        var domain = typeof(GateReasons).Assembly;
        var filter = domain.GetType("ExchangeVirt.Domain.Placement.IPlacementFilter", throwOnError: true)!;
        return domain
            .GetTypes()
            .Where(type => type.IsClass && filter.IsAssignableFrom(type))
            .Select(type =>
                (string)filter.GetProperty("Name")!.GetValue(Activator.CreateInstance(type, nonPublic: true))!
            );
    }

    private static Type Named(string assembly, string type) =>
        Assembly.Load(assembly).GetType(type, throwOnError: true)!;
}
