namespace ExchangeVirt.Resources.Tests.Manifests;

public partial class BadManifestTests
{
    /// <summary>Cases in which the shape of the document is wrong.</summary>
    private static TheoryData<string, string, string, string, string, string> StructureCases =>
        new()
        {
            {
                "kind misspelt",
                Vm,
                "kind: ExchangeVirtualMachine",
                "kind: ExchangeVirtualMachin",
                "2: kind",
                "did you mean ExchangeVirtualMachine?"
            },
            {
                "kind missing",
                Vm,
                "kind: ExchangeVirtualMachine\n",
                "",
                "1: kind",
                "allowed: ExchangeVirtualMachine, "
            },
            { "version of the API unknown", Vm, "/v1alpha1", "/v1", "1: apiVersion", "give exchangevirt.io/v1alpha1" },
            {
                "group of the API misspelt",
                Vm,
                "exchangevirt.io/",
                "exchangevirt.com/",
                "1: apiVersion",
                "give exchangevirt.io/v1alpha1"
            },
            {
                "apiVersion null",
                Vm,
                "apiVersion: exchangevirt.io/v1alpha1",
                "apiVersion:",
                "1: apiVersion",
                "is missing"
            },
            { "field of the root unknown", Vm, "spec:\n", "specs: 1\nspec:\n", "8: specs", "did you mean spec?" },
            {
                "metadata a text",
                Vm,
                "metadata:\n  name: ex01\n  namespace: messaging\n  labels:\n    site: tokyo\n",
                "metadata: ex01\n",
                "3: metadata",
                "is not a mapping"
            },
            { "name missing", Vm, "  name: ex01\n", "", "3: metadata.name", "is missing" },
            { "name in capitals", Vm, "  name: ex01\n", "  name: EX01\n", "4: metadata.name", "(name-is-dns-label)" },
            { "name a number", Vm, "  name: ex01\n", "  name: 17\n", "4: metadata.name", "put it in quotes: \"17\"" },
            {
                "namespace with a dot",
                Vm,
                "namespace: messaging",
                "namespace: mess.aging",
                "5: metadata.namespace",
                "lower-case letters"
            },
            {
                "namespace on a cluster's kind",
                Samples.Host,
                "  name: hv01\n",
                "  name: hv01\n  namespace: messaging\n",
                "5: metadata.namespace",
                "must be absent"
            },
            { "field of metadata unknown", Vm, "  labels:", "  label:", "6: metadata.label", "did you mean labels?" },
            {
                "label a number",
                Vm,
                "    site: tokyo\nspec:",
                "    site: 3\nspec:",
                "7: metadata.labels[site]",
                "in quotes"
            },
            {
                "label's key with a space",
                Vm,
                "    site: tokyo\nspec:",
                "    'a site': tokyo\nspec:",
                "7: metadata.labels[a site]",
                "not a label's key"
            },
            {
                "field unknown",
                Vm,
                "    count: 8",
                "    cuont: 8\n    count: 8",
                "21: spec.processors.cuont",
                "did you mean count?"
            },
            {
                "field of another kind",
                Vm,
                "  paused: false",
                "  dynamicMemory: true",
                "66: spec.dynamicMemory",
                "is not a field here; allowed: exchange, guest"
            },
            {
                "required field missing",
                Vm,
                "    version: ExchangeSE\n",
                "",
                "9: spec.exchange.version",
                "give one of Exchange2016, Exchange2019, ExchangeSE"
            },
            {
                "required object missing",
                Vm,
                "  processors:\n    count: 8\n",
                "",
                "8: spec.processors",
                "give a mapping with count"
            },
            { "number in quotes", Vm, "count: 8", "count: '8'", "21: spec.processors.count", "remove the quotes" },
            {
                "number with decimals",
                Vm,
                "count: 8",
                "count: 8.5",
                "21: spec.processors.count",
                "is not a whole number"
            },
            { "number as octals", Vm, "count: 8", "count: 010", "21: spec.processors.count", "is not a whole number" },
            { "number too small", Vm, "count: 8", "count: 0", "21: spec.processors.count", "from 1 to 2048" },
            { "number too great", Vm, "count: 8", "count: 2049", "21: spec.processors.count", "from 1 to 2048" },
            {
                "number beyond all types",
                Vm,
                "count: 8",
                "count: 99999999999999999999",
                "21: spec.processors.count",
                "out of range"
            },
        };
}
