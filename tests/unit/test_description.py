"""The service description: it is true of the running endpoint, and complete."""

from collections import Counter

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from iqgraph.dataset import UNION, Dataset
from iqgraph.engine.description import SD, service_description
from iqgraph.formats import FORMATS
from iqgraph.terms import FORMAT, PARTITIONS, PREFIXES, RDF, SH, VOID

ENDPOINT = "https://data.example/sparql"


@pytest.fixture(scope="module")
def triples(dataset: Dataset) -> list[Triple]:
    """The description of the endpoint of the bundled dataset."""
    return service_description(dataset, ENDPOINT)


def objects(triples: list[Triple], predicate: NamedNode, subject: NamedNode | None = None) -> list[str]:
    """The objects of a predicate, of all subjects or of one."""
    terms = [t.object for t in triples if t.predicate == predicate and subject in (None, t.subject)]
    return [one.value for one in terms if isinstance(one, NamedNode | Literal)]


def test_formats(triples: list[Triple]) -> None:
    """Each output format with an IRI of W3C; tables for offices have none."""
    assert len(objects(triples, SD.resultFormat)) == len([format for format in FORMATS if format.content != "table"])
    assert {FORMAT.Turtle.value, FORMAT.SPARQL_Results_JSON.value} < set(objects(triples, SD.resultFormat))


def test_prefixes(triples: list[Triple], dataset: Dataset) -> None:
    """All prefixes, those of another document too, declared as in SHACL."""
    declarations = dict(zip(objects(triples, SH.prefix), objects(triples, SH.namespace), strict=True))

    assert declarations == dataset.prefixes
    assert declarations.keys() - PREFIXES.keys() == {"g-fresko-2025", "p-fresko-2025"}
    assert len(objects(triples, SH.declare, NamedNode(f"{ENDPOINT}#service"))) == len(declarations)


def test_each_graph_is_counted(triples: list[Triple], dataset: Dataset) -> None:
    """Each named graph with its name and its number of statements; the default graph counts each statement once."""
    sizes = {}
    for triple in triples:
        if triple.predicate == SD.name:
            content = objects(triples, SD.graph, triple.subject)[0]  # type: ignore[arg-type]
            sizes[triple.object] = int(objects(triples, VOID.triples, NamedNode(content))[0])
    counts = Counter(quad.graph_name for quad in dataset.store if quad.graph_name != UNION)

    assert sizes == counts
    assert int(objects(triples, VOID.triples, NamedNode(f"{ENDPOINT}#default-graph"))[0]) == len(set(dataset.triples()))


def test_each_node_has_a_type(triples: list[Triple]) -> None:
    """No node of the endpoint is without one."""
    subjects = {triple.subject for triple in triples if triple.predicate == RDF.type}

    assert {triple.subject for triple in triples if str(triple.subject).startswith(f"<{ENDPOINT}")} == subjects


def test_partitions(triples: list[Triple], dataset: Dataset) -> None:
    """Those of the data are repeated, but not its prefixes."""
    expected = {triple for triple in dataset.triples(PARTITIONS) if triple.predicate in (VOID["class"], VOID.property)}

    assert expected <= set(triples)
    assert len(objects(triples, SH.namespace)) == len(dataset.prefixes)
