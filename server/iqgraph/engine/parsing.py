"""Reading a query without asking it: whether it is one, and where it has to be answered.

A query that goes to an engine elsewhere is read here first, by the parser of the engine at home, so that mistakes are
explained in the same words everywhere. It happens in a worker, as evaluating does: a text can be long, or nested so
deeply that the parser breaks.
"""

from contextlib import suppress
from typing import Any

from pyoxigraph import Store

from ..terms import BASE
from .graphs import scope
from .query import Query

HERE, STATED, RELATIVE = b"here", b"stated", b"relative"
# The library parses first and looks at the graphs then; what is no list of graphs keeps it from evaluating.
_NO_GRAPHS: Any = 0


def where(query: Query) -> bytes:
    """Words about a query: HERE alone if only the engine at home answers it as we promise.

    Else STATED if it chooses its graphs, and RELATIVE if it has IRIs that our base completes. HERE are DESCRIBE, whose
    answer SPARQL leaves to the service, and several default graphs, which many engines join without taking out the
    statements that are in two of them. A text that is no query is a SyntaxError, a graph that is no IRI a
    GraphNameError.
    """
    _parse(query.text, BASE)
    nothing = Store()
    seen = scope(nothing, query)
    if query.form == "DESCRIBE" or seen.store is not nothing:
        return HERE
    stated = seen.default is not None or seen.stated is not None
    return b" ".join(word for word, holds in ((STATED, stated), (RELATIVE, _is_relative(query.text))) if holds)


def _parse(text: str, base: str | None) -> None:
    with suppress(TypeError):
        Store().query(text, base_iri=base, named_graphs=_NO_GRAPHS)


def _is_relative(text: str) -> bool:
    try:
        _parse(text, None)
    except SyntaxError:
        return True
    return False
