"""One door for writing RDF: equal data gives equal bytes in every format."""

from collections.abc import Iterable, Mapping

from pyoxigraph import Quad, RdfFormat, Triple, serialize

from .. import formats
from ..bilingual import Text
from ..errors import Inexpressible
from ..terms import PREFIXES, RDF
from .jsonld import jsonld, nested
from .markup import obstacle, whole
from .turtle import Graphs, Names, order, trig, turtle


def lack(triples: Iterable[Triple], form: formats.Format) -> Text | None:
    """Why the format cannot say one of the triples; None if it can say them all."""
    if form.rdf == RdfFormat.JSON_LD:
        return nested(triples)
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
        return whole(serialize(ordered, format=form.rdf, prefixes=_used(ordered, prefixes)) or b"")
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
