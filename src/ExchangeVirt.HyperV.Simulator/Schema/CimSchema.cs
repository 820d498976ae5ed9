using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using ExchangeVirt.HyperV.Cim;

namespace ExchangeVirt.HyperV.Simulator.Schema;

/// <summary>
/// The classes that a host's WMI knows: what is not in here does not exist, and is refused with WMI's own errors.
/// </summary>
internal sealed class CimSchema
{
    /// <summary>The namespace of Hyper-V.</summary>
    public const string Virtualization = @"root\virtualization\v2";

    /// <summary>The namespace of the operating system.</summary>
    public const string Cimv2 = @"root\cimv2";

    /// <summary>The namespace of the storage classes.</summary>
    public const string Storage = @"root\microsoft\windows\storage";

    private static readonly ConcurrentDictionary<int, CimSchema> s_loaded = new();

    private readonly FrozenDictionary<string, FrozenDictionary<string, CimClass>> _namespaces;

    private CimSchema(FrozenDictionary<string, FrozenDictionary<string, CimClass>> namespaces) =>
        _namespaces = namespaces;

    /// <summary>Loads the schema as a Windows build has it.</summary>
    /// <param name="build">The build number, such as 20348; properties that came later are left out.</param>
    public static CimSchema ForBuild(int build) => s_loaded.GetOrAdd(build, Load);

    private static CimSchema Load(int build)
    {
        var additions = SchemaSource.Additions();
        var namespaces = new Dictionary<string, Dictionary<string, Draft>>(StringComparer.OrdinalIgnoreCase);
        foreach (var resource in new[] { "hyperv-v2-schema.json.gz", "cimv2-schema.json.gz" })
        {
            var published = SchemaSource.Published(resource);
            var classes = Namespace(namespaces, published.Namespace);
            foreach (var (name, source) in published.Classes)
            {
                classes[name] = Draft.Of(source, published.Methods?.GetValueOrDefault(name));
            }
        }

        foreach (var (name, added) in additions.Namespaces)
        {
            var classes = Namespace(namespaces, name);
            foreach (var (className, source) in added)
            {
                classes[className] = Draft.Of(source);
            }
        }

        return new CimSchema(
            namespaces.ToFrozenDictionary(
                pair => pair.Key,
                pair => Build(pair.Key, pair.Value, additions, build),
                StringComparer.OrdinalIgnoreCase
            )
        );
    }

    /// <summary>Finds a class.</summary>
    /// <exception cref="CimException">The namespace or the class does not exist.</exception>
    public CimClass Class(string cimNamespace, string className) =>
        Classes(cimNamespace).TryGetValue(className, out var found)
            ? found
            : throw new CimException(
                CimError.InvalidClass,
                $"The class '{className}' does not exist in {cimNamespace}."
            );

    /// <summary>Finds a class of the Hyper-V namespace.</summary>
    public CimClass Class(string className) => Class(Virtualization, className);

    /// <summary>Gets the name of every class of a namespace.</summary>
    public IEnumerable<string> ClassNames(string cimNamespace) => Classes(cimNamespace).Keys;

    /// <summary>Looks a class up without an error.</summary>
    public bool TryClass(string cimNamespace, string className, [NotNullWhen(true)] out CimClass? found)
    {
        found = null;
        return _namespaces.TryGetValue(Normalize(cimNamespace), out var classes)
            && classes.TryGetValue(className, out found);
    }

    /// <summary>Writes a namespace with backslashes and without a leading <c>\\server</c> part's slashes.</summary>
    public static string Normalize(string cimNamespace) => cimNamespace.Replace('/', '\\').Trim('\\');

    private FrozenDictionary<string, CimClass> Classes(string cimNamespace) =>
        _namespaces.TryGetValue(Normalize(cimNamespace), out var classes)
            ? classes
            : throw new CimException(
                CimError.InvalidNamespace,
                $"The namespace '{cimNamespace}' does not exist on this host."
            );

    private static Dictionary<string, Draft> Namespace(
        Dictionary<string, Dictionary<string, Draft>> namespaces,
        string name
    )
    {
        var key = Normalize(name);
        if (!namespaces.TryGetValue(key, out var classes))
        {
            namespaces[key] = classes = new(StringComparer.OrdinalIgnoreCase);
        }

        return classes;
    }

    private static FrozenDictionary<string, CimClass> Build(
        string cimNamespace,
        Dictionary<string, Draft> drafts,
        SchemaAdditions additions,
        int build
    ) =>
        drafts.ToFrozenDictionary(
            pair => pair.Key,
            pair => Build(cimNamespace, pair.Key, drafts, additions, build),
            StringComparer.OrdinalIgnoreCase
        );

    private static CimClass Build(
        string cimNamespace,
        string name,
        Dictionary<string, Draft> drafts,
        SchemaAdditions additions,
        int build
    )
    {
        var ancestry = new List<string>();
        var properties = new Dictionary<string, CimPropertyDeclaration>(StringComparer.OrdinalIgnoreCase);
        var methods = new Dictionary<string, CimMethodDeclaration>(StringComparer.OrdinalIgnoreCase);
        for (string? current = name; current is not null; )
        {
            ancestry.Add(current);
            if (!drafts.TryGetValue(current, out var draft))
            {
                break;
            }

            foreach (var property in draft.Properties)
            {
                if (!additions.SinceBuild.TryGetValue($"{current}.{property.Name}", out var since) || since <= build)
                {
                    properties.TryAdd(property.Name, property);
                }
            }

            foreach (var method in draft.Methods)
            {
                methods.TryAdd(method.Name, method);
            }

            current = draft.Super;
        }

        IReadOnlyList<string>? keys = ancestry
            .Select(additions.Keys.GetValueOrDefault)
            .FirstOrDefault(k => k is not null);
        keys ??=
        [
            .. properties.Values.Where(p => p.Type is { Type: CimType.Reference, IsArray: false }).Select(p => p.Name),
        ];
        return new CimClass(
            name,
            cimNamespace,
            ancestry,
            properties.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase),
            methods.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase),
            keys
        );
    }

    private sealed record Draft(
        string? Super,
        IReadOnlyList<CimPropertyDeclaration> Properties,
        IReadOnlyList<CimMethodDeclaration> Methods
    )
    {
        public static Draft Of(PublishedClass source, Dictionary<string, PublishedMethod>? methods) =>
            new(
                source.Super,
                [
                    .. source.Properties.Select(p => new CimPropertyDeclaration(
                        p.Key,
                        TypeNames.Declaration(p.Value.Type)
                    )),
                ],
                [.. (methods ?? []).Select(m => Method(m.Key, m.Value))]
            );

        public static Draft Of(AddedClass source) =>
            new(
                source.Super,
                [.. source.Properties.Select(p => new CimPropertyDeclaration(p.Key, TypeNames.Declaration(p.Value)))],
                []
            );

        private static CimMethodDeclaration Method(string name, PublishedMethod source) =>
            new(
                name,
                source.Parameters.ToFrozenDictionary(
                    p => p.Name,
                    p => new CimParameterDeclaration(
                        p.Name,
                        TypeNames.Declaration(p.Type),
                        p.Direction.Contains("in", StringComparison.Ordinal),
                        p.Direction.Contains("out", StringComparison.Ordinal)
                    ),
                    StringComparer.OrdinalIgnoreCase
                )
            );
    }
}
