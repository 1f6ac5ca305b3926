"""Catalogue and VoID on the web: page or RDF at one address, each form at its own, licence and true addresses."""

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
from iqgraph.terms import BASE, DCAT, DCTERMS, VOID
from iqgraph.web import create_app
from visits import Visits, problem, site_of

CC0 = '<https://creativecommons.org/publicdomain/zero/1.0/>; rel="license"'
CC_BY = '<https://creativecommons.org/licenses/by/4.0/>; rel="license"'
ABOUT = {"catalog": NamedNode(f"{BASE}catalog"), "void": NamedNode(f"{BASE}void")}
BROWSER = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A site with somebody's file."""
    return site_of(
        tmp_path_factory.mktemp("plain"), "@prefix dcat: <http://a.example/> . dcat:s a dcat:C ; dcat:p 1, 2 ."
    )


def quads(data: bytes, form: Format) -> set[Quad]:
    """What a document says."""
    return set(parse(data, form.rdf))


@pytest.mark.parametrize("name", ABOUT)
@pytest.mark.parametrize("form", RDF_FORMATS, ids=lambda form: str(form.extension))
def test_forms(client: FlaskClient, name: str, form: Format) -> None:
    """Each form says the same, and is what Accept gets at the bare address."""
    fixed = client.get(f"/{name}.{form.extension}")
    chosen = client.get(f"/{name}", headers={"Accept": form.media_type})
    said = quads(fixed.data, form)

    assert fixed.status_code == chosen.status_code == 200
    assert fixed.content_type.partition(";")[0] == form.media_type
    assert chosen.data == fixed.data
    assert chosen.headers["Content-Location"] == f"/{name}.{form.extension}"
    assert "Accept" in chosen.headers["Vary"]
    assert said == quads(client.get(f"/{name}.nt").data, RDF_FORMATS[1])
    assert ABOUT[name] in {quad.subject for quad in said}
    assert CC0.partition(">")[0] in fixed.headers["Link"]
    assert 'rel="license"' in fixed.headers["Link"]


@pytest.mark.parametrize("path", ["/catalog", "/void", "/version", "/ontology", "/id/involas"])
def test_turtle_is_for_people(visits: Visits, path: str) -> None:
    """No term of a vocabulary that has a prefix is written out; prefixes are sorted, and those that are needed."""
    turtle = visits.follow(path, "text/turtle").text
    text, prefixes = re.sub(r"(?m)^@prefix.*$", "", turtle), re.findall(r"(?m)^@prefix ([\w-]*):", turtle)

    assert prefixes == sorted(set(prefixes))
    assert [one for one in prefixes if not re.search(rf"(?<![\w-]){one}:\w", text)] == []
    assert re.findall(r"\w+:\w+ ", text)
    assert re.findall(r"(?m)^\s*<http://(?:purl\.org/dc/terms|www\.w3\.org)/[^>]*> .*$", text) == []


def test_well_known(client: FlaskClient) -> None:
    """Where crawlers look there is the description itself, and where else it is."""
    response = client.get("/.well-known/void")

    assert response.status_code == 200
    assert response.data == client.get("/void.ttl").data
    assert response.headers["Content-Location"] == "/void.ttl"


@pytest.mark.parametrize("extension", ["html", *(form.extension for form in RDF_FORMATS)])
def test_the_iri_of_the_data_with_the_name_of_a_form(client: FlaskClient, extension: str) -> None:
    """Each form has a fixed address, as with any other IRI."""
    response = client.get(f"/dataset.{extension}")

    assert (response.status_code, response.headers["Location"]) == (303, f"/catalog.{extension}")


def test_parts_of_the_catalogue_stand_where_their_iris_lead(client: FlaskClient) -> None:
    """A distribution or checksum is described by the document that its IRI without the fragment leads to."""
    said = quads(client.get("/catalog.nt").data, RDF_FORMATS[1])
    parts = {quad.subject.value for quad in said if isinstance(quad.subject, NamedNode) and "#" in quad.subject.value}
    documents = {part.removeprefix(BASE).partition("#")[0] for part in parts if part.startswith(BASE)}

    assert documents == {"catalog", "dataset"}


def test_addresses_are_those_of_the_call(client: FlaskClient) -> None:
    """Host and path as the client called them; the IRIs stay."""
    said = client.get("/catalog.ttl", base_url="https://kg.example", environ_overrides={"SCRIPT_NAME": "/kg"}).text

    assert "dcat:endpointURL <https://kg.example/kg/sparql>" in said
    assert "<https://kg.example/kg/download/iq-hessen.ttl.gz>" in said
    assert f"<{BASE}catalog> a dcat:Catalog" in said


@pytest.mark.parametrize("host", ["a b", "a{b}<c>", 'a"b'])
@pytest.mark.parametrize("path", ["/catalog.ttl", "/void", "/sitemap.xml", "/robots.txt", "/sparql?format=ttl"])
def test_a_host_that_is_none(client: FlaskClient, path: str, host: str) -> None:
    """No address can be made of it, so the request is refused."""
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
    """For people: version, makers, period, licences, and the files and numbers behind a link."""
    page = client.get("/catalog.html?lang=de").text

    assert all(part in page for part in (f"<code>{BASE}dataset</code>", "2005", "2025", "CC0 1.0", "CC BY 4.0"))
    assert 'href="/void' in page
    assert 'href="/download/' in page
    assert BUNDLED.description
    assert page.partition("<main")[2].count(BUNDLED.description.de) == 1
    assert "Textstelle</a>" in client.get("/void.html?lang=de").text


@pytest.mark.parametrize("path", ["/", "/sparql", "/validation", "/id/involas.html", "/problem/internal", "/nowhere"])
def test_licence_on_every_page(client: FlaskClient, path: str) -> None:
    """The foot of each page says under which terms data, words and program are, and how to cite."""
    foot = client.get(path, headers=BROWSER).text.partition("<footer")[2]

    for part in ("CC0 1.0", "CC BY 4.0", "Apache 2.0", 'href="/cite"', 'href="/catalog"'):
        assert part in foot


def test_the_publisher_is_named(letter: Dataset) -> None:
    """Who runs the site can say so."""
    settings = Settings(publisher="Amt für Daten", contact="mailto:daten@amt.example")
    site = create_app(letter, files=Files(()), settings=settings).test_client()

    assert 'foaf:name "Amt für Daten"' in site.get("/catalog.ttl").text
    assert "vcard:hasEmail <mailto:daten@amt.example>" in site.get("/catalog.ttl").text
    assert 'href="mailto:daten@amt.example"' in site.get("/catalog.html").text


def test_others(plain: FlaskClient) -> None:
    """Somebody's files are described at this address, with nothing of ours and no licence."""
    said = quads(plain.get("/catalog.ttl", base_url="http://a.example").data, RDF_FORMATS[0])
    counted = quads(plain.get("/void.ttl", base_url="http://a.example").data, RDF_FORMATS[0])
    data = NamedNode("http://a.example/dataset")

    assert DCTERMS.license not in {quad.predicate for quad in said | counted}
    assert {quad.object for quad in counted if quad.predicate == VOID.sparqlEndpoint} == {
        NamedNode("http://a.example/sparql")
    }
    assert data in {quad.object for quad in said if quad.predicate == DCAT.servesDataset}
    assert "w3id.org/iq-hessen" not in plain.get("/catalog.ttl").text + plain.get("/void.ttl").text
    assert "license" not in plain.get("/catalog.ttl").headers["Link"]
    assert "Link" not in plain.head("/download/a.nt").headers


def test_numbers_of_large_files_are_asked_for_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Millions of somebody's statements are not counted in a request."""
    monkeypatch.setattr("iqgraph.web.catalogue.MAX_COUNTED_STATEMENTS", 0)
    client = site_of(tmp_path, "<x:a> <x:b> <x:c> .\n", "a.nt")

    assert problem(client.get("/void")) == (422, "too-much")
