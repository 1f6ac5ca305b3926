"""The ontology as OWL 2 DL: each term has one kind, without any other ontology."""

from collections import defaultdict

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from iqgraph.dataset import Dataset
from iqgraph.release.release import declarations
from iqgraph.terms import DCTERMS, IQ, ONTOLOGY, OWL, RDF, RDFS, SCHEMA, SKOS, XSD, Namespace

ORG = Namespace("http://www.w3.org/ns/org#")
PROPERTIES = {OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty}
TYPES = {OWL.Class, RDFS.Datatype}
BUILT_IN = (RDF, RDFS, OWL, XSD)
# The datatypes of https://www.w3.org/TR/owl2-syntax/#Datatype_Maps in use, and two more of XML Schema: the days in the
# header, as DCMI requires them, and the range of a dimension, as IC-4 of the Data Cube requires it.
DATATYPES = {XSD[name] for name in ("anyURI", "boolean", "decimal", "hexBinary", "integer", "string")} | {
    RDF.langString,
    XSD.date,
    XSD.gYear,
}


@pytest.fixture(scope="module")
def ontology(dataset: Dataset) -> list[Triple]:
    """The published ontology, with the declarations."""
    triples = list(dataset.triples(ONTOLOGY))
    return [*triples, *declarations(triples)]


@pytest.fixture(scope="module")
def kinds(ontology: list[Triple]) -> dict[object, set[object]]:
    """The kinds that each term is declared as."""
    types: dict[object, set[object]] = defaultdict(set)
    for triple in ontology:
        if triple.predicate == RDF.type and triple.object in PROPERTIES | TYPES:
            types[triple.subject].add(triple.object)
    return types


def is_built_in(term: object) -> bool:
    """Whether the term is one of RDF, RDFS, OWL or XSD."""
    return any(term in namespace for namespace in BUILT_IN)


def test_no_ontology_is_imported(ontology: list[Triple]) -> None:
    """It can be loaded by itself."""
    assert OWL.imports not in {triple.predicate for triple in ontology}


def test_each_property_is_of_one_kind(ontology: list[Triple], kinds: dict[object, set[object]]) -> None:
    """An object, datatype or annotation property, whether it is a predicate or part of an axiom."""
    terms: set[object] = {triple.predicate for triple in ontology}
    terms |= {term for one in ontology if one.predicate == RDFS.subPropertyOf for term in (one.subject, one.object)}

    assert [term for term in terms if not is_built_in(term) and len(kinds[term] & PROPERTIES) != 1] == []


def test_each_class_and_datatype_is_declared(ontology: list[Triple], kinds: dict[object, set[object]]) -> None:
    """Each object that must be a class or a datatype is one of them, and not both."""
    places = {RDF.type, RDFS.domain, RDFS.range, RDFS.subClassOf}
    terms = {triple.object for triple in ontology if triple.predicate in places}

    assert [term for term in terms if not is_built_in(term) and len(kinds[term] & TYPES) != 1] == []


@pytest.mark.parametrize("predicate", [RDFS.subPropertyOf, OWL.inverseOf], ids=str)
def test_related_properties_are_of_one_kind(
    ontology: list[Triple], kinds: dict[object, set[object]], predicate: NamedNode
) -> None:
    """A property and its superproperty or inverse."""
    pairs = [(one.subject, one.object) for one in ontology if one.predicate == predicate]

    assert pairs
    assert [pair for pair in pairs if kinds[pair[0]] != kinds[pair[1]]] == []


def test_ranges_fit_the_kind_of_property(ontology: list[Triple], kinds: dict[object, set[object]]) -> None:
    """Object properties lead to classes, datatype properties to datatypes."""
    ranges = [(one.subject, one.object) for one in ontology if one.predicate == RDFS.range]
    wrong = [
        (prop, value)
        for prop, value in ranges
        if (OWL.DatatypeProperty in kinds[prop]) != (value in DATATYPES or RDFS.Datatype in kinds[value])
    ]

    assert wrong == []


def test_values_have_datatypes_that_owl_knows(ontology: list[Triple], kinds: dict[object, set[object]]) -> None:
    """Each is in the datatype map or declared."""
    datatypes = {triple.object.datatype for triple in ontology if isinstance(triple.object, Literal)}

    assert {one for one in datatypes if one not in DATATYPES and RDFS.Datatype not in kinds[one]} == set()


@pytest.mark.parametrize(
    ("statement", "term", "kind"),
    [
        (Triple(IQ.Choir, RDFS.subClassOf, ORG.Organization), ORG.Organization, OWL.Class),
        (Triple(IQ.leads, RDFS.subPropertyOf, SCHEMA.member), SCHEMA.member, OWL.ObjectProperty),
        (Triple(IQ.name, RDFS.subPropertyOf, SKOS.altLabel), SKOS.altLabel, OWL.DatatypeProperty),
        (Triple(IQ.leads, SKOS.definition, Literal("heads")), SKOS.definition, OWL.AnnotationProperty),
        (Triple(IQ.leads, DCTERMS.isReplacedBy, IQ.heads), DCTERMS.isReplacedBy, OWL.AnnotationProperty),
    ],
    ids=["above a class", "above an object property", "above a datatype property", "about a term", "to a term"],
)
def test_use_determines_the_kind(statement: Triple, term: NamedNode, kind: NamedNode) -> None:
    """A term of another vocabulary gets the kind of its use; ours are not declared again."""
    ours = [Triple(IQ.leads, RDF.type, OWL.ObjectProperty), Triple(IQ.name, RDF.type, OWL.DatatypeProperty)]
    triples = list(declarations([*ours, statement]))

    assert Triple(term, RDF.type, kind) in triples
    assert IQ.leads not in {triple.subject for triple in triples}
