"""The graphs that come from no document and no other source, and the shapes: what they are, since no file says it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Triple

from ..bilingual import Text, describe
from ..terms import DATASET, DCTERMS, DERIVED, ID, META, ONTOLOGY, PARTITIONS, RDF, RDFS, SKOS, VOID, XSD, is_derived
from .dataset import Dataset
from .profile import BUNDLED


@dataclass(frozen=True, slots=True)
class About:
    """What something is called, and what it holds in one sentence."""

    title: Text
    description: Text


BUILTIN_GRAPHS: Mapping[NamedNode, About] = {
    DERIVED: About(
        Text(de="Abgeleitete Aussagen", en="Derived statements"),
        Text(
            de="Der Graph enthält, was nach den Regeln aus anderen Graphen folgt, aber nicht aus den Textstellen eines "
            "Dokuments allein.",
            en="The graph holds what follows from other graphs by the rules, but not from the passages of one document "
            "alone.",
        ),
    ),
    META: About(
        Text(de="Beschreibung der Graphen", en="Description of the graphs"),
        Text(
            de="Der Graph beschreibt den Datensatz und alle anderen Graphen: Modalität, Quelle, Umfang "
            "und Prüfsumme, und "
            "welche Aussagen nur mit anderen Textstellen so zu lesen sind.",
            en="The graph describes the dataset and all other graphs: modality, source, size and checksum, and which "
            "statements are to be read so only with other passages.",
        ),
    ),
    PARTITIONS: About(
        Text(de="Klassen und Eigenschaften in Zahlen", en="Classes and properties in numbers"),
        Text(
            de="Der Graph zählt für Programme, welche Eigenschaften die Dinge jeder Klasse haben und von welchen "
            "Klassen und Datentypen deren Werte sind, und nennt die Präfixe. Sich selbst zählt er nicht mit.",
            en="The graph counts for programs which properties the things of each class have and of which classes and "
            "datatypes their values are, and names the prefixes. It does not count itself.",
        ),
    ),
    ONTOLOGY: About(
        Text(de="Ontologie, Begriffe und Fragen", en="Ontology, concepts and questions"),
        Text(
            de="Der Graph enthält die Klassen, Eigenschaften und Begriffe mit ihren Definitionen, was sie mit anderen "
            "Vokabularen verbindet, und die Fragen, für die sie gemacht sind, mit ihren Abfragen.",
            en="The graph holds the classes, properties and concepts with their definitions, what connects them with "
            "other vocabularies, and the questions that they are made for, with their queries.",
        ),
    ),
}

RULES = About(
    Text(de=f"{BUNDLED.title.de}: Prüfregeln", en=f"{BUNDLED.title.en}: shapes"),
    Text(
        de="Die Regeln in SHACL, nach denen der Wissensgraph geprüft wird, mit Meldungen auf Deutsch und Englisch.",
        en="The rules in SHACL that the knowledge graph is checked against, with messages in German and English.",
    ),
)


def about(dataset: Dataset, graph: object) -> About | None:
    """What such a graph is, one of derived statements also by the document that they follow from; None of any other."""
    if not is_derived(graph) or graph == DERIVED:
        return BUILTIN_GRAPHS.get(graph) if isinstance(graph, NamedNode) else None
    slug = graph.value.removeprefix(f"{DERIVED.value}/")
    labels = {label.language: label.value for label in dataset.literals(ID[slug], SKOS.prefLabel)}
    de, en = labels.get("de", slug), labels.get("en", slug)
    return About(
        Text(de=f"Abgeleitet aus: {de}", en=f"Derived from: {en}"),
        Text(
            de="Der Graph enthält, was nach den Regeln aus den Textstellen dieses Dokuments und der Ontologie allein "
            "folgt.",
            en="The graph holds what follows by the rules from the passages of this document and the ontology alone.",
        ),
    )


def described(dataset: Dataset, graph: NamedNode) -> Iterator[Triple]:
    """What is to be said of such a graph; nothing of any other, and nothing if the dataset does not have it."""
    found = about(dataset, graph)
    size = dataset.size(graph) if found else 0
    if found and size:
        yield from describe(
            graph,
            (RDF.type, VOID.Dataset),
            (RDFS.label, found.title),
            (DCTERMS.description, found.description),
            (DCTERMS.isPartOf, DATASET),
            (VOID.triples, Literal(str(size), datatype=XSD.integer)),
        )
