"""Catalogue and VoID on the web: page or RDF at one address, each format at its own, licence and addresses."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, Quad, parse

from iqgraph.dataset import Dataset
from iqgraph.dataset.profile import BUNDLED
from iqgraph.formats import RDF_FORMATS, Format
from iqgraph.release.release import Files
from iqgraph.settings import Settings
from iqgraph.terms import BASE
from iqgraph.web import create_app
from visits import Visits, problem, site_of

CC0 = '<https://creativecommons.org/publicdomain/zero/1.0/>; rel="license"'
CC_BY = '<https://creativecommons.org/licenses/by/4.0/>; rel="license"'
ABOUT = {"catalog": NamedNode(f"{BASE}catalog"), "void": NamedNode(f"{BASE}void")}
BROWSER = {"Accept": "text/html"}


def quads(data: bytes, format: Format) -> set[Quad]:
    """The quads of a document."""
    return set(parse(data, format.rdf))


@pytest.mark.parametrize("name", ABOUT)
@pytest.mark.parametrize("format", RDF_FORMATS, ids=lambda format: str(format.extension))
def test_formats(client: FlaskClient, name: str, format: Format) -> None:
    """Each format has the same statements, also by the Accept header at the address without a suffix."""
    fixed = client.get(f"/{name}.{format.extension}")
    negotiated = client.get(f"/{name}", headers={"Accept": format.media_type})
    statements = quads(fixed.data, format)

    assert fixed.status_code == negotiated.status_code == 200
    assert fixed.content_type.partition(";")[0] == format.media_type
    assert negotiated.data == fixed.data
    assert negotiated.headers["Content-Location"] == f"/{name}.{format.extension}"
    assert "Accept" in negotiated.headers["Vary"]
    assert statements == quads(client.get(f"/{name}.nt").data, RDF_FORMATS[1])
    assert ABOUT[name] in {quad.subject for quad in statements}
    assert CC0.partition(">")[0] in fixed.headers["Link"]
    assert 'rel="license"' in fixed.headers["Link"]


@pytest.mark.parametrize("path", ["/catalog", "/void", "/version", "/ontology", "/id/involas"])
def test_turtle_is_for_people(visits: Visits, path: str) -> None:
    """Terms are abbreviated where a prefix exists; only the needed prefixes are declared, sorted."""
    turtle = visits.follow(path, "text/turtle").text
    text, prefixes = re.sub(r"(?m)^@prefix.*$", "", turtle), re.findall(r"(?m)^@prefix ([\w-]*):", turtle)

    assert prefixes == sorted(set(prefixes))
    assert [one for one in prefixes if not re.search(rf"(?<![\w-]){one}:\w", text)] == []
    assert re.findall(r"\w+:\w+ ", text)
    assert re.findall(r"(?m)^\s*<http://(?:purl\.org/dc/terms|www\.w3\.org)/[^>]*> .*$", text) == []


def test_well_known(client: FlaskClient) -> None:
    """The address for crawlers has the description and names its own address."""
    response = client.get("/.well-known/void")

    assert response.status_code == 200
    assert response.data == client.get("/void.ttl").data
    assert response.headers["Content-Location"] == "/void.ttl"


@pytest.mark.parametrize("extension", ["html", *(format.extension for format in RDF_FORMATS)])
def test_the_iri_of_the_data_with_a_suffix(client: FlaskClient, extension: str) -> None:
    """It leads to the catalogue in that format."""
    response = client.get(f"/dataset.{extension}")

    assert (response.status_code, response.headers["Location"]) == (303, f"/catalog.{extension}")


def test_parts_of_the_catalogue_are_in_the_documents_of_their_iris(client: FlaskClient) -> None:
    """The IRI of a distribution or checksum without its fragment is that of its document."""
    graph = quads(client.get("/catalog.nt").data, RDF_FORMATS[1])
    parts = {quad.subject.value for quad in graph if isinstance(quad.subject, NamedNode) and "#" in quad.subject.value}
    documents = {part.removeprefix(BASE).partition("#")[0] for part in parts if part.startswith(BASE)}

    assert documents == {"catalog", "dataset"}


def test_addresses_are_those_of_the_call(client: FlaskClient) -> None:
    """Addresses have host and path of the request; IRIs do not change."""
    turtle = client.get("/catalog.ttl", base_url="https://kg.example", environ_overrides={"SCRIPT_NAME": "/kg"}).text

    assert "dcat:endpointURL <https://kg.example/kg/sparql>" in turtle
    assert "<https://kg.example/kg/download/iq-hessen.ttl.gz>" in turtle
    assert f"<{BASE}catalog> a dcat:Catalog" in turtle


@pytest.mark.parametrize("host", ["a b", "a{b}<c>", 'a"b'])
@pytest.mark.parametrize("path", ["/catalog.ttl", "/void", "/sitemap.xml", "/robots.txt", "/sparql?format=ttl"])
def test_an_invalid_host(client: FlaskClient, path: str, host: str) -> None:
    """No address can be built with it, so the request is refused."""
    assert problem(client.get(path, headers={"Host": host})) == (400, "bad-request")


@pytest.mark.parametrize(
    ("name", "licence"),
    [("iq-hessen.nt", CC0), ("iq-hessen.trig.gz", CC0), ("ontology.ttl", CC_BY), ("shapes.ttl", CC_BY)],
)
def test_licence_of_files(client: FlaskClient, name: str, licence: str) -> None:
    """Each file names its own licence."""
    assert client.head(f"/download/{name}").headers["Link"] == licence


def blocks(page: str) -> list[Any]:
    """The data blocks of a page."""
    return [json.loads(one) for one in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)]


@pytest.mark.parametrize("path", ["/", "/catalog", "/download/"])
@pytest.mark.parametrize(("lang", "name"), [("de", "Wissensgraph IQ Hessen"), ("en", "IQ Hessen Knowledge Graph")])
def test_data_blocks(client: FlaskClient, path: str, lang: str, name: str) -> None:
    """Search engines find the dataset in the pages about it, in the language of the page."""
    (block,) = blocks(client.get(path, query_string={"lang": lang}, headers=BROWSER).text)

    assert block["@context"] == "https://schema.org/"
    assert name in {node["name"] for node in block["@graph"]}


def test_data_block_cannot_end_early(letter: Dataset) -> None:
    """A name with markup stays text."""
    settings = Settings(publisher="</script><script>alert(1)</script>")
    page = create_app(letter, files=Files(()), settings=settings).test_client().get("/catalog", headers=BROWSER).text
    (block,) = blocks(page)

    assert "<script>" not in page
    assert block["@graph"][0]["publisher"]["name"] == "</script><script>alert(1)</script>"


def test_page(client: FlaskClient) -> None:
    """Version, makers, period and licences, with links to files and numbers."""
    page = client.get("/catalog.html?lang=de").text

    assert all(part in page for part in (f"<code>{BASE}dataset</code>", "2005", "2025", "CC0 1.0", "CC BY 4.0"))
    assert 'href="/void' in page
    assert 'href="/download/' in page
    assert BUNDLED.description
    assert page.partition("<main")[2].count(BUNDLED.description.de) == 1
    assert "Textstelle</a>" in client.get("/void.html?lang=de").text


@pytest.mark.parametrize("path", ["/", "/sparql", "/validation", "/id/involas.html", "/problem/internal", "/nowhere"])
def test_licence_on_every_page(client: FlaskClient, path: str) -> None:
    """The footer has the licences of data, texts and program, and links to the citation."""
    foot = client.get(path, headers=BROWSER).text.partition("<footer")[2]

    for part in ("CC0 1.0", "CC BY 4.0", "Apache 2.0", 'href="/cite"', 'href="/catalog"'):
        assert part in foot


def test_the_publisher_is_named(letter: Dataset) -> None:
    """The settings name the publisher and a contact."""
    settings = Settings(publisher="Amt für Daten", contact="mailto:daten@amt.example")
    site = create_app(letter, files=Files(()), settings=settings).test_client()

    assert 'foaf:name "Amt für Daten"' in site.get("/catalog.ttl").text
    assert "vcard:hasEmail <mailto:daten@amt.example>" in site.get("/catalog.ttl").text
    assert 'href="mailto:daten@amt.example"' in site.get("/catalog.html").text


def test_large_files_are_not_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counting millions of statements takes too long for a request."""
    monkeypatch.setattr("iqgraph.dataset.dataset.MAX_LISTED_STATEMENTS", 0)
    client = site_of(tmp_path, "<x:a> <x:b> <x:c> .\n", "a.nt")

    assert problem(client.get("/void")) == (422, "too-much")
