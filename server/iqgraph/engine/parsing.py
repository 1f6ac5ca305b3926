"""Reading a query without asking it: whether it is one, and where it has to be answered.

A query that goes to an engine elsewhere is read here first, by the parser of the engine at home, so that mistakes are
explained in the same words everywhere. It happens in a worker, as evaluating does: a text can be long, or nested so
deeply that the parser breaks.
"""

from contextlib import suppress
from typing import Any

from pyoxigraph import Store

from .graphs import scope
from .query import Query

HERE, STATED, PLAIN = b"here", b"stated", b"plain"
# The library parses first and looks at the graphs then; what is no list of graphs keeps it from evaluating.
_NO_GRAPHS: Any = 0


def where(query: Query) -> bytes:
    """HERE if only the engine at home answers it as we promise, else STATED if it chooses its graphs, else PLAIN.

    HERE are DESCRIBE, whose answer SPARQL leaves to the service, and several default graphs, which many engines join
    without taking out the statements that are in two of them. A text that is no query is a SyntaxError, a graph that is
    no IRI a GraphNameError.
    """
    with suppress(TypeError):
        Store().query(query.text, named_graphs=_NO_GRAPHS)
    nothing = Store()
    seen = scope(nothing, query)
    if query.form == "DESCRIBE" or seen.store is not nothing:
        return HERE
    return STATED if seen.default is not None or seen.stated is not None else PLAIN
