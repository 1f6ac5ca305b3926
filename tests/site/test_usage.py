"""The use of terms: counts, an example with its passage, queries and rules."""

import pytest
from pyoxigraph import Literal, NamedNode

from iqgraph.dataset import Dataset
from iqgraph.reference.usage import count, example, terms_in_query, terms_in_rule, usage_query, with_prefixes
from iqgraph.resources import derivation_rules, packaged
from iqgraph.terms import CONCEPT, ID, IQ, ONTOLOGY, OWL, RDF, RDFS, SKOS, XSD, is_derived

EXAMPLES = [
    (IQ.Offer, OWL.Class, ["S13"]),
    (IQ.roleHolder, OWL.ObjectProperty, ["S02"]),
    (IQ.coordinates, OWL.ObjectProperty, []),  # derived
    (IQ.acronym, OWL.DatatypeProperty, ["S02"]),
    (CONCEPT.coordination, SKOS.Concept, ["S02"]),
    (IQ.nutsCode, RDFS.Datatype, []),  # from another source
    (CONCEPT.theme, SKOS.ConceptScheme, []),
]


@pytest.mark.parametrize(("term", "kind", "passages"), EXAMPLES)
def test_example(dataset: Dataset, term: NamedNode, kind: NamedNode, passages: list[str]) -> None:
    """The first use in the document, in the graph of its passage."""
    statement = example(dataset, term, kind)

    assert statement
    assert [passage.value.rpartition("/")[2] for passage in dataset.passages(statement.graph_name)] == passages
    assert statement in dataset.store


def test_no_example(dataset: Dataset) -> None:
    """A concept that only groups narrower ones has none."""
    assert example(dataset, CONCEPT["official-source"], SKOS.Concept) is None


def test_count_by_kind(dataset: Dataset) -> None:
    """Members of a class, statements with a property, values of a datatype, statements about a concept."""
    codes = {t for t in dataset.triples() if isinstance(t.object, Literal) and t.object.datatype == IQ.agsCode}
    statements = {t for t in dataset.triples() if t.predicate == IQ.roleHolder}
    narrower = {t for t in dataset.triples() if t.object == CONCEPT.funding and t.predicate != SKOS.broader}

    assert count(dataset, usage_query(IQ.Passage, OWL.Class)) == len(dataset.subjects(RDF.type, IQ.Passage)) >= 50
    assert count(dataset, usage_query(IQ.roleHolder, OWL.ObjectProperty)) == len(statements)
    assert count(dataset, usage_query(IQ.agsCode, RDFS.Datatype)) == len(codes) >= 16
    assert count(dataset, usage_query(CONCEPT.funding, SKOS.Concept)) == len(
        {t for t in narrower if t.predicate != RDF.object}
    )


def test_queries_declare_their_prefixes() -> None:
    """It declares the prefixes that it needs, sorted, and no others."""
    query = usage_query(CONCEPT.funding, SKOS.Concept)

    assert [line.split()[1] for line in query.splitlines() if line.startswith("PREFIX")] == [
        "concept:",
        "rdf:",
        "skos:",
    ]
    assert with_prefixes("ASK { <http://a.example/x> a <https://b.example/> }").startswith("\nASK")


def test_terms_in_query() -> None:
    """Names and prefixes count, comments do not."""
    query = "# iq:Task\nPREFIX iq: <https://w3id.org/iq-hessen/ontology#>\nSELECT * { ?s a iq:Offer ; xx:y 1 }"

    assert IQ.Offer in terms_in_query(query)
    assert terms_in_query(query).isdisjoint({IQ.Task, XSD.integer})


def test_terms_in_rule(dataset: Dataset) -> None:
    """The terms of the conclusions of a rule, not those of its conditions."""
    rules = {rule.slug: terms_in_rule(dataset, rule) for rule in derivation_rules(packaged())}

    assert {IQ.coordinatedBy, IQ.coordinates} <= rules["coordinated-by"]
    assert IQ.roleHolder not in rules["coordinated-by"]
    assert IQ.TimeSpan in rules["super-classes"]


def test_examples_are_not_from_the_ontology(dataset: Dataset) -> None:
    """Statements of the ontology about a term are no example of its use."""
    for term, kind in ((IQ.Offer, OWL.Class), (CONCEPT.coordination, SKOS.Concept)):
        statement = example(dataset, term, kind)
        assert statement
        assert statement.graph_name != ONTOLOGY
        assert not is_derived(statement.graph_name)
        assert statement.subject in ID
