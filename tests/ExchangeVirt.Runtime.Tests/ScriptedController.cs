using System.Collections.Concurrent;

namespace ExchangeVirt.Runtime.Tests;

/// <summary>Does in each pass what a test says and keeps a record of it.</summary>
public sealed class ScriptedController : IEntityController<Widget>, IEntityFinalizer<Widget>
{
    private readonly ConcurrentDictionary<string, int> _inside = new();

    public Func<Widget, CancellationToken, Task<ReconciliationResult<Widget>>> Reconcile { get; set; } =
        static (widget, _) => Task.FromResult(ReconciliationResult<Widget>.Success(widget));

    public Func<Widget, Task<ReconciliationResult<Widget>>> Finalize { get; set; } =
        static widget => Task.FromResult(ReconciliationResult<Widget>.Success(widget));

    public ConcurrentQueue<string> Passes { get; } = new();

    public int Overlaps { get; private set; }

    public string Identifier => "tests.example/widget";

    public int Count(string pass) => Passes.Count(known => known == pass);

    public async Task<ReconciliationResult<Widget>> ReconcileAsync(Widget entity, CancellationToken cancellationToken)
    {
        var name = entity.Metadata.Name;
        if (_inside.AddOrUpdate(name, 1, static (_, count) => count + 1) > 1)
        {
            Overlaps++;
        }

        Passes.Enqueue($"reconcile {name}");
        try
        {
            return await Reconcile(entity, cancellationToken);
        }
        finally
        {
            _inside.AddOrUpdate(name, 0, static (_, count) => count - 1);
        }
    }

    public Task<ReconciliationResult<Widget>> DeletedAsync(Widget entity, CancellationToken cancellationToken)
    {
        Passes.Enqueue($"deleted {entity.Metadata.Name}");
        return Task.FromResult(ReconciliationResult<Widget>.Success(entity));
    }

    public Task<ReconciliationResult<Widget>> FinalizeAsync(Widget entity, CancellationToken cancellationToken)
    {
        Passes.Enqueue($"finalize {entity.Metadata.Name}");
        return Finalize(entity);
    }
}
