"""The graphs that come from no source: what they are is said wherever they are met."""

import re
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from iqgraph.dataset import Dataset
from iqgraph.dataset.passages import read_tables
from iqgraph.dataset.profile import BUILTIN_GRAPHS, about
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
    """A graph has its name from the data, or from here; none is left without."""
    nameless = {graph for graph in dataset.graphs() if not dataset.values(graph, RDFS.label)}

    assert nameless == set(GRAPHS)
    assert all(about(dataset.store, graph) for graph in GRAPHS)


@pytest.mark.parametrize("graph", GRAPHS, ids=str)
def test_the_document_says_what_the_graph_is(client: FlaskClient, dataset: Dataset, graph: NamedNode) -> None:
    """Name and description in both languages, what it is part of, and how large it is."""
    response = client.get(f"/{graph.value.removeprefix(BASE)}.nt")
    said = [quad for quad in parse(response.data, RdfFormat.N_TRIPLES) if quad.subject == graph]
    told = {(quad.predicate, quad.object) for quad in said}

    assert {one.language for predicate, one in told if predicate == RDFS.label} == {"de", "en"}
    assert {one.language for name, one in told if name == DCTERMS.description} == {"de", "en"}
    assert (DCTERMS.isPartOf, DATASET) in told
    assert (VOID.triples, Literal(dataset.size(graph))) in told


@pytest.mark.parametrize(("lang", "title"), [("de", "Beschreibung der Graphen"), ("en", "Description of the graphs")])
def test_the_page_calls_it_by_its_name(client: FlaskClient, lang: str, title: str) -> None:
    """The page of graph/meta tells a reader what it is before it lists what it holds."""
    page = client.get(f"/graph/meta.html?lang={lang}").text

    assert re.search(rf"<h1[^>]*>{title}</h1>", page)
    assert BUILTIN_GRAPHS[META].description.say(lang) in page.partition("<table")[0]


def test_downloads_say_what_the_file_holds(client: FlaskClient, dataset: Dataset) -> None:
    """Not by the name of the first passage that something follows from."""
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
    """It calls each of them by its name in both languages."""
    found = client.get("/sparql?format=ttl", headers={"Accept": "text/turtle"}).text

    for known in BUILTIN_GRAPHS.values():
        assert f'"{known.title.de}"@de' in found
        assert f'"{known.title.en}"@en' in found


@pytest.mark.parametrize(("path", "word"), [("/graph/11-jahre-iq/S24", "editors"), ("/concept/explicit", "ontology")])
def test_what_no_passage_says_is_not_marked_as_if_one_did(client: FlaskClient, path: str, word: str) -> None:
    """Bookkeeping and ontology are the editors' work."""
    page = client.get(f"{path}.html?lang=en").text

    assert f">{word}</a>" in page
    assert 'class="mark editorial"' in page
    assert not re.search(rf'class="mark explicit"[^>]*>{word}<', page)


@pytest.mark.parametrize("path", ["/sparql", "/ontology"])
def test_a_pattern_asks_the_document_and_what_follows_from_it(client: FlaskClient, dataset: Dataset, path: str) -> None:
    """As the page has it for each: the graphs of its passages and of what follows from them, each statement once."""
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
