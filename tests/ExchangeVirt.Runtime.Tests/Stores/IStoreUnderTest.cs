using ExchangeVirt.Runtime.Stores;

namespace ExchangeVirt.Runtime.Tests.Stores;

/// <summary>A store with what a user does to it from outside.</summary>
public interface IStoreUnderTest : IAsyncDisposable
{
    IResourceStore Store { get; }

    /// <summary>Gets the namespace that all objects of the test are in.</summary>
    string Namespace { get; }

    /// <summary>Declares a widget, or declares it anew, as a user does.</summary>
    Task DeclareAsync(string name, int size = 1, IReadOnlyDictionary<string, string>? annotations = null);

    /// <summary>Declares a widget in the way of old tools, where the store knows several.</summary>
    Task DeclareOldAsync(string name);

    /// <summary>Declares what the store takes for a widget and what cannot be read as one.</summary>
    Task DeclareOddAsync(string name);

    /// <summary>Lets time pass until a state holds.</summary>
    Task UntilAsync(Func<bool> state);

    /// <summary>Gets a version that the store once had and has forgotten.</summary>
    Task<string> ForgottenVersionAsync();
}
