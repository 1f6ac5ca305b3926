"""Partitions by class and property: each number is that of a query, and the queries of tools have rows."""

from pathlib import Path
from urllib.parse import quote

import pytest
from pyoxigraph import NamedNode

from iqgraph.catalogue.void import count, void
from iqgraph.dataset import Dataset, load_plain
from iqgraph.dataset.partitions import partitions
from iqgraph.terms import IQ, PARTITIONS, PREFIXES, RDF, RDFS, SKOS, VOID, VOID_EXT, XSD
from records import publish, store_of, values
from repository import ROOT
from tiny import put

MAX_STATEMENTS = 2500
# These two are in docs/catalogue.md.
TRIPLES = """SELECT (COUNT(*) AS ?triples) {
  SELECT DISTINCT ?s ?p ?o { GRAPH ?g { ?s ?p ?o } FILTER (?g != graph:void) }
}"""
USES = "SELECT (COUNT(*) AS ?triples) { SELECT DISTINCT ?s ?o { ?s a CLASS ; PROPERTY ?o } }"
PARTITION_QUERY = """SELECT ?class ?entities ?property ?triples {
  ?data void:classPartition ?part . ?part void:class ?class ; void:entities ?entities ; void:propertyPartition ?inner .
  ?inner void:property ?property ; void:triples ?triples .
}"""
TOTALS = """SELECT ?class ?property (COUNT(*) AS ?triples) { ?s a ?class ; ?property ?o } GROUP BY ?class ?property"""
MEMBERS = """SELECT ?class (COUNT(*) AS ?entities) { ?s a ?class } GROUP BY ?class"""
NAMELESS = "SELECT ?part { ?part void:propertyPartition ?inner FILTER NOT EXISTS { ?part void:class ?class } }"
# The queries by which tools complete queries and draw schemas, shortened:
# https://github.com/sib-swiss/sparql-editor/blob/main/packages/sparql-editor/src/metadata.ts and
# https://github.com/sib-swiss/sparql-llm/blob/main/src/sparql_llm/utils.py
SCHEMA = """SELECT DISTINCT ?subjectClass ?prop ?objectClass ?objectDatatype {
  ?cp void:class ?subjectClass ; void:propertyPartition ?pp . ?pp void:property ?prop .
  OPTIONAL {
    { ?pp void:classPartition [ void:class ?objectClass ] }
    UNION { ?pp void-ext:datatypePartition [ void-ext:datatype ?objectDatatype ] }
  }
}"""
PREFIX_QUERY = "SELECT DISTINCT ?prefix ?namespace { [] sh:namespace ?namespace ; sh:prefix ?prefix }"


def rows(dataset: Dataset, query: str) -> set[tuple[str, ...]]:
    """The rows of a query of the default graph, as strings."""
    prefixes = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
    return {tuple(str(getattr(one, "value", one)) for one in row) for row in dataset.rows(prefixes + query)}


def test_the_queries_of_tools_have_rows(dataset: Dataset) -> None:
    """Classes with their properties and the classes and datatypes of the values, and our prefixes."""
    schema = rows(dataset, SCHEMA)

    assert (IQ.Offer.value, IQ.providedBy.value, PREFIXES["org"] + "Organization", "None") in schema
    assert (IQ.CountStatement.value, IQ["count"].value, "None", XSD.integer.value) in schema
    assert rows(dataset, PREFIX_QUERY) == set(dataset.prefixes.items())


def test_every_number_is_that_of_a_query(dataset: Dataset) -> None:
    """All statements about the members of a class count, derived ones too."""
    counts = {(kind, name): total for kind, name, total in rows(dataset, TOTALS)}
    partition_rows = rows(dataset, PARTITION_QUERY)

    assert partition_rows
    assert {(kind, name): total for kind, _, name, total in partition_rows}.items() <= counts.items()
    assert {(kind, total) for kind, total, *_ in partition_rows} <= rows(dataset, MEMBERS)
    assert rows(dataset, NAMELESS) == set()


def test_the_queries_are_documented() -> None:
    """Readers can check each number."""
    text = (ROOT / "docs/catalogue.md").read_text(encoding="utf-8")
    example = USES.replace("CLASS", "iq:Offer").replace("PROPERTY", "iq:providedBy")

    assert TRIPLES in text
    assert example in text


def test_partitions_stay_small(dataset: Dataset) -> None:
    """They are of the most specific classes, and leave out derived types and labels."""
    partition_rows = rows(dataset, PARTITION_QUERY)

    assert dataset.size(PARTITIONS) <= MAX_STATEMENTS
    assert (IQ.Offer.value, RDFS.label.value) not in {(kind, name) for kind, _, name, _ in partition_rows}
    assert RDF.type.value not in {name for *_, name, _ in partition_rows}


def test_in_the_description(dataset: Dataset) -> None:
    """The description includes them, and its counts leave them out, as the documented query does."""
    counts = count(dataset)
    store = store_of(void(publish(dataset, {}), counts, parts=list(dataset.triples(PARTITIONS))))
    part = values(store, NamedNode(f"{PREFIXES['iq'].partition('ontology')[0]}void#class-iq:Offer"), VOID.entities)

    assert part == [str(counts.classes[IQ.Offer])]
    assert rows(dataset, TRIPLES) == {(str(counts.triples),)}
    assert counts.triples < dataset.statements


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        ("<urn:a> a <urn:x/Narrow>, <urn:Wide> . <urn:b> a <urn:Wide> ; <urn:p> 1 .", {"urn:x/Narrow", "urn:Wide"}),
        (f"<urn:a> a <urn:One>, <urn:Two> ; <urn:p> 1 . <urn:One> <{RDFS.subClassOf.value}> <urn:Two> .", {"urn:One"}),
        ("<urn:a> a <urn:One>, <urn:Other> ; <urn:p> 1 .", {"urn:One", "urn:Other"}),
        ("<urn:a> <urn:p> 1 .", set()),
        ("<urn:a> a 'no class' ; <urn:p> 1 .", set()),
    ],
)
def test_the_most_specific_classes(tmp_path: Path, text: str, classes: set[str]) -> None:
    """Of several classes of a thing, those that no other one implies."""
    dataset = load_plain([put(tmp_path, "a.ttl", text)])
    triples = partitions(dataset.store, NamedNode("urn:data"), "urn:", dataset.prefixes)
    objects = {str(triple.object) for triple in triples if str(triple.subject) == "<urn:data>"}

    assert objects == {f"<urn:void#class-{quote(name, safe='')}>" for name in classes}


def test_values(tmp_path: Path) -> None:
    """The partition of a property by datatype and by class of its values."""
    file = put(tmp_path, "a.ttl", '<urn:a> a <urn:C> ; <urn:p> 1, "x"@en, <urn:b>, <urn:unknown> . <urn:b> a <urn:D> .')
    dataset = load_plain([file])
    store = store_of(partitions(dataset.store, NamedNode("urn:data"), "urn:", {"rdf": RDF.iri, "xsd": XSD.iri}))
    part = NamedNode("urn:void#class-urn%3AC-urn%3Ap")

    assert values(store, part, VOID.triples) == ["4"]
    assert values(store, part, VOID.classPartition) == ["urn:void#object-urn%3AD"]
    assert values(store, part, VOID_EXT.datatypePartition) == [
        "urn:void#datatype-rdf:langString",
        "urn:void#datatype-xsd:integer",
    ]
    assert SKOS.prefLabel not in {quad.object for quad in store}
