"""The graphs that come from no document and no other source, and the shapes: what each of them is."""

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Triple

from ..bilingual import Text, describe
from ..terms import (
    BASE,
    DATASET,
    DCTERMS,
    DERIVED,
    ID,
    META,
    ONTOLOGY,
    PARTITIONS,
    RDF,
    RDFS,
    SKOS,
    VOID,
    XSD,
    is_derived,
)
from .dataset import Dataset
from .profile import BUNDLED


@dataclass(frozen=True, slots=True)
class About:
    """What something is called, and what it holds in one sentence."""

    title: Text
    description: Text


def _said(node: NamedNode) -> About:
    """What `publication.ttl` says of it."""
    return About(BUNDLED.text(RDFS.label, node), BUNDLED.text(DCTERMS.description, node))


BUILTIN_GRAPHS = {graph: _said(graph) for graph in (DERIVED, META, PARTITIONS, ONTOLOGY)}
RULES = _said(NamedNode(f"{BASE}shapes"))


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
