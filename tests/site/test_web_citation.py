"""Citations on the web: of the data and of one answer, in each format."""

import json
import re

import pytest
from flask.testing import FlaskClient

from iqgraph.dataset import Dataset
from iqgraph.dataset.dataset import canonical_hash
from iqgraph.engine import Query
from iqgraph.engine.evidence import Explainer
from iqgraph.engine.query import RowSelection
from iqgraph.terms import BASE
from iqgraph.web.query.permalinks import pack

ROWS = "SELECT ?s { ?s a <https://w3id.org/iq-hessen/ontology#Offer> } ORDER BY DESC(?s)"
TYPES = {
    "txt": "text/plain; charset=utf-8",
    "bib": "application/x-bibtex",
    "ris": "application/x-research-info-systems",
    "html": "text/html; charset=utf-8",
}


@pytest.mark.parametrize("extension", TYPES)
def test_formats(client: FlaskClient, extension: str) -> None:
    """Each format at its own address, and by Accept at the address without a suffix."""
    fixed = client.get(f"/cite.{extension}")
    negotiated = client.get("/cite", headers={"Accept": TYPES[extension].partition(";")[0]})

    assert fixed.status_code == 200
    assert fixed.content_type == negotiated.content_type == TYPES[extension]
    assert f"{BASE}dataset" in fixed.text
    assert "Accept" in negotiated.headers["Vary"]
    assert 'rel="license"' in fixed.headers["Link"]


def test_a_program_that_takes_anything_gets_text(client: FlaskClient, dataset: Dataset) -> None:
    """One line in each language, with the hash of the data."""
    lines = client.get("/cite").text.splitlines()

    assert len(lines) == 2
    assert all(canonical_hash(dataset) in line for line in lines)


def test_the_graphs_of_a_query_are_cited(client: FlaskClient) -> None:
    """The citation has the graphs and the answer of these."""
    graph = f"{BASE}graph/11-jahre-iq/S24"
    query = {"query": "SELECT * { ?s ?p ?o }", "default-graph-uri": graph}
    of_graph, all_ = (client.get("/cite.bib", query_string=one).text for one in (query, {"query": query["query"]}))

    assert "default-graph-uri=https%3A%2F%2F" in of_graph
    assert re.findall("answer sha256:.{64}", of_graph) != re.findall("answer sha256:.{64}", all_)


DERIVED = "http://www.w3.org/ns/prov#wasDerivedFrom"
COORDINATION = f"SELECT ?o {{ <{BASE}id/network-hessen> <{BASE}ontology#coordinatedBy> ?o }}"
MANY = f"PREFIX : <{BASE}ontology#> SELECT * {{ GRAPH ?g {{ ?s :roleHolder|:roleIn|:roleKind ?o }} ?g <{DERIVED}> ?p }}"


@pytest.mark.parametrize("extension", TYPES)
def test_an_answer_is_cited_with_its_passages(client: FlaskClient, dataset: Dataset, extension: str) -> None:
    """Those that its evidence names, in each format."""
    asked = {"query": COORDINATION}
    [row] = Explainer(dataset.store).explain(Query(COORDINATION), RowSelection())["rows"]
    passages = {passage for witness in row["witnesses"] for passage in witness["passages"]}
    text = client.get(f"/cite.{extension}", query_string=asked).text

    assert passages
    for passage in passages:
        document, _, name = passage.rpartition("/")
        address = f'href="{document.removeprefix(BASE.rstrip("/"))}/{name}'
        assert address in text if extension == "html" else re.search(rf"sources: .*{document}/ .*{name}\b", text)


@pytest.mark.parametrize("query", [COORDINATION, f"CONSTRUCT {{ ?o a <x:y> }} {COORDINATION[9:]}", "ASK { ?s ?p ?o }"])
def test_a_cited_query_is_evaluated_once(client: FlaskClient, query: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its evidence begins with the rows that are known."""
    before = client.get("/cite.txt", query_string={"query": query}).text
    monkeypatch.setattr("iqgraph.engine.evidence.explanation._evaluate", None)

    assert "sources: " in before
    assert client.get("/cite.txt", query_string={"query": query}).text == before


def test_an_answer_is_cited_with_its_sources(client: FlaskClient) -> None:
    """Those of its evidence beside the passages, in the text and as marks, and not the document of the passages."""
    query = f"SELECT ?o {{ <{BASE}id/network-berlin> <https://schema.org/areaServed> ?o }}"
    text, page = (client.get(f"/cite.{format}", query_string={"query": query}).text for format in ("txt", "html"))
    [names] = set(re.findall(rf"; (?:sources: )?{BASE}graph/source/ ([\w, -]+)\]", text))

    assert all(f'href="/graph/source/{name}' in page for name in names.split(", "))


def test_an_address_of_this_machine_is_called_so(client: FlaskClient) -> None:
    """Only the page of a public server has an address that others can open."""
    own, public = (
        client.get("/cite.html", query_string={"query": ROWS, "lang": "en"}, base_url=f"http://{host}").text
        for host in ("localhost:8300", "a.example")
    )

    assert "only opens on this machine" in own
    assert "only opens on this machine" not in public


def test_a_passage_that_only_gives_a_name_is_not_cited(client: FlaskClient) -> None:
    """Passage 2 names whom others state."""
    query = COORDINATION.replace("> ?o", "> ?x . ?x <http://www.w3.org/2004/02/skos/core#prefLabel> ?o")
    text = client.get("/cite.txt", query_string={"query": query}).text

    assert re.search(r"; sources: https://w3id\.org/iq-hessen/passage/11-jahre-iq/ S24, S33[;\]]", text)


def test_an_answer_of_a_version_is_cited_as_that(client: FlaskClient) -> None:
    """With its passages, its year, and an address that leads to it."""
    cited = client.get("/cite?version=0.1.0", headers={"Accept": "text/plain"})
    text = client.get("/version/0.1.0/cite.txt", query_string={"query": COORDINATION}).text
    address = re.search(r"http://localhost(/q/\S+)", text)

    assert cited.location == "/version/0.1.0/cite"
    assert "developers (2026)" in text
    assert f"; sources: {BASE}passage/11-jahre-iq/ S02, " in text
    assert address
    assert client.get(address[1], follow_redirects=True).status_code == 200


def test_many_rows_are_cited_with_the_passages_of_the_first(client: FlaskClient) -> None:
    """As many as an answer's page marks, and the citation says so."""
    assert "; sources of the first 50 rows: https" in client.get("/cite.txt", query_string={"query": MANY}).text


@pytest.mark.parametrize(
    ("query", "words"),
    [(f"DESCRIBE <{BASE}id/involas>", "sources not determined"), ("ASK {}", "no sources")],
)
def test_an_answer_without_passages(client: FlaskClient, query: str, words: str) -> None:
    """The citation says whether there are none, or whether they are not known."""
    assert f"; {words}]" in client.get("/cite.txt", query_string={"query": query}).text


@pytest.mark.parametrize("query", ["SELECT (RAND() AS ?x) {}", "SELECT (NOW() AS ?x) {}", "SELECT (UUID() AS ?x) {}"])
def test_an_answer_that_differs_each_time(client: FlaskClient, query: str) -> None:
    """It has no hash, since nobody could verify it, and no cache keeps it."""
    line, page, german = (
        client.get(f"/cite.{format}", query_string={"query": query, "lang": language})
        for format, language in (("txt", "en"), ("html", "en"), ("html", "de"))
    )

    assert "; answer differs each time, so no hash; sources not determined]" in line.text
    assert line.headers["Cache-Control"] == page.headers["Cache-Control"] == "no-store"
    assert "nobody can verify it" in page.text
    assert "niemand kann sie prüfen" in german.text
    assert "sha256sum" not in page.text


def test_page(client: FlaskClient) -> None:
    """It links to the formats with the same query, and shows how to check the hash."""
    page = client.get("/cite.html", query_string={"query": ROWS, "lang": "de"}).text

    assert 'href="/cite.bib?query=SELECT' in page
    assert "LC_ALL=C sort | sha256sum" in page


@pytest.mark.parametrize(
    ("query", "status", "kind"),
    [
        ("SELECT", 400, "query-syntax"),
        ("INSERT DATA { <urn:a> <urn:b> 1 }", 403, "read-only"),
        ("SELECT * { SERVICE <http://a.example/> { ?s ?p ?o } }", 403, "service"),
    ],
)
def test_no_answer(client: FlaskClient, query: str, status: int, kind: str) -> None:
    """A query that the endpoint refuses has no citation."""
    response = client.get("/cite", query_string={"query": query})

    assert response.status_code == status
    assert json.loads(response.data)["type"].endswith(f"/{kind}")


def test_an_empty_query_is_none(client: FlaskClient) -> None:
    """An empty query parameter cites the data."""
    assert client.get("/cite.txt?query=").text == client.get("/cite.txt").text


def test_a_question_is_cited_by_its_name(client: FlaskClient) -> None:
    """Its short address has version and language, and leads to the query that was cited."""
    answer = client.get("/q/who-funds-the-network?lang=en", headers={"Accept": "text/csv"}).location
    text = client.get(answer.replace("/sparql", "/cite.txt").replace("&lang=en", "")).text
    address = re.search(r"http://localhost(/q/who-funds-the-network\?version=\S+&lang=en)\s", text)

    assert address
    assert client.get(address[1], headers={"Accept": "text/csv"}).location == answer


def test_a_citation_is_pinned(client: FlaskClient) -> None:
    """The address in each format has the version."""
    texts = {extension: client.get(f"/cite.{extension}", query_string={"query": ROWS}).text for extension in TYPES}
    links = {extension: re.search(r"/q/(~[\w-]+)\?version=([\w.%+]+)", text) for extension, text in texts.items()}

    assert {one and one[1] for one in links.values()} == {pack(ROWS)}
    assert len({one[2] for one in links.values() if one}) == 1
