"""Our IRIs on the web: a way to the best document, and a document in every format."""

import json

import pytest
from flask.testing import FlaskClient
from pyoxigraph import DefaultGraph, NamedNode, Quad, parse

from iqgraph.dataset import Dataset
from iqgraph.engine.neighbourhood import BOOKKEEPING
from iqgraph.formats import JSON_LD, N_QUADS, RDF_FORMATS, TRIG, Format
from iqgraph.terms import BASE, ID, IQ, SKOS

PATHS = [
    "id/involas",
    "concept/explicit",
    "passage/11-jahre-iq/S24",
    "graph/11-jahre-iq/S24",
    "graph/derived",
    "graph/derived/11-jahre-iq",
    "graph/meta",
]


def quads(client: FlaskClient, path: str, form: Format) -> list[Quad]:
    """What a document says."""
    response = client.get(f"/{path}.{form.extension}")
    assert response.status_code == 200
    assert response.content_type.partition(";")[0] == form.media_type
    return list(parse(response.data, form.rdf))


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("accept", "extension"),
    [
        (None, "ttl"),
        ("text/html,*/*;q=0.8", "html"),
        ("application/ld+json", "jsonld"),
        ("application/rdf+xml", "rdf"),
        ("application/n-triples", "nt"),
        ("application/trig", "trig"),
    ],
)
def test_see_other(client: FlaskClient, path: str, accept: str | None, extension: str) -> None:
    """The address of a thing leads to a document about it, by Accept."""
    response = client.get(f"/{path}", headers={"Accept": accept} if accept else {})

    assert response.status_code == 303
    assert response.headers["Location"] == f"/{path}.{extension}"
    assert set(response.vary) == {"Accept"}


@pytest.mark.sample(10)
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("form", RDF_FORMATS, ids=lambda form: str(form.extension))
def test_documents(client: FlaskClient, path: str, form: Format) -> None:
    """Each form of a document is well formed and about the thing."""
    said = quads(client, path, form)

    assert said
    assert path.startswith("graph/") or any(NamedNode(BASE + path) in quad for quad in said)


@pytest.mark.sample(4)
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("lang", ["de", "en"])
def test_pages(client: FlaskClient, path: str, lang: str) -> None:
    """Each thing has a page in both languages."""
    response = client.get(f"/{path}.html?lang={lang}")

    assert response.status_code == 200
    assert f"<code>{BASE}{path}</code>" in response.text


def test_a_document_tells_statements_labels_and_what_points_here(client: FlaskClient, dataset: Dataset) -> None:
    """Enough to make a page of it without asking again."""
    said = {quad.triple for quad in quads(client, "id/involas", RDF_FORMATS[0])}
    own = {quad.triple for quad in dataset.store.quads_for_pattern(ID.involas, None, None)}
    incoming = {triple for triple in said if triple.object == ID.involas and triple.predicate not in BOOKKEEPING}

    assert own <= said
    assert IQ.roleHolder in {triple.predicate for triple in incoming}
    assert {(t.subject, t.predicate) for t in said} >= {(triple.subject, SKOS.prefLabel) for triple in incoming}


@pytest.mark.parametrize("form", [TRIG, N_QUADS, JSON_LD], ids=lambda form: str(form.extension))
def test_the_graphs_of_a_document(client: FlaskClient, form: Format) -> None:
    """Where the format has graphs, each statement stands in the ones that make it, and in the default graph."""
    triples = {quad.triple for quad in quads(client, "id/involas", RDF_FORMATS[0])}
    every = quads(client, "id/involas", form)
    plain = {quad.triple for quad in every if isinstance(quad.graph_name, DefaultGraph)}
    named = [quad for quad in every if isinstance(quad.graph_name, NamedNode)]

    assert {quad.triple for quad in named} == plain == triples
    assert any(str(quad.graph_name).startswith(f"<{BASE}graph/11-jahre-iq/S") for quad in named)


def test_a_passage_brings_its_parts(client: FlaskClient) -> None:
    """Offsets and checksum come with the passage, because they have no address of their own."""
    said = {
        quad.predicate.value.rpartition("#")[2] for quad in quads(client, "passage/11-jahre-iq/S24", RDF_FORMATS[0])
    }

    assert {"start", "end", "checksumValue"} <= said


def test_a_graph_says_its_statements(client: FlaskClient, dataset: Dataset) -> None:
    """The document of a graph holds all that the graph says."""
    said = {quad.triple for quad in quads(client, "graph/11-jahre-iq/S24", RDF_FORMATS[0])}

    assert set(dataset.triples(NamedNode(f"{BASE}graph/11-jahre-iq/S24"))) <= said


def test_the_page_shows_evidence(client: FlaskClient) -> None:
    """Statements lead to their passages; derived ones say from where they follow."""
    page = client.get("/id/involas.html").text

    assert '<a class="mark explicit" href="/passage/11-jahre-iq/S' in page
    assert '<a class="mark derived" href="/passage/11-jahre-iq/S' in page


@pytest.mark.parametrize(
    "path", ["/id/involass", "/id/involass.ttl", "/id/involas.doc", "/id/a%20b", "/graph/x/y", "/rule/x"]
)
def test_unknown(client: FlaskClient, path: str) -> None:
    """What is not there is a problem."""
    response = client.get(path)

    assert response.status_code == 404
    assert response.content_type == "application/problem+json"


def test_unknown_names_what_is_near(client: FlaskClient) -> None:
    """A slip of the pen finds its way."""
    assert json.loads(client.get("/id/involass").data)["nearest"][0] == "/id/involas"


@pytest.mark.parametrize("name", ["ontology", "shapes"])
def test_vocabularies(client: FlaskClient, name: str) -> None:
    """Page or RDF at one address, and each at its own."""
    page = client.get(f"/{name}", headers={"Accept": "text/html"})
    turtle = client.get(f"/{name}")

    assert page.content_type == "text/html; charset=utf-8"
    assert page.headers["Content-Location"] == f"/{name}.html"
    assert turtle.headers["Content-Location"] == f"/{name}.ttl"
    assert "Accept" in turtle.headers["Vary"]
    assert turtle.data == client.get(f"/{name}.ttl").data == client.get(f"/download/{name}.ttl").data
    assert client.get(f"/{name}.xyz").status_code == 404


def test_terms_have_anchors(client: FlaskClient) -> None:
    """The address of a term, behind its hash, is a place on the page."""
    assert 'id="Passage"' in client.get("/ontology.html").text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("graph/official/netzwerk-iq", "graph/source/netzwerk-iq"),
        ("id/feg-networking-task", "id/feg-networking"),
        ("id/moab-renaming", "id/moab-transformation"),
    ],
)
@pytest.mark.parametrize("ending", ["", ".html", ".ttl?lang=de"])
def test_old_address(client: FlaskClient, old: str, new: str, ending: str) -> None:
    """It leads to the new one for good, in every form, and there is something."""
    response = client.get(f"/{old}{ending}")

    assert response.status_code == 301
    assert response.headers["Location"] == f"/{new}{ending}"
    assert client.get(f"/{new}{ending}").status_code in (200, 303)


def test_old_address_of_nothing(client: FlaskClient) -> None:
    """It leads nowhere."""
    assert client.get("/graph/official/nothing").status_code == 404


def test_old_iri_is_described(client: FlaskClient) -> None:
    """Whoever has the old IRI in a file gets the same document as by the new one."""
    old, new = (client.get(f"/describe.nt?uri={BASE}graph/{name}/netzwerk-iq") for name in ("official", "source"))

    assert (old.status_code, old.data) == (200, new.data)


def test_concept_that_went_says_what_came(client: FlaskClient) -> None:
    """It is still described, as deprecated."""
    assert b"other-source" in client.get("/concept/official.nt").data
