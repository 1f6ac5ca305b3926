"""Profiles: title, description and licence of the bundled dataset or of loaded files; titles of built-in graphs."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Store, Triple

from ..bilingual import Text, describe, text_of, untranslated
from ..formats import of_file
from ..resources import PUBLICATION, File, packaged
from ..terms import (
    BASE,
    DATASET,
    DC,
    DCAT,
    DCTERMS,
    DERIVED,
    ID,
    META,
    ONTOLOGY,
    OWL,
    PARTITIONS,
    RDF,
    RDFS,
    SCHEMA,
    SKOS,
    VOID,
    Namespace,
    is_derived,
)
from .reading import read

OLD_SCHEMA = Namespace("http://schema.org/")  # https://schema.org/docs/faq.html#19: both are in use
CC = Namespace("http://creativecommons.org/ns#")
# The classes of things that describe a whole file, the most specific first.
TYPES = (DCAT.Catalog, DCAT.Dataset, VOID.Dataset, SCHEMA.Dataset, OLD_SCHEMA.Dataset, OWL.Ontology, SKOS.ConceptScheme)
TITLES = (DCTERMS.title, DC.title, SCHEMA.name, OLD_SCHEMA.name, SKOS.prefLabel, RDFS.label)
DESCRIPTIONS = (
    *(DCTERMS.abstract, DCTERMS.description, DC.description, SCHEMA.description, OLD_SCHEMA.description),
    *(SKOS.definition, RDFS.comment),
)
LICENCES = (DCTERMS.license, CC.license, SCHEMA.license, OLD_SCHEMA.license, DCTERMS.rights, DC.rights)
BUNDLED_PROPERTIES = (DCTERMS.title, DCTERMS.alternative, DCTERMS.identifier, DCTERMS.description)
MAX_CANDIDATES = 100
MAX_TITLE_CHARS = 200
MAX_SHORT_CHARS = 24
MAX_TITLE_FILES = 3
_URL = re.compile(r"https?://[^\s<>\"{}|\\^`]+")


@dataclass(frozen=True, slots=True)
class Profile:
    """The metadata of a dataset; what it does not state is empty.

    The `short` title is for the head of a page, and file names begin with the `stem`. All further metadata for records
    and pages are `triples` about the dataset and the nodes that it refers to.
    """

    title: Text
    short: str
    stem: str
    description: Text | None = None
    licence: NamedNode | None = None
    triples: Sequence[Triple] = field(default=(), repr=False)

    @property
    def is_bundled(self) -> bool:
        """Whether this is the bundled dataset."""
        return self is BUNDLED

    def values(self, predicate: NamedNode, node: NamedNode = DATASET) -> tuple[NamedNode | Literal, ...]:
        """The values of a property of the dataset, or of a node that it refers to."""
        triples = (triple for triple in self.triples if (triple.subject, triple.predicate) == (node, predicate))
        return tuple(triple.object for triple in triples if isinstance(triple.object, NamedNode | Literal))

    def nodes(self, predicate: NamedNode) -> tuple[NamedNode, ...]:
        """The IRIs among the values of a property of the dataset."""
        return tuple(value for value in self.values(predicate) if isinstance(value, NamedNode))

    def texts(self, predicate: NamedNode, language: str) -> list[str]:
        """The values of a property of the dataset in a language."""
        literals = (value for value in self.values(predicate) if isinstance(value, Literal))
        return [literal.value for literal in literals if literal.language == language]

    def text(self, predicate: NamedNode, node: NamedNode = DATASET) -> Text:
        """The value of a property in both languages, of the dataset or a node that it refers to; may be empty."""
        return text_of(self.values(predicate, node)) or untranslated("")

    def example(self, namespace: Namespace) -> NamedNode | None:
        """The first example resource in a namespace."""
        return next((node for node in self.nodes(VOID.exampleResource) if node in namespace), None)

    def descriptions(self, terms: Iterable[object]) -> Iterator[Triple]:
        """The triples about those terms that the dataset refers to."""
        subjects = set(terms) - {DATASET}
        yield from (triple for triple in self.triples if triple.subject in subjects)


def _read_bundled() -> Profile:
    """The profile in `dataset.ttl`, which is part of the graph, and `publication.ttl`, which is not."""
    data = packaged().data
    files = (File(f"data/{name}", data / name) for name in ("dataset.ttl", PUBLICATION))
    profile = Profile(untranslated(""), "", "", triples=[quad.triple for file in files for quad in read(file).quads])
    title, short, stem, description = map(profile.text, BUNDLED_PROPERTIES)
    licence = next(iter(profile.nodes(DCTERMS.license)), None)
    return Profile(title, short.en, stem.en, description, licence, profile.triples)


@dataclass(frozen=True, slots=True)
class Description:
    """The title of something, and its description in one sentence."""

    title: Text
    description: Text


def _description_of(node: NamedNode) -> Description:
    """The title and description of a part of the data in `publication.ttl`."""
    return Description(BUNDLED.text(RDFS.label, node), BUNDLED.text(DCTERMS.description, node))


BUNDLED = _read_bundled()
BUILTIN_GRAPHS = {graph: _description_of(graph) for graph in (DERIVED, META, PARTITIONS, ONTOLOGY)}
RULES = _description_of(NamedNode(f"{BASE}shapes"))
DERIVED_DESCRIPTION = Text(
    de="Der Graph enthält, was nach den Regeln aus den Textstellen dieses Dokuments und der Ontologie allein folgt.",
    en="The graph holds what follows by the rules from the passages of this document and the ontology alone.",
)
UNKNOWN = Profile(Text(de="RDF-Daten", en="RDF data"), "RDF", "data")


def description_of(store: Store, graph: object) -> Description | None:
    """The title and description of a built-in graph or of the derived graph of a document; None for any other graph."""
    if not is_derived(graph) or graph == DERIVED:
        return BUILTIN_GRAPHS.get(graph) if isinstance(graph, NamedNode) else None
    slug = graph.value.removeprefix(f"{DERIVED.value}/")
    label = text_of(_values(store, ID[slug], [SKOS.prefLabel])) or untranslated(slug)
    return Description(Text(de=f"Abgeleitet aus: {label.de}", en=f"Derived from: {label.en}"), DERIVED_DESCRIPTION)


def describe_graph(store: Store, graph: NamedNode) -> Iterator[Triple]:
    """The triples that describe such a graph; none for any other graph, or if the store does not have it."""
    texts = description_of(store, graph)
    size = sum(1 for _ in store.quads_for_pattern(None, None, None, graph)) if texts else 0
    if texts and size:
        yield from describe(
            graph,
            (RDF.type, VOID.Dataset),
            (RDFS.label, texts.title),
            (DCTERMS.description, texts.description),
            (DCTERMS.isPartOf, DATASET),
            (VOID.triples, Literal(size)),
        )


def describe_files(store: Store, files: Sequence[Path]) -> Profile:
    """The profile of loaded files: of the one dataset or ontology that they describe, else made of their names."""
    stem = _stem(files[0].name) if len(files) == 1 else UNKNOWN.stem
    node = _described_dataset(store)
    title = (node and text_of(_values(store, node, TITLES))) or _file_title(files)
    title = Text(*(" ".join(text.split())[:MAX_TITLE_CHARS] for text in title))
    short = title.en if len(title.en) <= MAX_SHORT_CHARS else stem
    if node is None:
        return Profile(title, short, stem)
    return Profile(title, short, stem, text_of(_values(store, node, DESCRIPTIONS)), _licence(store, node))


def _described_dataset(store: Store) -> NamedNode | BlankNode | None:
    """The only dataset, ontology or concept scheme with a title; None if there is none or more than one."""
    for class_ in TYPES:
        quads = store.quads_for_pattern(None, RDF.type, class_, DefaultGraph())
        nodes = {quad.subject for quad in islice(quads, MAX_CANDIDATES)}
        candidates = [
            node for node in nodes if not isinstance(node, Triple) and next(_values(store, node, TITLES), None)
        ]
        if len(candidates) == 1:
            return candidates[0]
    return None


def _values(store: Store, node: NamedNode | BlankNode, predicates: Iterable[NamedNode]) -> Iterator[object]:
    """The values of the first of some properties that a node has, sorted."""
    for predicate in predicates:
        quads: Iterable[Quad] = islice(store.quads_for_pattern(node, predicate, None, DefaultGraph()), MAX_CANDIDATES)
        values = sorted((quad.object for quad in quads), key=str)
        if values:
            yield from values
            return


def _licence(store: Store, node: NamedNode | BlankNode) -> NamedNode | None:
    """The URL of the licence; a sentence about rights is none."""
    values = (value for predicate in LICENCES for value in _values(store, node, [predicate]))
    addresses = (value.value for value in values if isinstance(value, NamedNode | Literal))
    return next((NamedNode(address) for address in addresses if _URL.fullmatch(address)), None)


def _file_title(files: Sequence[Path]) -> Text:
    if len(files) > MAX_TITLE_FILES:
        return Text(de=f"{len(files)} Dateien", en=f"{len(files)} files")
    return untranslated(", ".join(file.name for file in files)) if files else UNKNOWN.title


def _stem(name: str) -> str:
    """The name of a file without its extensions, in characters that are safe in file names and URLs."""
    name = re.sub(r"\.(gz|bz2|xz|zst)$", "", name)
    stem = name.rpartition(".")[0] if of_file(name) else name
    return re.sub(r"[^A-Za-z0-9_]+", "-", stem).strip("-") or UNKNOWN.stem
