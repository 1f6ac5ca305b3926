"""The service description: what is true of the endpoint that runs, and nothing else."""

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
    """The description of the bundled dataset's endpoint."""
    return service_description(dataset, ENDPOINT)


def objects(triples: list[Triple], predicate: NamedNode, subject: NamedNode | None = None) -> list[str]:
    """What is said with a predicate."""
    found = [t.object for t in triples if t.predicate == predicate and subject in (None, t.subject)]
    return [one.value for one in found if isinstance(one, NamedNode | Literal)]


def test_formats(triples: list[Triple]) -> None:
    """Each format that a query can be answered in and that W3C has a name for; it has none for tables of offices."""
    assert len(objects(triples, SD.resultFormat)) == len([form for form in FORMATS if form.kind != "table"])
    assert {FORMAT.Turtle.value, FORMAT.SPARQL_Results_JSON.value} < set(objects(triples, SD.resultFormat))


def test_prefixes(triples: list[Triple], dataset: Dataset) -> None:
    """All prefixes, those of a further document too, declared as in SHACL."""
    declared = dict(zip(objects(triples, SH.prefix), objects(triples, SH.namespace), strict=True))

    assert declared == dataset.prefixes
    assert declared.keys() - PREFIXES.keys() == {"g-fresko-2025", "p-fresko-2025"}
    assert len(objects(triples, SH.declare, NamedNode(f"{ENDPOINT}#service"))) == len(declared)


def test_each_graph_is_counted(triples: list[Triple], dataset: Dataset) -> None:
    """Each named graph with its name and its statements; the default graph counts each statement once."""
    told = {}
    for triple in triples:
        if triple.predicate == SD.name:
            content = objects(triples, SD.graph, triple.subject)[0]  # type: ignore[arg-type]
            told[triple.object] = int(objects(triples, VOID.triples, NamedNode(content))[0])
    counted = Counter(quad.graph_name for quad in dataset.store if quad.graph_name != UNION)

    assert told == counted
    assert int(objects(triples, VOID.triples, NamedNode(f"{ENDPOINT}#default-graph"))[0]) == len(set(dataset.triples()))


def test_each_node_has_a_type(triples: list[Triple]) -> None:
    """Nothing of the endpoint is mentioned without being said what it is."""
    typed = {triple.subject for triple in triples if triple.predicate == RDF.type}

    assert {triple.subject for triple in triples if str(triple.subject).startswith(f"<{ENDPOINT}")} == typed


def test_what_the_data_says_of_its_classes(triples: list[Triple], dataset: Dataset) -> None:
    """It is told here too, but the prefixes once."""
    held = {triple for triple in dataset.triples(PARTITIONS) if triple.predicate in (VOID["class"], VOID.property)}

    assert held <= set(triples)
    assert len(objects(triples, SH.namespace)) == len(dataset.prefixes)
