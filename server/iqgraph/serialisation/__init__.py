"""One door for writing RDF: equal data gives equal bytes in every format, or a reason why a format cannot say it."""

import re
from collections.abc import Iterable, Mapping

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, serialize

from .. import formats
from ..bilingual import Text
from ..errors import Inexpressible
from ..terms import PREFIXES, RDF
from .jsonld import NESTED, jsonld
from .turtle import Graphs, Names, order, trig, turtle


def lack(triples: Iterable[Triple], form: formats.Format) -> Text | None:
    """Why the format cannot say one of the triples; None if it can say them all."""
    if form.rdf == RdfFormat.JSON_LD:
        return NESTED if any(isinstance(triple.object, Triple) for triple in triples) else None
    return obstacle(triples) if form.rdf == RdfFormat.RDF_XML else None


def serialise(triples: Iterable[Triple], form: formats.Format, prefixes: Mapping[str, str] = PREFIXES) -> bytes:
    """The triples as one graph; an Inexpressible where the format cannot say one of them."""
    if form.rdf in (RdfFormat.TURTLE, RdfFormat.TRIG):
        return turtle(triples, prefixes).encode()
    if form.rdf == RdfFormat.JSON_LD:
        return jsonld(triples, prefixes).encode()
    ordered = sorted(set(triples), key=order)
    if form.rdf == RdfFormat.RDF_XML:
        if reason := obstacle(ordered):
            raise Inexpressible(reason)
        return escape_xml(serialize(ordered, format=form.rdf, prefixes=_used(ordered, prefixes)) or b"")
    return n_triples(ordered)


def n_triples(triples: Iterable[Triple]) -> bytes:
    """Canonical N-Triples, one line a triple, lines sorted."""
    return _sorted_lines(serialize(triples, format=RdfFormat.N_TRIPLES) or b"")


def serialise_graphs(
    graphs: Graphs,
    form: formats.Format,
    prefixes: Mapping[str, str] = PREFIXES,
    default: Iterable[Triple] = (),
) -> bytes:
    """The named graphs, and what the default graph alone says."""
    if form.rdf == RdfFormat.TRIG:
        return trig(graphs, prefixes, default).encode()
    quads = [Quad(triple.subject, triple.predicate, triple.object) for triple in default]
    quads += [
        Quad(triple.subject, triple.predicate, triple.object, name) for name, triples in graphs for triple in triples
    ]
    return _sorted_lines(serialize(quads, format=RdfFormat.N_QUADS) or b"")


def _used(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> dict[str, str]:
    names = Names(prefixes)
    for triple in triples:
        names.term(triple.object if triple.predicate == RDF.type else triple.predicate)
    return {prefix: prefixes[prefix] for prefix in names.used | {"rdf"} & prefixes.keys()}


def _sorted_lines(text: bytes) -> bytes:
    return b"".join(sorted(set(text.splitlines(keepends=True))))


# A property is written as an element, named by the end of its IRI: https://www.w3.org/TR/xml-names/#NT-NCName
START = (
    "A-Z_a-z\xc0-\xd6\xd8-\xf6\xf8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
NAME = re.compile(rf"[{START}][{START}.0-9\xb7\u0300-\u036f\u203f\u2040-]*$")
# https://www.w3.org/TR/xml/#charsets: these have no escape either.
CONTROL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r")
NO_CHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")
REASON = Text(
    de="XML kann die Steuerzeichen in einem Text nicht schreiben.",
    en="XML has no way to write the control characters in a text.",
)


def obstacle(triples: Iterable[Triple]) -> Text | None:
    """Why RDF/XML cannot say one of the triples; None if it can say them all."""
    named: set[NamedNode] = set()
    for triple in triples:
        if triple.predicate not in named and not NAME.search(triple.predicate.value):
            iri = triple.predicate.value
            return Text(
                de=f"RDF/XML hat keinen Namen für die Eigenschaft {iri}.",
                en=f"RDF/XML has no name for the property {iri}.",
            )
        named.add(triple.predicate)
        if isinstance(triple.object, Triple) and (reason := obstacle([triple.object])):
            return reason
        if isinstance(triple.object, Literal) and CONTROL.search(triple.object.value):
            return REASON
    return None


def escape_xml(content: bytes) -> bytes:
    """XML from which its reader gets each character as it was, carriage returns too, or an Inexpressible."""
    if len(content.translate(None, CONTROLS)) < len(content) or any(one in content for one in NO_CHARACTERS):
        raise Inexpressible(REASON)
    # A reader of XML takes a carriage return for a line feed (https://www.w3.org/TR/xml/#sec-line-ends).
    return content.replace(b"\r", b"&#xD;")
