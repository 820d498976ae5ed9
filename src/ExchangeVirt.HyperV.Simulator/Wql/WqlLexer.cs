using System.Globalization;
using System.Text;
using ExchangeVirt.HyperV.Cim;

namespace ExchangeVirt.HyperV.Simulator.Wql;

/// <summary>The kinds of token.</summary>
internal enum WqlTokenKind
{
    Word,
    Text,
    Number,
    Symbol,
    End,
}

/// <summary>One token: a word as written, text without its quotes and escapes, a number, or a symbol.</summary>
internal readonly record struct WqlToken(WqlTokenKind Kind, string Text, object? Value, int Position)
{
    /// <summary>Says whether the token is this keyword, in any case.</summary>
    public bool Is(string keyword) =>
        Kind is WqlTokenKind.Word && string.Equals(Text, keyword, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Cuts WQL text into tokens.</summary>
/// <remarks>Source: https://learn.microsoft.com/windows/win32/wmisdk/querying-with-wql</remarks>
internal static class WqlLexer
{
    /// <summary>Cuts the text.</summary>
    /// <exception cref="CimException">With <see cref="CimError.InvalidQuery"/>.</exception>
    public static List<WqlToken> Tokens(string wql)
    {
        var tokens = new List<WqlToken>();
        var at = 0;
        while (at < wql.Length)
        {
            var c = wql[at];
            if (char.IsWhiteSpace(c))
            {
                at++;
            }
            else if (char.IsAsciiLetter(c) || c == '_')
            {
                var start = at;
                while (at < wql.Length && (char.IsAsciiLetterOrDigit(wql[at]) || wql[at] is '_' or '.'))
                {
                    at++;
                }

                tokens.Add(new(WqlTokenKind.Word, wql[start..at], null, start));
            }
            else if (char.IsAsciiDigit(c) || (c is '-' or '+' && at + 1 < wql.Length && char.IsAsciiDigit(wql[at + 1])))
            {
                tokens.Add(Number(wql, ref at));
            }
            else if (c is '\'' or '"')
            {
                tokens.Add(Text(wql, ref at));
            }
            else
            {
                tokens.Add(Symbol(wql, ref at));
            }
        }

        tokens.Add(new(WqlTokenKind.End, "the end", null, wql.Length));
        return tokens;
    }

    private static WqlToken Number(string wql, ref int at)
    {
        var start = at++;
        while (at < wql.Length && (char.IsAsciiDigit(wql[at]) || wql[at] == '.'))
        {
            at++;
        }

        var text = wql[start..at];
        if (decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, null, out var value))
        {
            return new(WqlTokenKind.Number, text, value, start);
        }

        throw Refused(wql, start, $"'{text}' is no number");
    }

    private static WqlToken Text(string wql, ref int at)
    {
        var start = at;
        var quote = wql[at++];
        var text = new StringBuilder();
        while (at < wql.Length && wql[at] != quote)
        {
            if (wql[at] == '\\')
            {
                at++;
                if (at >= wql.Length || wql[at] is not ('\\' or '\'' or '"'))
                {
                    throw Refused(wql, at, @"a backslash in text must be doubled or stand before a quote");
                }
            }

            text.Append(wql[at++]);
        }

        if (at >= wql.Length)
        {
            throw Refused(wql, start, "the text is not closed");
        }

        at++;
        return new(WqlTokenKind.Text, text.ToString(), text.ToString(), start);
    }

    private static WqlToken Symbol(string wql, ref int at)
    {
        var start = at;
        var two = at + 1 < wql.Length ? wql.Substring(at, 2) : "";
        if (two is "<>" or "!=" or "<=" or ">=")
        {
            at += 2;
            return new(WqlTokenKind.Symbol, two, null, start);
        }

        if (wql[at] is '=' or '<' or '>' or '(' or ')' or ',' or '*')
        {
            at++;
            return new(WqlTokenKind.Symbol, wql[start].ToString(), null, start);
        }

        throw Refused(wql, start, $"'{wql[at]}' is not expected");
    }

    /// <summary>Makes the refusal.</summary>
    public static CimException Refused(string wql, int position, string why) =>
        new(CimError.InvalidQuery, $"Invalid query at character {position + 1}: {why}. Query: {wql}");
}
