"""VoID: size, partitions, linksets and access points of the data; every number is counted."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from pyoxigraph import Literal, NamedNode, Triple

from ..bilingual import describe
from ..dataset import Dataset
from ..dataset.partitions import countable, naming
from ..formats import RDF_FORMATS
from ..serialisation.turtle import NAMESPACE
from ..terms import BASE, DCTERMS, FOAF, FORMAT, GRAPH, OWL, PREFIXES, PROV, RDF, RDFS, SKOS, VOID, Namespace
from .publication import TEXTS, Facts, Publication

OURS = Namespace(BASE)
LINKING = {
    OWL.sameAs,
    RDFS.seeAlso,
    *(SKOS[f"{kind}Match"] for kind in ("broad", "close", "exact", "narrow", "related")),
}
LINKS = Namespace(f"{GRAPH.iri}links/")
Links = Mapping[tuple[str, NamedNode], int]  # by the host that links lead to, and their property


class Use(NamedTuple):
    """The statements of a property, its distinct subjects and its distinct values."""

    triples: int
    subjects: int
    values: int


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of the union of all graphs but that of partitions; `entities` are subjects with an IRI."""

    triples: int
    entities: int
    subjects: int
    values: int
    classes: Mapping[NamedNode, int]
    properties: Mapping[NamedNode, Use]
    links: Links


def count(dataset: Dataset) -> Counts:
    """The counts of a dataset."""
    by_property: dict[NamedNode, list[Triple]] = defaultdict(list)
    for triple in countable(dataset.store):
        by_property[triple.predicate].append(triple)
    triples = [triple for own in by_property.values() for triple in own]
    subjects = {triple.subject for triple in triples}
    classes = Counter(triple.object for triple in by_property.get(RDF.type, ()) if isinstance(triple.object, NamedNode))
    return Counts(
        triples=len(triples),
        entities=sum(isinstance(subject, NamedNode) for subject in subjects),
        subjects=len(subjects),
        values=len({triple.object for triple in triples}),
        classes={term: classes[term] for term in sorted(classes, key=str)},
        properties={
            name: Use(len(own), len({triple.subject for triple in own}), len({triple.object for triple in own}))
            for name, own in sorted(by_property.items(), key=lambda item: str(item[0]))
        },
        links=_links(dataset),
    )


def _links(dataset: Dataset) -> Links:
    """The distinct statements that link to other datasets, by host and property."""
    links = {triple for graph in dataset.graphs() if graph in LINKS for triple in dataset.triples(graph)}
    targets = Counter(
        (urlsplit(triple.object.value).netloc, triple.predicate)
        for triple in links
        if triple.predicate in LINKING and isinstance(triple.object, NamedNode) and triple.object not in OURS
    )
    return dict(sorted(targets.items(), key=str))


def void(
    publication: Publication, counts: Counts, prefixes: Mapping[str, str] = PREFIXES, parts: Iterable[Triple] = ()
) -> list[Triple]:
    """The VoID description of the data; `parts` are the partitions of classes by property."""
    data, node = publication.data.iri, naming(publication.base, prefixes)
    return [
        *describe(publication.iri("void"), *_description(publication)),
        *describe(data, *_data(publication, counts)),
        *_partitions(data, counts, node),
        *_linksets(data, counts, node),
        *parts,
        *publication.describe_agents(),
    ]


def _description(publication: Publication) -> Facts:
    yield RDF.type, VOID.DatasetDescription
    yield DCTERMS.title, TEXTS["void"]
    yield FOAF.primaryTopic, publication.data.iri
    yield DCTERMS.publisher, publication.agents.get(publication.publisher)
    yield DCTERMS.modified, dict(publication.dates)[DCTERMS.modified]


def _data(publication: Publication, counts: Counts) -> Facts:
    data = publication.data
    yield RDF.type, VOID.Dataset
    yield DCTERMS.title, data.title
    yield DCTERMS.description, data.description
    yield DCTERMS.license, NamedNode(data.licence.address) if data.licence else None
    yield DCTERMS.creator, publication.agents.get(publication.creator)
    yield DCTERMS.publisher, publication.agents.get(publication.publisher)
    yield from publication.dates
    yield PROV.wasDerivedFrom, publication.sources
    yield FOAF.homepage, publication.at()
    yield VOID.sparqlEndpoint, publication.at("sparql")
    dumps = (dump for dump in data.dumps if dump.format in RDF_FORMATS)
    yield VOID.dataDump, tuple(publication.at(f"download/{dump.name}") for dump in dumps)
    yield VOID.feature, tuple(FORMAT[format.rdf.iri.rpartition("/")[2]] for format in RDF_FORMATS)
    yield VOID.uriSpace, Literal(publication.base) if publication.profile.is_bundled else None
    yield VOID.exampleResource, publication.profile.values(VOID.exampleResource)
    spaces = (NAMESPACE.match(term.value) for term in (*counts.classes, *counts.properties))
    yield VOID.vocabulary, tuple(map(NamedNode, sorted({match[0] for match in spaces if match})))
    # https://www.w3.org/TR/void/#statistics
    yield VOID.triples, Literal(counts.triples)
    yield VOID.entities, Literal(counts.entities)
    yield VOID.classes, Literal(len(counts.classes))
    yield VOID.properties, Literal(len(counts.properties))
    yield VOID.distinctSubjects, Literal(counts.subjects)
    yield VOID.distinctObjects, Literal(counts.values)


def _partitions(data: NamedNode, counts: Counts, node: Callable[..., NamedNode]) -> Iterator[Triple]:
    for term, total in counts.classes.items():
        part = node("class", term)
        yield Triple(data, VOID.classPartition, part)
        yield from describe(part, (VOID["class"], term), (VOID.entities, Literal(total)))
    for term, use in counts.properties.items():
        part = node("property", term)
        yield Triple(data, VOID.propertyPartition, part)
        yield from describe(
            part,
            (VOID.property, term),
            (VOID.triples, Literal(use.triples)),
            (VOID.distinctSubjects, Literal(use.subjects)),
            (VOID.distinctObjects, Literal(use.values)),
        )


def _linksets(data: NamedNode, counts: Counts, node: Callable[..., NamedNode]) -> Iterator[Triple]:
    for (host, predicate), total in counts.links.items():
        name, space = quote(host, safe=""), f"^https?://{re.escape(host)}/"
        linkset, target = node(f"links-{name}", predicate), node(f"target-{name}")
        yield Triple(data, VOID.subset, linkset)
        yield from describe(
            linkset,
            # https://www.w3.org/TR/void/#linkset
            (RDF.type, VOID.Linkset),
            (VOID.subjectsTarget, data),
            (VOID.objectsTarget, target),
            (VOID.linkPredicate, predicate),
            (VOID.triples, Literal(total)),
        )
        # https://www.w3.org/TR/void/#pattern
        yield from describe(target, (RDF.type, VOID.Dataset), (VOID.uriRegexPattern, Literal(space)))
