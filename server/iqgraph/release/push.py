"""Loading the graph into another engine by the SPARQL 1.1 Graph Store HTTP Protocol."""

from collections.abc import Callable
from urllib.parse import quote

from ..client import NoReply, Request, Server
from ..dataset import Dataset
from ..errors import CallError
from ..formats import TURTLE
from ..serialisation import n_triples

PATIENCE = 300.0
DONE = (200, 201, 204)


def push(dataset: Dataset, server: Server, tell: Callable[[str], object], *, union: bool = False) -> None:
    """Put each named graph and, if wanted, the union as the default graph; what was in these graphs is replaced.

    Tells of each graph that is done. The first failure ends it: CallError. To push again is safe.
    """
    for graph in dataset.graphs():
        _put(server, f"graph={quote(graph.value, safe='')}", n_triples(dataset.triples(graph)))
        tell(f"{graph.value}: {dataset.size(graph)} statements")
    if union:
        _put(server, "default", n_triples(dataset.triples()))
        tell(f"the default graph: {dataset.size()} statements")


def _put(server: Server, query: str, content: bytes) -> None:
    # N-Triples is Turtle too, and Turtle is what every engine reads.
    request = Request("PUT", {"Content-Type": TURTLE.media_type}, content, query)
    try:
        reply = server.send(request, PATIENCE)
    except NoReply as error:
        raise CallError(f"{server.url}: {error}.") from error
    if reply.status not in DONE:
        told = f": {reply.text.rstrip('.')}" if reply.text else ""
        raise CallError(f"{server.url}: {reply.status} {reply.reason} for {query}{told}.")
