"""Profiles: what a dataset says of itself, ours in `data/`, somebody's in the files; and what our own graphs are."""

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
    XSD,
    Namespace,
    is_derived,
)
from .reading import read

OLD_SCHEMA = Namespace("http://schema.org/")  # https://schema.org/docs/faq.html#19: both are in use
CC = Namespace("http://creativecommons.org/ns#")
# What describes a whole file, the most telling first.
KINDS = (DCAT.Catalog, DCAT.Dataset, VOID.Dataset, SCHEMA.Dataset, OLD_SCHEMA.Dataset, OWL.Ontology, SKOS.ConceptScheme)
TITLES = (DCTERMS.title, DC.title, SCHEMA.name, OLD_SCHEMA.name, SKOS.prefLabel, RDFS.label)
DESCRIPTIONS = (
    *(DCTERMS.abstract, DCTERMS.description, DC.description, SCHEMA.description, OLD_SCHEMA.description),
    *(SKOS.definition, RDFS.comment),
)
LICENCES = (DCTERMS.license, CC.license, SCHEMA.license, OLD_SCHEMA.license, DCTERMS.rights, DC.rights)
MAX_DESCRIBED = 100
MAX_TITLE_CHARS = 200
MAX_SHORT_CHARS = 24
MAX_NAMED_FILES = 3
_ADDRESS = re.compile(r"https?://[^\s<>\"{}|\\^`]+")


@dataclass(frozen=True, slots=True)
class Profile:
    """A dataset in its own words; what it does not say is empty.

    The `short` title is for the head of a page, the names of files begin with the `stem`. All else that is to be told
    in records and on pages are statements `about` the dataset and what it names.
    """

    title: Text
    short: str
    stem: str
    description: Text | None = None
    licence: NamedNode | None = None
    about: Sequence[Triple] = field(default=(), repr=False)

    @property
    def is_bundled(self) -> bool:
        """Whether this is our own graph, not somebody's files."""
        return self is BUNDLED

    def values(self, predicate: NamedNode, node: NamedNode = DATASET) -> tuple[NamedNode | Literal, ...]:
        """What is said of the dataset, or of something that it names."""
        found = (one.object for one in self.about if (one.subject, one.predicate) == (node, predicate))
        return tuple(one for one in found if isinstance(one, NamedNode | Literal))

    def nodes(self, predicate: NamedNode) -> tuple[NamedNode, ...]:
        """What the dataset names."""
        return tuple(one for one in self.values(predicate) if isinstance(one, NamedNode))

    def texts(self, predicate: NamedNode, language: str) -> list[str]:
        """What is said of the dataset in a language."""
        return [one.value for one in self.values(predicate) if isinstance(one, Literal) and one.language == language]

    def text(self, predicate: NamedNode, node: NamedNode = DATASET) -> Text:
        """What is said in both languages of the dataset, or of something that it names; empty if nothing is."""
        return text_of(self.values(predicate, node)) or untranslated("")

    def example(self, kind: Namespace) -> NamedNode | None:
        """The first of the things of a kind that are named as examples."""
        return next((one for one in self.nodes(VOID.exampleResource) if one in kind), None)

    def descriptions(self, terms: Iterable[object]) -> Iterator[Triple]:
        """What is said of those terms that the dataset names."""
        named = set(terms)
        yield from (triple for triple in self.about if triple.subject in named and triple.subject != DATASET)


def _bundled() -> Profile:
    """What `dataset.ttl` says in the graph itself, and `publication.ttl` for records and pages only."""
    data = packaged().data
    files = (File(f"data/{name}", data / name) for name in ("dataset.ttl", PUBLICATION))
    about = Profile(untranslated(""), "", "", about=[quad.triple for file in files for quad in read(file).quads])
    stem, short = (about.text(one).en for one in (DCTERMS.identifier, DCTERMS.alternative))
    title, description = (about.text(one) for one in (DCTERMS.title, DCTERMS.description))
    return Profile(title, short, stem, description, next(iter(about.nodes(DCTERMS.license)), None), about.about)


@dataclass(frozen=True, slots=True)
class About:
    """What something is called, and what it holds in one sentence."""

    title: Text
    description: Text


def _about(node: NamedNode) -> About:
    """What `publication.ttl` says of a part of the data."""
    return About(BUNDLED.text(RDFS.label, node), BUNDLED.text(DCTERMS.description, node))


BUNDLED = _bundled()
BUILTIN_GRAPHS = {graph: _about(graph) for graph in (DERIVED, META, PARTITIONS, ONTOLOGY)}
RULES = _about(NamedNode(f"{BASE}shapes"))
OF_DERIVED = Text(
    de="Der Graph enthält, was nach den Regeln aus den Textstellen dieses Dokuments und der Ontologie allein folgt.",
    en="The graph holds what follows by the rules from the passages of this document and the ontology alone.",
)
UNKNOWN = Profile(Text(de="RDF-Daten", en="RDF data"), "RDF", "data")


def about(store: Store, graph: object) -> About | None:
    """What a graph is that comes from no source, one of derived statements by its document; None of any other."""
    if not is_derived(graph) or graph == DERIVED:
        return BUILTIN_GRAPHS.get(graph) if isinstance(graph, NamedNode) else None
    slug = graph.value.removeprefix(f"{DERIVED.value}/")
    label = text_of(_said(store, ID[slug], [SKOS.prefLabel])) or untranslated(slug)
    return About(Text(de=f"Abgeleitet aus: {label.de}", en=f"Derived from: {label.en}"), OF_DERIVED)


def describe_graph(store: Store, graph: NamedNode) -> Iterator[Triple]:
    """What is to be said of such a graph; nothing of any other, and nothing if the store does not have it."""
    found = about(store, graph)
    size = sum(1 for _ in store.quads_for_pattern(None, None, None, graph)) if found else 0
    if found and size:
        yield from describe(
            graph,
            (RDF.type, VOID.Dataset),
            (RDFS.label, found.title),
            (DCTERMS.description, found.description),
            (DCTERMS.isPartOf, DATASET),
            (VOID.triples, Literal(str(size), datatype=XSD.integer)),
        )


def describe_files(store: Store, files: Sequence[Path]) -> Profile:
    """What somebody's files say of themselves, if they say it of one thing that is the whole; else their names."""
    stem = _stem(files[0].name) if len(files) == 1 else UNKNOWN.stem
    node = _whole(store)
    title = (node and text_of(_said(store, node, TITLES))) or _names(files)
    title = Text(*(" ".join(one.split())[:MAX_TITLE_CHARS] for one in title))
    short = title.en if len(title.en) <= MAX_SHORT_CHARS else stem
    if node is None:
        return Profile(title, short, stem)
    return Profile(title, short, stem, text_of(_said(store, node, DESCRIPTIONS)), _licence(store, node))


def _whole(store: Store) -> NamedNode | BlankNode | None:
    """The one thing with a title that is a dataset, an ontology, a scheme; None if there is none, or more than one."""
    for kind in KINDS:
        found = store.quads_for_pattern(None, RDF.type, kind, DefaultGraph())
        nodes = {quad.subject for quad in islice(found, MAX_DESCRIBED)}
        titled = [one for one in nodes if not isinstance(one, Triple) and next(_said(store, one, TITLES), None)]
        if len(titled) == 1:
            return titled[0]
    return None


def _said(store: Store, node: NamedNode | BlankNode, predicates: Iterable[NamedNode]) -> Iterator[object]:
    """What is said of a node, sorted, by the first property that says anything."""
    for predicate in predicates:
        found: Iterable[Quad] = islice(store.quads_for_pattern(node, predicate, None, DefaultGraph()), MAX_DESCRIBED)
        values = sorted((quad.object for quad in found), key=str)
        if values:
            yield from values
            return


def _licence(store: Store, node: NamedNode | BlankNode) -> NamedNode | None:
    """The address of the licence; a sentence about rights is none."""
    for predicate in LICENCES:
        for value in _said(store, node, [predicate]):
            if isinstance(value, NamedNode | Literal) and _ADDRESS.fullmatch(value.value):
                return NamedNode(value.value)
    return None


def _names(files: Sequence[Path]) -> Text:
    if len(files) > MAX_NAMED_FILES:
        return Text(de=f"{len(files)} Dateien", en=f"{len(files)} files")
    return untranslated(", ".join(file.name for file in files)) if files else UNKNOWN.title


def _stem(name: str) -> str:
    """The name of a file without what its endings say, in characters that no file system and no address minds."""
    inner = re.sub(r"\.(gz|bz2|xz|zst)$", "", name)
    stem = inner.rpartition(".")[0] if of_file(inner) else inner
    return re.sub(r"[^A-Za-z0-9_]+", "-", stem).strip("-") or UNKNOWN.stem
