"""The vocabularies as files: the ontology, complete for reasoners, and the shapes.

OWL 2 DL requires a declaration of each class and property, or the import of the ontology that declares it:
https://www.w3.org/TR/owl2-syntax/#Typing_Constraints_of_OWL_2_DL
We import none, since reasoners would have to load dozens.
"""

from collections.abc import Collection, Iterator

from pyoxigraph import NamedNode, Triple

from ..bilingual import describe
from ..dataset import Dataset
from ..dataset.profile import RULES
from ..dataset.reading import read
from ..formats import TURTLE
from ..resources import Sources, rdf_files
from ..serialisation import serialise
from ..terms import DCTERMS, ONTOLOGY, OWL, RDF, RDFS, SHAPES, VOCABULARY, XSD
from ..validation.seals import digest
from .dumps import as_comments, header

SHAPES_GRAPH = NamedNode(SHAPES.iri.removesuffix("#"))
BUILT_IN = (RDF, RDFS, OWL, XSD)
ENTITY_TYPES = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, RDFS.Datatype)
CLASS_VALUED = {RDF.type, RDFS.domain, RDFS.range, RDFS.subClassOf}


def declarations(ontology: Collection[Triple]) -> Iterator[Triple]:
    """The declarations of the terms that an ontology uses without declaring them, inferred from their use.

    A superproperty is of the type of its subproperty, the value of a type, domain or range is a class. Any other
    property is an annotation property, since an ontology makes statements only about terms and concepts.
    """
    typings = ((triple.subject, triple.object) for triple in ontology if triple.predicate == RDF.type)
    explicit_types = {term: type_ for term, type_ in typings if type_ in ENTITY_TYPES and isinstance(type_, NamedNode)}
    inferred_types: dict[NamedNode, NamedNode] = {}
    for triple in ontology:
        value = triple.object
        if not isinstance(value, NamedNode):
            continue
        if triple.predicate in CLASS_VALUED:
            inferred_types[value] = OWL.Class
        elif triple.predicate == RDFS.subPropertyOf:
            inferred_types[value] = explicit_types[triple.subject]
    for triple in ontology:
        inferred_types.setdefault(triple.predicate, OWL.AnnotationProperty)
    for term, type_ in inferred_types.items():
        if term not in explicit_types and not any(term in namespace for namespace in BUILT_IN):
            yield Triple(term, RDF.type, type_)


def ontology(dataset: Dataset) -> bytes:
    """The ontology with declarations of the terms that it reuses."""
    own = list(dataset.triples(ONTOLOGY))
    triples = [*own, *declarations(own)]
    lines = header(dataset, VOCABULARY, digest=digest(triples))
    return as_comments(lines) + serialise(triples, TURTLE, dataset.prefixes)


def shapes(dataset: Dataset, sources: Sources) -> bytes:
    """The shapes of all files as one file.

    Since they are no part of the dataset, the file describes itself, with version and licence of the ontology.
    """
    description = describe(
        SHAPES_GRAPH,
        (RDF.type, OWL.Ontology),
        (DCTERMS.title, RULES.title),
        (DCTERMS.description, RULES.description),
        (DCTERMS.isPartOf, VOCABULARY),
        (DCTERMS.license, tuple(dataset.values(VOCABULARY, DCTERMS.license))),
        (OWL.versionInfo, tuple(dataset.values(VOCABULARY, OWL.versionInfo))),
    )
    triples = (quad.triple for file in rdf_files(sources.shapes, "shapes") for quad in read(file).quads)
    lines = header(dataset, VOCABULARY, ("Shapes", SHAPES_GRAPH), titles=RULES.title)
    return as_comments(lines) + serialise([*description, *triples], TURTLE)
