"""Declarations of the terms of others, as a reasoner needs them who loads nothing but our ontology.

OWL 2 DL wants each class and property declared as one kind, or imported with its own ontology:
https://www.w3.org/TR/owl2-syntax/#Typing_Constraints_of_OWL_2_DL
We import none, since whoever loads ours would load dozens of others.
"""

from collections.abc import Collection, Iterator

from pyoxigraph import NamedNode, Triple

from ..terms import OWL, RDF, RDFS, XSD

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
