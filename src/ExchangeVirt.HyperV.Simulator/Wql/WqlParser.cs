using System.Collections.Immutable;
using ExchangeVirt.HyperV.Cim;

namespace ExchangeVirt.HyperV.Simulator.Wql;

/// <summary>Parses the part of WQL that WMI clients use for data and event queries.</summary>
internal sealed class WqlParser
{
    private const int MaxDepth = 64;

    private readonly string _wql;
    private readonly List<WqlToken> _tokens;
    private int _at;

    private WqlParser(string wql)
    {
        _wql = wql;
        _tokens = WqlLexer.Tokens(wql);
    }

    /// <summary>Parses a SELECT.</summary>
    /// <exception cref="CimException">With <see cref="CimError.InvalidQuery"/>, naming the character.</exception>
    public static WqlQuery Parse(string wql)
    {
        var parser = new WqlParser(wql);
        var query = parser.Select();
        if (parser.Peek.Kind is not WqlTokenKind.End)
        {
            throw parser.Refused($"'{parser.Peek.Text}' is not expected");
        }

        return query;
    }

    private WqlToken Peek => _tokens[_at];

    private WqlToken Take() => _tokens[_at++];

    private CimException Refused(string why) => WqlLexer.Refused(_wql, Peek.Position, why);

    private WqlQuery Select()
    {
        Keyword("SELECT");
        var columns = ImmutableArray.CreateBuilder<string>();
        if (!TakeSymbol("*"))
        {
            do
            {
                columns.Add(Word());
            } while (TakeSymbol(","));
        }

        Keyword("FROM");
        var className = Word();
        double? within = null;
        if (TakeKeyword("WITHIN"))
        {
            within =
                Peek is { Kind: WqlTokenKind.Number, Value: decimal seconds } && seconds > 0
                    ? (double)seconds
                    : throw Refused("WITHIN takes a positive number of seconds");
            _at++;
        }

        var condition = TakeKeyword("WHERE") ? Or(0) : null;
        return new WqlQuery(columns.ToImmutable(), className, condition, within);
    }

    private WqlCondition Or(int depth)
    {
        var left = And(depth);
        while (TakeKeyword("OR"))
        {
            left = new WqlOr(left, And(depth));
        }

        return left;
    }

    private WqlCondition And(int depth)
    {
        var left = Not(depth);
        while (TakeKeyword("AND"))
        {
            left = new WqlAnd(left, Not(depth));
        }

        return left;
    }

    private WqlCondition Not(int depth)
    {
        if (depth > MaxDepth)
        {
            throw Refused("the condition is nested too deeply");
        }

        if (TakeKeyword("NOT"))
        {
            return new WqlNot(Not(depth + 1));
        }

        if (!TakeSymbol("("))
        {
            return Comparison();
        }

        var inner = Or(depth + 1);
        return TakeSymbol(")") ? inner : throw Refused("')' is missing");
    }

    private WqlComparison Comparison()
    {
        if (Peek.Kind is WqlTokenKind.Text or WqlTokenKind.Number)
        {
            var constant = Take().Value;
            var mirrored = Mirror(Symbol());
            return new WqlComparison(Word(), mirrored, constant);
        }

        var property = Word();
        if (TakeKeyword("IS"))
        {
            var negated = TakeKeyword("NOT");
            Keyword("NULL");
            return new WqlComparison(property, negated ? WqlOperator.IsNotNull : WqlOperator.IsNull, null);
        }

        if (TakeKeyword("LIKE"))
        {
            return new WqlComparison(property, WqlOperator.Like, Text("LIKE"));
        }

        if (TakeKeyword("ISA"))
        {
            return new WqlComparison(property, WqlOperator.Isa, Text("ISA"));
        }

        var symbol = Symbol();
        return Constant() is { } value
            ? new WqlComparison(property, symbol, value)
            : symbol switch
            {
                WqlOperator.Equal => new WqlComparison(property, WqlOperator.IsNull, null),
                WqlOperator.NotEqual => new WqlComparison(property, WqlOperator.IsNotNull, null),
                _ => throw Refused("NULL can only be compared with =, <> and IS"),
            };
    }

    private object? Constant()
    {
        var token = Peek;
        if (token.Kind is WqlTokenKind.Text or WqlTokenKind.Number)
        {
            _at++;
            return token.Value;
        }

        if (TakeKeyword("TRUE"))
        {
            return true;
        }

        if (TakeKeyword("FALSE"))
        {
            return false;
        }

        return TakeKeyword("NULL") ? null : throw Refused("a constant is expected");
    }

    private WqlOperator Symbol()
    {
        WqlOperator? found = Peek is { Kind: WqlTokenKind.Symbol, Text: var text }
            ? text switch
            {
                "=" => WqlOperator.Equal,
                "<>" or "!=" => WqlOperator.NotEqual,
                "<" => WqlOperator.Less,
                "<=" => WqlOperator.LessOrEqual,
                ">" => WqlOperator.Greater,
                ">=" => WqlOperator.GreaterOrEqual,
                _ => null,
            }
            : null;
        if (found is not { } symbol)
        {
            throw Refused("a comparison is expected");
        }

        _at++;
        return symbol;
    }

    private static WqlOperator Mirror(WqlOperator symbol) =>
        symbol switch
        {
            WqlOperator.Less => WqlOperator.Greater,
            WqlOperator.LessOrEqual => WqlOperator.GreaterOrEqual,
            WqlOperator.Greater => WqlOperator.Less,
            WqlOperator.GreaterOrEqual => WqlOperator.LessOrEqual,
            _ => symbol,
        };

    private string Text(string after) =>
        Peek.Kind is WqlTokenKind.Text ? Take().Text : throw Refused($"{after} takes text in quotes");

    private string Word() =>
        Peek.Kind is WqlTokenKind.Word ? Take().Text : throw Refused($"a name is expected, not '{Peek.Text}'");

    private void Keyword(string keyword)
    {
        if (!TakeKeyword(keyword))
        {
            throw Refused($"{keyword} is expected, not '{Peek.Text}'");
        }
    }

    private bool TakeKeyword(string keyword)
    {
        if (!Peek.Is(keyword))
        {
            return false;
        }

        _at++;
        return true;
    }

    private bool TakeSymbol(string symbol)
    {
        if (Peek.Kind is not WqlTokenKind.Symbol || Peek.Text != symbol)
        {
            return false;
        }

        _at++;
        return true;
    }
}
