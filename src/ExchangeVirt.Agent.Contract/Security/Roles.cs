using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace ExchangeVirt.Agent.Contract.Security;

/// <summary>What a client certificate entitles to: a URI among its subject alternative names.</summary>
public static class Roles
{
    /// <summary>Entitles to everything that an agent offers.</summary>
    public const string Operator = "exvirt://operator";

    /// <summary>Entitles to reading alone.</summary>
    public const string Reader = "exvirt://reader";

    private const string SubjectAlternativeNameOid = "2.5.29.17";

    /// <summary>Lists the URIs among a certificate's subject alternative names, without a slash at the end.</summary>
    /// <returns>Empty where there are none, or where the extension cannot be read.</returns>
    /// <remarks>Source: RFC 5280 §4.2.1.6, GeneralName's uniformResourceIdentifier is [6] IA5String.</remarks>
    public static IReadOnlyList<string> UrisOf(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        List<string> uris = [];
        try
        {
            foreach (
                var extension in certificate.Extensions.Where(static one => one.Oid?.Value == SubjectAlternativeNameOid)
            )
            {
                var names = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
                var uri = new Asn1Tag(TagClass.ContextSpecific, 6);
                while (names.HasData)
                {
                    if (names.PeekTag().HasSameClassAndValue(uri))
                    {
                        // Some issuers write an empty path's slash and some do not.
                        uris.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, uri).TrimEnd('/'));
                    }
                    else
                    {
                        names.ReadEncodedValue();
                    }
                }
            }
        }
        catch (AsnContentException)
        {
            // A name that cannot be read entitles to nothing.
            return [];
        }

        return uris;
    }
}
