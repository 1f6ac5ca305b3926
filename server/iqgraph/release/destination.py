"""The destination of a push: another engine, and how its graphs are listed, read and replaced.

Graphs are read and replaced with the SPARQL 1.1 Graph Store HTTP Protocol, and listed with a query. If there is an
update endpoint, they are replaced all at once, since a SPARQL 1.1 Update request is one transaction.
"""

from base64 import b64decode
from collections.abc import Iterable, Mapping
from dataclasses import replace
from urllib.parse import quote, urlencode
from urllib.request import AbstractDigestAuthHandler, HTTPPasswordMgrWithDefaultRealm, parse_http_list, parse_keqv_list
from urllib.request import Request as UrllibRequest

from pyoxigraph import DefaultGraph, NamedNode, QuerySolutions, Triple, parse, parse_query_results

from ..bilingual import Text, sentences
from ..client import NoReply, Reply, Request, Server
from ..errors import CallError
from ..formats import JSON, TURTLE, URLENCODED
from ..serialisation import n_triples

Name = NamedNode | DefaultGraph
Graphs = Mapping[Name, frozenset[Triple]]

TIMEOUT_SECONDS = 300.0  # engines respond to a large write only when it is on disk
MAX_REPLY_BYTES = 1 << 30
# Graph Store HTTP Protocol, sections 5.3 and 5.4
SUCCESS = (200, 201, 204)
DENIED = (401, 403)
QUERY, UPDATE = Text(de="die Abfrage", en="the query"), Text(de="die Änderung", en="the update")
DENIAL = Text(
    de="Darf dort geschrieben werden, und stimmen --user und das Passwort?",
    en="Is it open for writing, and are --user and the password right?",
)
# The end of the URL of a graph store, and what replaces it in those of the query and update endpoints. Virtuoso does
# not execute an update as one transaction, so its update endpoint is of no use here.
ENDPOINTS: Mapping[str, tuple[str, str | None]] = {
    "/store": ("/query", "/update"),  # Oxigraph
    "/data": ("/query", "/update"),  # Fuseki
    # https://rdf4j.org/documentation/reference/rest-api/
    "/rdf-graphs/service": ("", "/statements"),  # RDF4J, GraphDB
    "/sparql-graph-crud": ("/sparql", None),  # Virtuoso
    "/sparql-graph-crud-auth": ("/sparql", None),
}


class Destination:
    """An engine by its graph store; its other endpoints are given, or follow from the URL if the engine is known."""

    def __init__(self, store: Server, query: str | None = None, update: str | None = None) -> None:
        default_query, default_update = _endpoints(store.url)
        self.store = store
        self.query = Server(query or default_query or store.url, store.credentials)
        update = update or default_update
        self.update = Server(update, store.credentials) if update else None
        self.uses_digest = False

    def names(self, prefix: str) -> list[NamedNode]:
        """The names of the graphs that begin with a prefix."""
        text = f'SELECT DISTINCT ?g {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), "{prefix}")) }}'
        headers = {"Accept": JSON.media_type, "Content-Type": URLENCODED}
        reply = self._send(self.query, Request("POST", headers, urlencode({"query": text}).encode()), QUERY)
        try:
            results = parse_query_results(reply.body, JSON.results)
            terms = [row[0] for row in results] if isinstance(results, QuerySolutions) else []
        except (SyntaxError, ValueError) as error:
            raise CallError(
                de=f"{self.query.url}: Diese Adresse beantwortet keine Abfragen; nennen Sie die andere mit --query.",
                en=f"{self.query.url}: this is no query endpoint; give its URL with --query.",
            ) from error
        return [name for name in terms if isinstance(name, NamedNode)]

    def read(self, name: Name) -> frozenset[Triple]:
        """The triples of a graph; none if there is no graph of this name."""
        request = Request("GET", {"Accept": TURTLE.media_type}, b"", _parameter(name))
        reply = self._send(self.store, request, _phrase(name), (404,))
        if reply.status == 404:
            return frozenset()
        try:
            return frozenset(quad.triple for quad in parse(reply.body, TURTLE.rdf))
        except SyntaxError as error:
            raise CallError(
                de=f"{self.store.url}: Was für {_phrase(name).de} zurückkommt, ist kein Turtle: {error}.",
                en=f"{self.store.url}: the reply for {_phrase(name).en} is not Turtle: {error}.",
            ) from error

    def replace(self, graphs: Graphs) -> None:
        """Replace graphs, and remove those without triples, in one transaction if there is an update endpoint."""
        if self.update:
            body = "".join(_replacement(name, triples) for name, triples in graphs.items()).encode()
            self._send(self.update, Request("POST", {"Content-Type": "application/sparql-update"}, body), UPDATE)
            return
        for name, triples in graphs.items():
            if triples:
                # N-Triples are Turtle, which every engine reads.
                request = Request("PUT", {"Content-Type": TURTLE.media_type}, n_triples(triples), _parameter(name))
                self._send(self.store, request, _phrase(name))
            else:
                self._send(self.store, Request("DELETE", {}, b"", _parameter(name)), _phrase(name), (404,))

    def _send(self, server: Server, request: Request, object_: Text, allowed_statuses: tuple[int, ...] = ()) -> Reply:
        """The reply to a request; a CallError if its status is neither success nor allowed."""
        try:
            reply = self._send_authenticated(server, request)
        except NoReply as error:
            raise CallError(
                de=f"{server.url}: {error} ({object_.de}).", en=f"{server.url}: {error} ({object_.en})."
            ) from error
        if reply.status in (*SUCCESS, *allowed_statuses):
            return reply
        body = f": {reply.text.rstrip('.')}" if reply.text else ""
        status = f"{server.url}: {reply.status} {reply.reason}"
        message = Text(de=f"{status} ({object_.de}){body}.", en=f"{status} for {object_.en}{body}.")
        raise CallError(sentences(message, DENIAL if reply.status in DENIED else None))

    def _send_authenticated(self, server: Server, request: Request) -> Reply:
        if not self.uses_digest:
            reply = server.send(request, TIMEOUT_SECONDS, MAX_REPLY_BYTES)
            if reply.status != 401 or not server.credentials:
                return reply
        # Some servers send a challenge only to requests without credentials, and close the connection on a large body.
        challenge = Server(server.url).send(Request("GET", {}, b"", request.query), TIMEOUT_SECONDS, MAX_REPLY_BYTES)
        header = _authorization(server, request, challenge.headers.get("www-authenticate", ""))
        self.uses_digest = bool(header)
        return server.send(replace(request, headers={**request.headers, **header}), TIMEOUT_SECONDS, MAX_REPLY_BYTES)


def _endpoints(url: str) -> tuple[str | None, str | None]:
    """The query and update endpoints of a known engine by the URL of its graph store."""
    store = url.partition("?")[0]
    for end, (query, update) in ENDPOINTS.items():
        if store.endswith(end):
            base = store.removesuffix(end)
            return base + query, None if update is None else base + update
    return None, None


def _replacement(name: Name, triples: Iterable[Triple]) -> str:
    body = n_triples(triples).decode()
    # SILENT, since a store may refuse to drop a graph that does not exist (SPARQL 1.1 Update, section 3.2.2).
    if isinstance(name, DefaultGraph):
        return f"CLEAR SILENT DEFAULT ;\nINSERT DATA {{\n{body}}} ;\n"
    return f"DROP SILENT GRAPH {name} ;\n" + (f"INSERT DATA {{ GRAPH {name} {{\n{body}}} }} ;\n" if body else "")


def _parameter(name: Name) -> str:
    return "default" if isinstance(name, DefaultGraph) else f"graph={quote(name.value, safe='')}"


def _phrase(name: Name) -> Text:
    if isinstance(name, DefaultGraph):
        return Text(de="den Standardgraphen", en="the default graph")
    return Text(de=f"den Graphen {name.value}", en=f"graph {name.value}")


def _authorization(server: Server, request: Request, challenge: str) -> dict[str, str]:
    """The Authorization header for a digest challenge (RFC 7616); empty for another scheme or an unknown algorithm."""
    scheme, _, parameters = challenge.partition(" ")
    own_scheme, _, token = server.credentials.get("Authorization", "").partition(" ")
    if scheme.lower() != "digest" or own_scheme != "Basic":
        return {}
    user, _, password = b64decode(token).decode().partition(":")
    passwords = HTTPPasswordMgrWithDefaultRealm()
    passwords.add_password(None, server.url, user, password)
    full_request = UrllibRequest(server.address(request), method=request.method)  # noqa: S310 - the address was checked
    try:
        directives = parse_keqv_list([*filter(None, parse_http_list(parameters))])
        credentials = AbstractDigestAuthHandler(passwords).get_authorization(full_request, directives)
    except (ValueError, KeyError):  # an unknown algorithm
        return {}
    return {"Authorization": f"Digest {credentials}"} if credentials else {}
