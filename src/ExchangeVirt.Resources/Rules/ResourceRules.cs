namespace ExchangeVirt.Resources.Rules;

/// <summary>Lists the cross-field rules of all kinds.</summary>
public static class ResourceRules;
