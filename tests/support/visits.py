"""The answers of a site in this process to GET, cached for many tests."""

import json
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from iqgraph.dataset import load_plain
from iqgraph.web import create_app
from iqgraph.web.guide.api import Address
from tiny import put

Draw = Callable[[Iterable[str]], list[str]]
HTML = "text/html"
MAX_REDIRECTS = 5


def asking(query: str) -> str:
    """The path of the page that answers a query."""
    return f"/sparql?query={quote(query)}"


IQ = "https://w3id.org/iq-hessen/ontology#"
ROWS = f"SELECT ?thing (COUNT(*) AS ?n) {{ ?thing a <{IQ}Offer> ; ?property ?value }} GROUP BY ?thing"
KINDS = {
    "start": "/",
    "about": "/about",
    "how-to": "/how-to",
    "python": "/how-to/python",
    "r": "/how-to/r",
    "spreadsheet": "/how-to/spreadsheet",
    "linking": "/how-to/linking",
    "api": "/how-to/api",
    "agents": "/how-to/agents",
    "contribute": "/how-to/contribute",
    "older-explore": "/version/0.1.0/explore?q=pflege",
    "older-document": "/version/0.1.0/document/11-jahre-iq",
    "slip": asking(f"SELECT * {{ ?x <{IQ}coordinats> ?y }}"),
    "explore": "/explore?q=beratung",
    "search": "/search?q=Anerkennugsberatung",
    "explore-nothing": "/explore?q=nichtdergleichen",
    "document": "/document/11-jahre-iq",
    "query": "/sparql",
    "rows": asking(ROWS),
    "no-rows": asking("SELECT * { ?x <a:b> ?y }"),
    "yes": asking("ASK {}"),
    "graph": asking("DESCRIBE <https://w3id.org/iq-hessen/id/bamf>"),
    "error": asking("SELECT * WHERE { ?a ?b }"),
    "thing": "/id/involas.html",
    "law": "/id/feg.html",
    "concept": "/concept/recognition.html",
    "table": "/explore?kind=offer&column=iq:providedBy",
    "timeline": "/picture/timeline",
    "network": "/picture/network",
    "questions": "/q/",
    "evidence": f"/evidence?query={quote(ROWS)}",
    "changes": "/version/0.4.0..0.5.0.html",
    "passage": "/passage/11-jahre-iq/S24.html",
    "caption": "/passage/11-jahre-iq/S47.html",
    "downloads": "/download/",
    "ontology": "/ontology",
    "shapes": "/shapes",
    "links": "/links",
    "quality": "/quality",
    "validation": "/validation",
    "named-graph": "/graph/11-jahre-iq/S24.html",
    "answer": "/q/who-coordinates-the-network",
    "question": "/query/who-coordinates-the-network.html",
    "catalogue": "/catalog",
    "numbers": "/void",
    "citation": "/cite",
    "versions": "/version/",
    "not-found": "/id/involass.html",
    "no-format": "/id/involas.xlsx",
    "kind": "/problem/not-found",
    "preview": "/reconcile/preview?id=involas",
}


class Visits:
    """The cached answers of a site, below a path if there is one; no test may change an answer."""

    def __init__(self, client: FlaskClient, base: str = "") -> None:
        self.client, self.base = client, base
        self.answers: dict[tuple[str, str], TestResponse] = {}

    def get(self, address: str, accept: str = "*/*") -> TestResponse:
        """The answer at an address."""
        address = address.removeprefix(self.base)
        key = address, accept
        if key not in self.answers:
            below = {"SCRIPT_NAME": self.base}
            self.answers[key] = self.client.get(address, headers={"Accept": accept}, environ_overrides=below)
            self.answers[key].get_data()
            self.answers[key].close()
        return self.answers[key]

    def page(self, path: str, lang: str = "en") -> TestResponse:
        """The page at a path, in a language."""
        return self.get(f"{path}{'&' if '?' in path else '?'}lang={lang}", HTML)

    def follow(self, address: str, accept: str = HTML) -> TestResponse:
        """The answer at an address after redirects."""
        response = self.get(address.partition("#")[0], accept)
        for _ in range(MAX_REDIRECTS):
            if not response.location:
                break
            response = self.get(response.location.partition("#")[0], accept)
        return response

    @cached_property
    def sitemap_paths(self) -> frozenset[str]:
        """The paths of all pages in the sitemap; test_crawl requests each of them."""
        lines = self.get("/sitemap.xml").text.split("<loc>")[1:]
        paths = (urlsplit(line.partition("</loc>")[0]).path for line in lines)
        return frozenset(path.removeprefix(self.base) for path in paths)

    def is_broken(self, address: str) -> bool:
        """Whether a link leads neither to a page of the sitemap nor to an answer."""
        parts = urlsplit(address.removeprefix(self.base))
        is_page = {name for name, _ in parse_qsl(parts.query)} <= {"lang"}
        if is_page and not self.sitemap_paths.isdisjoint((parts.path, f"{parts.path}.html")):
            return False
        return self.follow(address).status_code != 200


def site_of(folder: Path, text: str, name: str = "a.ttl") -> FlaskClient:
    """Write a file into a folder; the site of it."""
    return create_app(load_plain([put(folder, name, text)])).test_client()


def problem(response: TestResponse) -> tuple[int, str]:
    """The status and the kind of a problem (RFC 9457)."""
    assert response.content_type == "application/problem+json", response.content_type
    body = json.loads(response.data)
    assert body["status"] == response.status_code
    return response.status_code, body["type"].rpartition("/")[2]


def examples(address: Address) -> list[str]:
    """The paths of an address with a value for each of their parameters."""
    return [path.format(**{one.name: one.example for one in inside}) for path, inside in address.paths.items()]
