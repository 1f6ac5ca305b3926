"""The Graph Store HTTP Protocol: graphs can be read one by one, and nothing can be written."""

import json
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, parse

import tiny
from iqgraph.dataset import Dataset, load
from iqgraph.formats import RDF_FORMATS, Format
from iqgraph.terms import BASE
from iqgraph.web import create_app
from visits import problem

S01 = f"{BASE}graph/letter/S01"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """The tiny dataset."""
    return load(sources=tiny.write(tmp_path_factory.mktemp("tiny")))


@pytest.fixture(scope="module")
def client(data: Dataset) -> FlaskClient:
    """Its site."""
    return create_app(data).test_client()


def named(iri: str) -> str:
    """The address of a graph."""
    return f"/graph-store?graph={quote(iri, safe='')}"


def test_named_graph(client: FlaskClient) -> None:
    """What one graph says, and no more."""
    response = client.get(named(S01))

    assert response.content_type == "text/turtle; charset=utf-8"
    assert {quad.subject.value for quad in parse(response.data, RdfFormat.TURTLE)} == {f"{BASE}id/anna"}


@pytest.mark.parametrize("address", ["/graph-store?default", "/graph-store?default=", "/graph-store?default=1"])
def test_default_graph(client: FlaskClient, data: Dataset, address: str) -> None:
    """The default graph is the union."""
    response = client.get(address, headers={"Accept": "application/n-triples"})

    assert len(response.data.splitlines()) == sum(1 for _ in data.triples())


@pytest.mark.parametrize("form", RDF_FORMATS, ids=lambda form: str(form.name))
def test_formats(client: FlaskClient, form: Format) -> None:
    """Each RDF format, by Accept or by name, gives the same statements."""
    asked = client.get(named(S01), headers={"Accept": form.media_type})
    by_name = client.get(f"{named(S01)}&format={form.extension}")

    assert asked.data == by_name.data
    assert len({quad.triple for quad in parse(asked.data, form.rdf)}) == 4
    assert asked.vary.as_set() == {"accept"}


@pytest.mark.parametrize(
    ("address", "status", "kind"),
    [
        ("/graph-store", 400, "bad-request"),
        (f"{named(S01)}&default", 400, "bad-request"),
        (f"{named(S01)}&graph=urn%3Ax", 400, "bad-request"),
        ("/graph-store?graph=", 400, "graph-name"),
        ("/graph-store?graph=letter/S01", 400, "graph-name"),
        ("/graph-store?graph=%3Cscript%3E", 400, "graph-name"),
        (named(f"{BASE}graph/letter/S99"), 404, "not-found"),
        (f"{named(S01)}&format=csv", 406, "not-acceptable"),
    ],
)
def test_wrong_calls(client: FlaskClient, address: str, status: int, kind: str) -> None:
    """Each is told apart."""
    assert problem(client.get(address)) == (status, kind)


def test_nearest_graphs(client: FlaskClient) -> None:
    """Who is wrong by a letter sees the right name."""
    assert S01 in json.loads(client.get(named(f"{BASE}graph/letter/S0l")).data)["nearest"]


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
def test_nothing_is_written(client: FlaskClient, method: str) -> None:
    """Writing is refused with the methods that there are, and a reason."""
    response = client.open(named(S01), method=method, data="<urn:a> <urn:b> <urn:c> .", content_type="text/turtle")

    assert problem(response) == (405, "method")
    assert set(response.allow) == {"GET", "HEAD", "OPTIONS"}
    assert "with a new version only" in json.loads(response.data)["detail"]


def test_head(client: FlaskClient) -> None:
    """HEAD has the headers of GET and no body."""
    got, head = client.get(named(S01)), client.head(named(S01))

    assert head.data == b""
    assert dict(head.headers) == dict(got.headers)
