"""A query on its way out: the request of the SPARQL 1.1 Protocol that an endpoint elsewhere gets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from ...client import Request
from ...formats import CSV, JSON, JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TSV, TURTLE, XML, Format
from ..query import Query


@dataclass(frozen=True, slots=True)
class Errand:
    """A query, the format in which its answer is wanted, and whether it has `stated` the graphs that it asks."""

    query: Query
    chosen: Format
    stated: bool = False


FORM = "application/x-www-form-urlencoded"
# In which format an answer is asked for. What can be handed on as it comes is asked for as it is wanted; but tables
# without an end of their own are made from JSON, where half of one is told from a whole, and JSON-LD from N-Triples,
# since JSON-LD may lead to a context elsewhere. So is RDF/XML, in which some engines cannot write each property.
BEST = {CSV: JSON, TSV: JSON, TRIG: TURTLE, N_QUADS: N_TRIPLES, JSON_LD: N_TRIPLES, RDF_XML: N_TRIPLES}
UNDERSTOOD = {"results": (JSON, XML), "graph": (N_TRIPLES, TURTLE, RDF_XML), "dataset": (N_TRIPLES, TURTLE, RDF_XML)}


def accepted(chosen: Format) -> tuple[Format, ...]:
    """The formats from which an answer in the chosen one can be had, the best first."""
    best = BEST.get(chosen, chosen)
    return best, *(one for one in UNDERSTOOD[chosen.kind] if one is not best)


def request(
    query: Query,
    chosen: Format,
    parameters: Iterable[tuple[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> Request:
    """The query as a form: every endpoint understands that, whatever the length."""
    fields = [("query", query.text)]
    fields += [("default-graph-uri", graph) for graph in query.default_graphs]
    fields += [("named-graph-uri", graph) for graph in query.named_graphs]
    accept = ", ".join(
        one.media_type + (f";q={1 - number / 10:g}" if number else "") for number, one in enumerate(accepted(chosen))
    )
    body = urlencode([*fields, *parameters], errors="replace").encode()
    return Request("POST", {"Accept": accept, "Content-Type": FORM, **(headers or {})}, body)
