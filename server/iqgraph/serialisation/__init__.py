"""One door for writing RDF: equal data gives equal bytes, or the reason why a format cannot express it."""

import re
from collections.abc import Iterable, Mapping

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, serialize

from .. import formats
from ..bilingual import Text
from ..errors import Inexpressible
from ..terms import PREFIXES, RDF, Term
from .jsonld import NO_TRIPLE_TERMS, jsonld
from .turtle import Graphs, TermWriter, sort_key, trig, turtle


def limitation(triples: Iterable[Triple], format: formats.Format) -> Text | None:
    """Why the format cannot express one of the triples; None if it can express all."""
    if format.rdf == RdfFormat.JSON_LD:
        return NO_TRIPLE_TERMS if any(isinstance(triple.object, Triple) for triple in triples) else None
    return xml_limitation(triples) if format.rdf == RdfFormat.RDF_XML else None


def serialise(triples: Iterable[Triple], format: formats.Format, prefixes: Mapping[str, str] = PREFIXES) -> bytes:
    """Write the triples as one graph; Inexpressible if the format cannot express one of them."""
    if format.rdf in (RdfFormat.TURTLE, RdfFormat.TRIG):
        return turtle(triples, prefixes).encode()
    if format.rdf == RdfFormat.JSON_LD:
        return jsonld(triples, prefixes).encode()
    if format.rdf != RdfFormat.RDF_XML:
        return n_triples(triples)
    triples = sorted(set(triples), key=sort_key)
    if reason := xml_limitation(triples):
        raise Inexpressible(reason)
    writer = TermWriter(prefixes)
    for triple in triples:
        writer.term(triple.object if triple.predicate == RDF.type else triple.predicate)
    names = writer.used_prefixes | {"rdf"} & prefixes.keys()
    # Parsers know different letters, and names with "xml" are reserved (https://www.w3.org/TR/xml-names/#xmlReserved).
    used_prefixes = {name: prefixes[name] for name in names if name.isascii() and not name.startswith("xml")}
    return escape_xml(serialize(triples, format=format.rdf, prefixes=used_prefixes) or b"")


def n_triples(triples: Iterable[Triple]) -> bytes:
    """Canonical N-Triples: the lines sorted, without duplicates."""
    return _sorted_lines(serialize(triples, format=RdfFormat.N_TRIPLES) or b"")


def serialise_graphs(
    graphs: Graphs, format: formats.Format, prefixes: Mapping[str, str] = PREFIXES, default: Iterable[Triple] = ()
) -> bytes:
    """Write named graphs, and the triples of the default graph, as TriG or canonical N-Quads."""
    if format.rdf == RdfFormat.TRIG:
        return trig(graphs, prefixes, default).encode()
    quads = [Quad(*triple) for triple in default]
    for name, triples in graphs:
        quads += [Quad(triple.subject, triple.predicate, triple.object, name) for triple in triples]
    return _sorted_lines(serialize(quads, format=RdfFormat.N_QUADS) or b"")


def _sorted_lines(text: bytes) -> bytes:
    return b"".join(sorted(set(text.splitlines(keepends=True))))


# A property is written as an element, and so is a subject by its class; such IRIs have to end with an XML name:
# https://www.w3.org/TR/xml-names/#NT-NCName
NAME_START = (
    "A-Z_a-z\xc0-\xd6\xd8-\xf6\xf8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
LOCAL_NAME = re.compile(rf"[{NAME_START}][{NAME_START}.0-9\xb7\u0300-\u036f\u203f\u2040-]*$")
# XML has no escape for these characters: https://www.w3.org/TR/xml/#charsets
CONTROL_CHARACTERS = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
CONTROL_BYTES = bytes(byte for byte in range(32) if byte not in b"\t\n\r")
NONCHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")
NO_CONTROL_CHARACTERS = Text(
    de="XML kann die Steuerzeichen in einem Text nicht schreiben.",
    en="XML cannot express the control characters in a text.",
)


def xml_limitation(triples: Iterable[Triple]) -> Text | None:
    """Why RDF/XML cannot express one of the triples; None if it can express all."""
    checked_names: set[Term] = set()
    for triple in triples:
        name = triple.object if triple.predicate == RDF.type else triple.predicate
        if isinstance(name, NamedNode) and name not in checked_names and not LOCAL_NAME.search(name.value):
            return Text(
                de=f"RDF/XML hat keinen Namen für die Eigenschaft oder Klasse {name.value}.",
                en=f"RDF/XML has no name for the property or class {name.value}.",
            )
        checked_names.add(name)
        if isinstance(triple.object, Triple) and (reason := xml_limitation([triple.object])):
            return reason
        if isinstance(triple.object, Literal) and CONTROL_CHARACTERS.search(triple.object.value):
            return NO_CONTROL_CHARACTERS
    return None


def escape_xml(content: bytes) -> bytes:
    """Escape the carriage returns in XML; Inexpressible if it contains characters that XML cannot express."""
    if len(content.translate(None, CONTROL_BYTES)) < len(content) or any(map(content.__contains__, NONCHARACTERS)):
        raise Inexpressible(NO_CONTROL_CHARACTERS)
    # A parser of XML turns them into line feeds (https://www.w3.org/TR/xml/#sec-line-ends).
    return content.replace(b"\r", b"&#xD;")
