"""Counts: how much a dataset holds, of what kinds, and how many links lead out of it."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

from pyoxigraph import NamedNode, Triple

from ..terms import BASE, GRAPH, OWL, RDF, RDFS, SKOS, Namespace
from .dataset import Dataset, Node, Term
from .partitions import counted

OURS = Namespace(BASE)
LINKING = {
    OWL.sameAs,
    RDFS.seeAlso,
    *(SKOS[f"{kind}Match"] for kind in ("broad", "close", "exact", "narrow", "related")),
}
LINKS = Namespace(f"{GRAPH.iri}links/")


class Use(NamedTuple):
    """How often a property is used, with how many subjects and how many values."""

    triples: int
    subjects: int
    values: int


class Target(NamedTuple):
    """The host that links lead to, and the property that makes them."""

    host: str
    predicate: NamedNode


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of the union of all graphs but that of partitions: each statement, subject, value and IRI counts once.

    `entities` are subjects with an IRI, `families` the statements of the graphs whose names begin alike.
    """

    triples: int
    entities: int
    subjects: int
    values: int
    classes: Mapping[NamedNode, int]
    properties: Mapping[NamedNode, Use]
    families: Mapping[str, int]
    links: Mapping[Target, int]


def count(dataset: Dataset) -> Counts:
    """The counts of a dataset."""
    frequency: Counter[NamedNode] = Counter()
    subjects: dict[NamedNode, set[Node | Triple]] = defaultdict(set)
    values: dict[NamedNode, set[Term]] = defaultdict(set)
    instances: dict[NamedNode, set[Node | Triple]] = defaultdict(set)
    for triple in counted(dataset.store):
        frequency[triple.predicate] += 1
        subjects[triple.predicate].add(triple.subject)
        values[triple.predicate].add(triple.object)
        if triple.predicate == RDF.type and isinstance(triple.object, NamedNode):
            instances[triple.object].add(triple.subject)
    every = set().union(*subjects.values())
    return Counts(
        triples=frequency.total(),
        entities=sum(isinstance(subject, NamedNode) for subject in every),
        subjects=len(every),
        values=len(set().union(*values.values())),
        classes={kind: len(members) for kind, members in sorted(instances.items(), key=_name)},
        properties={
            predicate: Use(number, len(subjects[predicate]), len(values[predicate]))
            for predicate, number in sorted(frequency.items(), key=_name)
        },
        families=_families(dataset),
        links=_links(dataset),
    )


def _families(dataset: Dataset) -> dict[str, int]:
    """Of our own graphs: those of one document, those of other sources, the links and so on."""
    members: dict[str, set[Triple]] = defaultdict(set)
    for graph in dataset.graphs():
        if graph in GRAPH:
            members[graph.value.removeprefix(GRAPH.iri).partition("/")[0]].update(dataset.triples(graph))
    return {family: len(triples) for family, triples in sorted(members.items())}


def _links(dataset: Dataset) -> dict[Target, int]:
    """The different statements of the graphs of links that lead from a thing of ours to one of others."""
    links = {triple for graph in dataset.graphs() if graph in LINKS for triple in dataset.triples(graph)}
    targets = Counter(
        Target(urlsplit(triple.object.value).netloc, triple.predicate)
        for triple in links
        if triple.predicate in LINKING and isinstance(triple.object, NamedNode) and triple.object not in OURS
    )
    return dict(sorted(targets.items(), key=str))


def _name(entry: tuple[NamedNode, object]) -> str:
    return entry[0].value
