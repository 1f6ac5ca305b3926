"""A query on its way out: the request of the SPARQL 1.1 Protocol that an endpoint elsewhere gets."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from ...client import Request
from ...formats import JSON, N_TRIPLES, TRIG, TURTLE, Format
from ..query import Query

FORM = "application/x-www-form-urlencoded"


def accepted(chosen: Format) -> tuple[Format, ...]:
    """The formats from which an answer in the chosen one can be made, the best first.

    Every engine writes these. In RDF/XML some cannot write each property, CSV and TSV could end after any line, and
    JSON-LD may lead to a context elsewhere.
    """
    if chosen.kind == "results":
        return (JSON,)
    return (TURTLE, N_TRIPLES) if chosen in (TURTLE, TRIG) else (N_TRIPLES, TURTLE)


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
        form.media_type + (f";q={1 - number / 10:g}" if number else "") for number, form in enumerate(accepted(chosen))
    )
    body = urlencode([*fields, *parameters], errors="replace").encode()
    return Request("POST", {"Accept": accept, "Content-Type": FORM, **(headers or {})}, body)
