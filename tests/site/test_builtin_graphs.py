"""The built-in graphs: each has a name and a description wherever it appears."""

import re
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from iqgraph.dataset import Dataset
from iqgraph.dataset.passages import read_tables
from iqgraph.dataset.profile import BUILTIN_GRAPHS, description_of
from iqgraph.engine.neighbourhood import name
from iqgraph.resources import packaged
from iqgraph.terms import (
    BASE,
    DATASET,
    DCTERMS,
    DERIVED,
    ID,
    META,
    ONTOLOGY,
    PARTITIONS,
    PREFIXES,
    RDFS,
    VOID,
    derived_graph,
)

DOCUMENTS = [table.document for table in read_tables(packaged())]
GRAPHS = (DERIVED, *(derived_graph(ID[document]) for document in DOCUMENTS), META, ONTOLOGY, PARTITIONS)


def test_each_graph_that_no_file_describes_is_described(dataset: Dataset) -> None:
    """Every graph has a label in the data or in the profile."""
    nameless = {graph for graph in dataset.graphs() if not dataset.values(graph, RDFS.label)}

    assert nameless == set(GRAPHS)
    assert all(description_of(dataset.store, graph) for graph in GRAPHS)


@pytest.mark.parametrize("graph", GRAPHS, ids=str)
def test_the_document_says_what_the_graph_is(client: FlaskClient, dataset: Dataset, graph: NamedNode) -> None:
    """Label and description in both languages, the dataset, and its size."""
    response = client.get(f"/{graph.value.removeprefix(BASE)}.nt")
    statements = [quad for quad in parse(response.data, RdfFormat.N_TRIPLES) if quad.subject == graph]
    pairs = {(quad.predicate, quad.object) for quad in statements}

    assert {one.language for predicate, one in pairs if predicate == RDFS.label} == {"de", "en"}
    assert {one.language for name, one in pairs if name == DCTERMS.description} == {"de", "en"}
    assert (DCTERMS.isPartOf, DATASET) in pairs
    assert (VOID.triples, Literal(dataset.size(graph))) in pairs


@pytest.mark.parametrize(("lang", "title"), [("de", "Beschreibung der Graphen"), ("en", "Description of the graphs")])
def test_the_page_has_the_name_and_the_description(client: FlaskClient, lang: str, title: str) -> None:
    """The description comes before the statements."""
    page = client.get(f"/graph/meta.html?lang={lang}").text

    assert re.search(rf"<h1[^>]*>{title}</h1>", page)
    assert BUILTIN_GRAPHS[META].description.say(lang) in page.partition("<table")[0]


def test_downloads_say_what_the_file_holds(client: FlaskClient, dataset: Dataset) -> None:
    """Derived graphs are named after their documents."""
    page = client.get("/download/?lang=en").text
    rows = dict(re.findall(r">graph/((?:derived/)?[\w-]+)\.ttl</a></td>\s*<td[^>]*>([^<]*)</td>", page))

    assert rows == {
        "derived": "Derived statements",
        **{f"derived/{document}": f"Derived from: {name(dataset, ID[document], 'en')}" for document in DOCUMENTS},
        "meta": "Description of the graphs",
        "ontology": "Ontology, concepts and questions",
        "void": "Classes and properties in numbers",
    }


def test_the_service_description_names_them(client: FlaskClient) -> None:
    """With their titles in both languages."""
    turtle = client.get("/sparql?format=ttl", headers={"Accept": "text/turtle"}).text

    for graph in BUILTIN_GRAPHS.values():
        assert f'"{graph.title.de}"@de' in turtle
        assert f'"{graph.title.en}"@en' in turtle


@pytest.mark.parametrize(("path", "word"), [("/graph/11-jahre-iq/S24", "editors"), ("/concept/explicit", "ontology")])
def test_editorial_statements_have_editorial_marks(client: FlaskClient, path: str, word: str) -> None:
    """Graph metadata and ontology are the editors' work."""
    page = client.get(f"{path}.html?lang=en").text

    assert f">{word}</a>" in page
    assert 'class="mark editorial"' in page
    assert not re.search(rf'class="mark explicit"[^>]*>{word}<', page)


@pytest.mark.parametrize("path", ["/sparql", "/ontology"])
def test_a_pattern_has_the_graphs_of_a_document(client: FlaskClient, dataset: Dataset, path: str) -> None:
    """The pattern on the page matches the passages of a document and its derived graph, each statement once."""
    page = client.get(path, headers={"Accept": "text/html"}).text
    patterns = re.findall(r"<code>(GRAPH \?graph \{ … \}.*?)</code>", page, re.DOTALL)
    prefixes = "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}> " for prefix in ("id", "oa", "prov"))

    for document, pattern in zip(DOCUMENTS, patterns, strict=True):
        where = unescape(pattern).replace("…", "?subject ?predicate ?object")
        answer: Any = dataset.store.query(f"{prefixes}SELECT ?graph WHERE {{ {where} }}")
        rows = [row["graph"] for row in answer]
        passages = {graph for graph in dataset.graphs() if re.search(rf"/{document}/S\d+$", graph.value)}
        assert set(rows) == passages | {derived_graph(ID[document])}
        assert len(rows) == sum(map(dataset.size, set(rows)))
