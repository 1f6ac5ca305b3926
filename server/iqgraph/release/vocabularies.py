"""The vocabularies as files: the ontology, for reasoners who load nothing else, and the shapes.

OWL 2 DL wants each class and property declared as one kind, or imported with its own ontology:
https://www.w3.org/TR/owl2-syntax/#Typing_Constraints_of_OWL_2_DL
We import none, since whoever loads ours would load dozens of others.
"""

from collections.abc import Collection, Iterator

from pyoxigraph import Literal, NamedNode, Triple

from ..bilingual import describe
from ..dataset import Dataset
from ..dataset.profile import RULES
from ..dataset.reading import read
from ..formats import TURTLE
from ..resources import Sources, rdf_files
from ..serialisation import serialise
from ..terms import DCTERMS, ONTOLOGY, OWL, RDF, RDFS, SHAPES, VOCABULARY, XSD
from ..validation.seals import digest
from .dumps import header, in_turtle

RULEBOOK = NamedNode(SHAPES.iri.removesuffix("#"))
BUILT_IN = (RDF, RDFS, OWL, XSD)
KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, RDFS.Datatype)
LEADS_TO_CLASS = {RDF.type, RDFS.domain, RDFS.range, RDFS.subClassOf}


def declarations(ontology: Collection[Triple]) -> Iterator[Triple]:
    """Of each term that an ontology uses without saying what it is: the kind that its use makes it.

    What stands above a property is of its kind, what things and properties lead to a class; with any other property,
    the ontology says something about a term or a concept, so it is an annotation.
    """
    stated = [(one.subject, one.object) for one in ontology if one.predicate == RDF.type and one.object in KINDS]
    kinds: dict[object, NamedNode] = {term: kind for term, kind in stated if isinstance(kind, NamedNode)}
    found: dict[NamedNode, NamedNode] = {}
    for triple in ontology:
        value = triple.object
        if not isinstance(value, NamedNode):
            continue
        if triple.predicate in LEADS_TO_CLASS:
            found[value] = OWL.Class
        elif triple.predicate == RDFS.subPropertyOf:
            found[value] = kinds[triple.subject]
    for triple in ontology:
        found.setdefault(triple.predicate, OWL.AnnotationProperty)
    for term, kind in found.items():
        if term not in kinds and not any(term in namespace for namespace in BUILT_IN):
            yield Triple(term, RDF.type, kind)


def ontology(dataset: Dataset) -> bytes:
    """The ontology, and which kinds of terms those of others are that it uses."""
    stated = list(dataset.triples(ONTOLOGY))
    triples = [*stated, *declarations(stated)]
    head = header(dataset, VOCABULARY, digest=digest(triples))
    return in_turtle(head) + serialise(triples, TURTLE, dataset.prefixes)


def shapes(dataset: Dataset, sources: Sources) -> bytes:
    """The shapes of all files as one.

    They are no part of the dataset, so the file says itself what it is, with version and licence of the ontology.
    """
    licence, version = (
        tuple(one for one in dataset.values(VOCABULARY, predicate) if isinstance(one, NamedNode | Literal))
        for predicate in (DCTERMS.license, OWL.versionInfo)
    )
    description = describe(
        RULEBOOK,
        (RDF.type, OWL.Ontology),
        (DCTERMS.title, RULES.title),
        (DCTERMS.description, RULES.description),
        (DCTERMS.isPartOf, VOCABULARY),
        (DCTERMS.license, licence),
        (OWL.versionInfo, version),
    )
    triples = (quad.triple for file in rdf_files(sources.shapes, "shapes") for quad in read(file).quads)
    head = header(dataset, VOCABULARY, ("Shapes", RULEBOOK), titles=RULES.title)
    return in_turtle(head) + serialise([*description, *triples], TURTLE)
