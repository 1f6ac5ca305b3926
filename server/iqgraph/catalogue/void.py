"""VoID: how large the data is, what it is made of, where it links to and where to get it; every number is counted."""

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Triple

from ..bilingual import Text, describe
from ..dataset.builtin_graphs import BUILTIN_GRAPHS
from ..dataset.counts import Counts
from ..dataset.partitions import fragment, number
from ..formats import RDF_FORMATS
from ..terms import (
    DCTERMS,
    FOAF,
    FORMAT,
    GRAPH,
    PREFIXES,
    PROV,
    RDF,
    VOID,
)
from .publication import DESCRIPTION_OF_DATA, Facts, Publication

NAMESPACE = re.compile(r".*[/#]")

Names = Mapping[NamedNode, str]


def void(
    published: Publication, counts: Counts, prefixes: Mapping[str, str] = PREFIXES, inner: Iterable[Triple] = ()
) -> list[Triple]:
    """The description of the data; its partitions and linksets have IRIs behind the hash of the description.

    `inner` are the partitions of classes by property.
    """
    names = {term: fragment(term, prefixes) for term in (*counts.classes, *counts.properties)}
    triples = [
        *describe(published.iri("void"), *_description(published)),
        *describe(published.data.iri, *_data(published, counts)),
        *_partitions(published, counts, names),
        *_subsets(published, counts, names),
        *inner,
    ]
    for name, agent in published.agents.items():
        triples += describe(agent, (RDF.type, FOAF.Agent), (FOAF.name, Literal(name)))
    return triples


def _description(published: Publication) -> Facts:
    yield RDF.type, VOID.DatasetDescription
    yield DCTERMS.title, DESCRIPTION_OF_DATA
    yield FOAF.primaryTopic, published.data.iri
    yield DCTERMS.publisher, published.agents.get(published.publisher)
    yield DCTERMS.modified, dict(published.dates)[DCTERMS.modified]


def _data(published: Publication, counts: Counts) -> Facts:
    data = published.data
    yield RDF.type, VOID.Dataset
    yield DCTERMS.title, data.title
    yield DCTERMS.description, data.description
    yield DCTERMS.license, NamedNode(data.licence.address) if data.licence else None
    yield DCTERMS.creator, published.agents.get(published.creator)
    yield DCTERMS.publisher, published.agents.get(published.publisher)
    yield from published.dates
    yield PROV.wasDerivedFrom, published.sources
    yield FOAF.homepage, published.at()
    yield VOID.sparqlEndpoint, published.at("sparql")
    yield VOID.dataDump, tuple(published.at(f"download/{dump.name}") for dump in data.dumps if dump.form in RDF_FORMATS)
    yield VOID.feature, tuple(FORMAT[form.rdf.iri.rpartition("/")[2]] for form in RDF_FORMATS)
    yield VOID.uriSpace, Literal(published.base) if published.ours else None
    yield VOID.exampleResource, published.profile.values(VOID.exampleResource)
    yield VOID.vocabulary, _vocabularies(counts)
    # https://www.w3.org/TR/void/#statistics
    yield VOID.triples, number(counts.triples)
    yield VOID.entities, number(counts.entities)
    yield VOID.classes, number(len(counts.classes))
    yield VOID.properties, number(len(counts.properties))
    yield VOID.distinctSubjects, number(counts.subjects)
    yield VOID.distinctObjects, number(counts.values)


def _partitions(published: Publication, counts: Counts, names: Names) -> Iterator[Triple]:
    data = published.data.iri
    for term, total in counts.classes.items():
        part = published.iri(f"void#class-{names[term]}")
        yield Triple(data, VOID.classPartition, part)
        yield from describe(part, (VOID["class"], term), (VOID.entities, number(total)))
    for term, use in counts.properties.items():
        part = published.iri(f"void#property-{names[term]}")
        yield Triple(data, VOID.propertyPartition, part)
        yield from describe(
            part,
            (VOID.property, term),
            (VOID.triples, number(use.triples)),
            (VOID.distinctSubjects, number(use.subjects)),
            (VOID.distinctObjects, number(use.values)),
        )


def _subsets(published: Publication, counts: Counts, names: Names) -> Iterator[Triple]:
    data = published.data.iri
    for family, total in counts.families.items():
        part = published.iri(f"void#graphs-{quote(family, safe='')}")
        about = BUILTIN_GRAPHS.get(GRAPH[family])
        yield Triple(data, VOID.subset, part)
        yield from describe(
            part,
            (RDF.type, VOID.Dataset),
            (DCTERMS.title, about.title if about else Text(de=f"Graphen graph/{family}", en=f"Graphs graph/{family}")),
            (DCTERMS.description, about.description if about else None),
            (VOID.triples, number(total)),
        )
    for (host, predicate), total in counts.links.items():
        name, space = quote(host, safe=""), f"^https?://{re.escape(host)}/"
        linkset, target = published.iri(f"void#links-{name}-{names[predicate]}"), published.iri(f"void#target-{name}")
        yield Triple(data, VOID.subset, linkset)
        yield from describe(
            linkset,
            # https://www.w3.org/TR/void/#linkset
            (RDF.type, VOID.Linkset),
            (VOID.subjectsTarget, data),
            (VOID.objectsTarget, target),
            (VOID.linkPredicate, predicate),
            (VOID.triples, number(total)),
        )
        # https://www.w3.org/TR/void/#pattern
        yield from describe(target, (RDF.type, VOID.Dataset), (VOID.uriRegexPattern, Literal(space)))


def _vocabularies(counts: Counts) -> tuple[NamedNode, ...]:
    found = (NAMESPACE.match(term.value) for term in (*counts.classes, *counts.properties))
    return tuple(NamedNode(iri) for iri in sorted({match[0] for match in found if match}))
