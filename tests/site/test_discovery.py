"""Files for crawlers: the sitemap with all pages, and robots.txt."""

from pathlib import Path
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode

from iqgraph.dataset import Dataset
from iqgraph.terms import BASE
from visits import site_of

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
HOST = "http://localhost"


def entries(client: FlaskClient, tag: str) -> list[str]:
    """The values of a tag in the sitemap."""
    response = client.get("/sitemap.xml")
    assert response.content_type == "application/xml"
    return [node.text or "" for node in ET.fromstring(response.data).iter(f"{SITEMAP}{tag}")]  # noqa: S314 - ours


def test_every_page_is_listed(client: FlaskClient, dataset: Dataset) -> None:
    """Each thing, concept, passage and graph, once."""
    pages = entries(client, "loc")
    nodes = {triple.subject for triple in dataset.triples()} | set(dataset.graphs())
    kinds = tuple(f"{BASE}{kind}/" for kind in ("id", "concept", "passage", "graph", "rule", "query"))
    ours = {node.value for node in nodes if isinstance(node, NamedNode) and node.value.startswith(kinds)}
    expected = {f"{HOST}/{iri.removeprefix(BASE)}.html" for iri in ours if "#" not in iri}

    assert len(pages) == len(set(pages)) < 50_000
    assert expected <= set(pages)
    assert f"{HOST}/passage/11-jahre-iq/S24.html" in pages


@pytest.mark.parametrize(
    ("path", "is_allowed"),
    [
        ("/", True),
        ("/sparql", True),
        ("/id/involas.html", True),
        ("/sparql?query=ASK%7B%7D", False),
        ("/cite?query=x", False),
        ("/catalog?lang=de", True),
    ],
)
def test_robots(client: FlaskClient, path: str, is_allowed: bool) -> None:
    """Pages are allowed, but not queries, of which there is no end."""
    robots = RobotFileParser()
    robots.parse(client.get("/robots.txt").text.splitlines())

    assert robots.can_fetch("anybot", f"{HOST}{path}") is is_allowed
    assert robots.site_maps() == [f"{HOST}/sitemap.xml"]


def test_others(tmp_path: Path) -> None:
    """A site of other files lists its few pages, without days."""
    plain = site_of(tmp_path, "<http://a.example/s> <http://a.example/p> 1 .")

    own = ("", "catalog", "download/", "how-to", "sparql", "void")
    guides = ("spreadsheet", "r", "api", "agents")
    expected = [*own, *(f"how-to/{guide}" for guide in guides)]

    assert entries(plain, "loc") == [f"{HOST}/{page}" for page in expected]
    assert entries(plain, "lastmod") == []
