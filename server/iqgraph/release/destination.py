"""An engine elsewhere that shall hold the data: the doors that it has, and what is read and written through them.

Graphs are read and replaced by the SPARQL 1.1 Graph Store HTTP Protocol, and listed by a query. Where there is a door
for updates, they are replaced all at once: one request of SPARQL 1.1 Update is one transaction.
"""

from base64 import b64decode
from collections.abc import Iterable, Mapping
from dataclasses import replace
from urllib.parse import quote, urlencode
from urllib.request import AbstractDigestAuthHandler, HTTPPasswordMgrWithDefaultRealm, parse_http_list, parse_keqv_list
from urllib.request import Request as UrllibRequest

from pyoxigraph import (
    DefaultGraph,
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)

from ..bilingual import Text, sentences
from ..client import NoReply, Reply, Request, Server
from ..errors import CallError
from ..formats import JSON, TURTLE, URLENCODED
from ..serialisation import n_triples

Name = NamedNode | DefaultGraph
Graphs = Mapping[Name, frozenset[Triple]]

TIMEOUT_SECONDS = 300.0  # engines answer a large write only when it is on their disk
MAX_REPLY_BYTES = 1 << 30
# Graph Store HTTP Protocol, sections 5.3 and 5.4
DONE = (200, 201, 204)
DENIED = (401, 403)
QUERY, UPDATE = Text(de="die Abfrage", en="the query"), Text(de="die Änderung", en="the update")
DENIAL = Text(
    de="Darf dort geschrieben werden, und stimmen --user und das Passwort?",
    en="Is it open for writing, and are --user and the password right?",
)
# How the address of a graph store ends, and what stands there instead for queries and for updates. Virtuoso carries out
# an update statement by statement, so its door for updates is of no use here.
DOORS: Mapping[str, tuple[str, str | None]] = {
    "/store": ("/query", "/update"),  # Oxigraph
    "/data": ("/query", "/update"),  # Fuseki
    # https://rdf4j.org/documentation/reference/rest-api/
    "/rdf-graphs/service": ("", "/statements"),  # RDF4J, GraphDB
    "/sparql-graph-crud": ("/sparql", None),  # Virtuoso
    "/sparql-graph-crud-auth": ("/sparql", None),
}


class Destination:
    """An engine by the address of its graph store; the other doors are known for well-known engines, or given."""

    def __init__(self, store: Server, query: str | None = None, update: str | None = None) -> None:
        known_query, known_update = _doors(store.url)
        self.store = store
        self.query = Server(query or known_query or store.url, store.credentials)
        change = update or known_update
        self.update = Server(change, store.credentials) if change else None
        self.wants_digest = False

    def names(self, beginning: str) -> list[NamedNode]:
        """The named graphs whose names begin like this."""
        text = f'SELECT DISTINCT ?g {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), "{beginning}")) }}'
        headers = {"Accept": JSON.media_type, "Content-Type": URLENCODED}
        reply = self._send(self.query, Request("POST", headers, urlencode({"query": text}).encode()), QUERY)
        try:
            found = parse_query_results(reply.body, QueryResultsFormat.JSON)
            terms = [row[0] for row in found] if isinstance(found, QuerySolutions) else []
        except (SyntaxError, ValueError) as error:
            raise CallError(
                de=f"{self.query.url}: Diese Adresse beantwortet keine Abfragen; nennen Sie die andere mit --query.",
                en=f"{self.query.url}: this answers no queries; name the address that does with --query.",
            ) from error
        return [name for name in terms if isinstance(name, NamedNode)]

    def read(self, name: Name) -> frozenset[Triple]:
        """What a graph holds; nothing if there is none of this name."""
        reply = self._send(
            self.store, Request("GET", {"Accept": TURTLE.media_type}, b"", _chosen(name)), _phrase(name), (404,)
        )
        if reply.status == 404:
            return frozenset()
        try:
            return frozenset(quad.triple for quad in parse(reply.body, RdfFormat.TURTLE))
        except SyntaxError as error:
            raise CallError(
                de=f"{self.store.url}: Was für {_phrase(name).de} zurückkommt, ist kein Turtle: {error}.",
                en=f"{self.store.url}: {_phrase(name).en} comes back as what is no Turtle: {error}.",
            ) from error

    def replace(self, graphs: Graphs) -> None:
        """Replace graphs, and remove those that shall be empty, in one transaction if there is a door for updates."""
        if self.update:
            body = "".join(_replacement(name, triples) for name, triples in graphs.items()).encode()
            self._send(self.update, Request("POST", {"Content-Type": "application/sparql-update"}, body), UPDATE)
            return
        for name, triples in graphs.items():
            if triples:
                # N-Triples is Turtle too, and Turtle is what every engine reads.
                request = Request("PUT", {"Content-Type": TURTLE.media_type}, n_triples(triples), _chosen(name))
                self._send(self.store, request, _phrase(name))
            else:
                self._send(self.store, Request("DELETE", {}, b"", _chosen(name)), _phrase(name), (404,))

    def _send(self, server: Server, request: Request, what: Text, also: tuple[int, ...] = ()) -> Reply:
        try:
            reply = self._asked(server, request)
        except NoReply as error:
            raise CallError(
                de=f"{server.url}: {error} ({what.de}).", en=f"{server.url}: {error} ({what.en})."
            ) from error
        if reply.status in (*DONE, *also):
            return reply
        said = f": {reply.text.rstrip('.')}" if reply.text else ""
        head = f"{server.url}: {reply.status} {reply.reason}"
        answer = Text(de=f"{head} ({what.de}){said}.", en=f"{head} for {what.en}{said}.")
        raise CallError(sentences(answer, DENIAL if reply.status in DENIED else None))

    def _asked(self, server: Server, request: Request) -> Reply:
        if not self.wants_digest:
            reply = server.send(request, TIMEOUT_SECONDS, MAX_REPLY_BYTES)
            if reply.status != 401 or not server.credentials:
                return reply
        # Some tell how they want to be asked only who names nobody, and hang up on a body that comes too early.
        first = Server(server.url).send(Request("GET", {}, b"", request.query), TIMEOUT_SECONDS, MAX_REPLY_BYTES)
        header = _digest(server, request, first.headers.get("www-authenticate", ""))
        self.wants_digest = bool(header)
        return server.send(replace(request, headers={**request.headers, **header}), TIMEOUT_SECONDS, MAX_REPLY_BYTES)


def _doors(url: str) -> tuple[str | None, str | None]:
    address = url.partition("?")[0]
    for end, (query, update) in DOORS.items():
        if address.endswith(end):
            start = address.removesuffix(end)
            return start + query, None if update is None else start + update
    return None, None


def _replacement(name: Name, triples: Iterable[Triple]) -> str:
    body = n_triples(triples).decode()
    # SILENT, since a store may refuse to drop a graph that is not there (SPARQL 1.1 Update, section 3.2.2).
    if isinstance(name, DefaultGraph):
        return f"CLEAR SILENT DEFAULT ;\nINSERT DATA {{\n{body}}} ;\n"
    return f"DROP SILENT GRAPH {name} ;\n" + (f"INSERT DATA {{ GRAPH {name} {{\n{body}}} }} ;\n" if body else "")


def _chosen(name: Name) -> str:
    return "default" if isinstance(name, DefaultGraph) else f"graph={quote(name.value, safe='')}"


def _phrase(name: Name) -> Text:
    if isinstance(name, DefaultGraph):
        return Text(de="den Standardgraphen", en="the default graph")
    return Text(de=f"den Graphen {name.value}", en=f"graph {name.value}")


def _digest(server: Server, request: Request, challenge: str) -> dict[str, str]:
    """The header that answers a challenge (RFC 7616) with the name and password of a server; none if it cannot."""
    kind, _, asked = challenge.partition(" ")
    scheme, _, token = server.credentials.get("Authorization", "").partition(" ")
    if kind.lower() != "digest" or scheme != "Basic":
        return {}
    user, _, password = b64decode(token).decode().partition(":")
    known = HTTPPasswordMgrWithDefaultRealm()
    known.add_password(None, server.url, user, password)
    whole = UrllibRequest(server.address(request), method=request.method)  # noqa: S310 - the address of a server was checked
    try:
        answer = AbstractDigestAuthHandler(known).get_authorization(
            whole, parse_keqv_list([*filter(None, parse_http_list(asked))])
        )
    except (ValueError, KeyError):  # an algorithm that is not known
        return {}
    return {"Authorization": f"Digest {answer}"} if answer else {}
