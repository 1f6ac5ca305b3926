"""Profiles: what a dataset says of itself. Ours is in `data/`; that of somebody's files is looked for in them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Store, Triple

from ..bilingual import Text, untranslated
from ..formats import of_file
from ..resources import PUBLICATION, File, packaged
from ..terms import DATASET, DC, DCAT, DCTERMS, OWL, RDF, RDFS, SCHEMA, SKOS, VOID, Namespace
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
        return _text(self.values(predicate, node)) or untranslated("")

    def example(self, kind: Namespace) -> NamedNode | None:
        """The first of the things of a kind that are named as examples."""
        return next((one for one in self.nodes(VOID.exampleResource) if one in kind), None)

    def descriptions(self, terms: Iterable[object]) -> Iterator[Triple]:
        """What is said of those terms that the dataset names."""
        named = set(terms)
        yield from (triple for triple in self.about if triple.subject in named and triple.subject != DATASET)


def _text(values: Iterable[object]) -> Text | None:
    """The text in each language, or else in the other, or else in any."""
    found: dict[str, str] = {}
    for one in values:
        if isinstance(one, Literal) and one.value.strip():
            found.setdefault((one.language or "").partition("-")[0], one.value.strip())
    any_text = next(iter(found.values()), None)
    if any_text is None:
        return None
    german, english = found.get("de"), found.get("en")
    return Text(de=german or english or any_text, en=english or german or any_text)


def _bundled() -> Profile:
    """What `dataset.ttl` says in the graph itself, and `publication.ttl` for records and pages only."""
    data = packaged().data
    files = (File(f"data/{name}", data / name) for name in ("dataset.ttl", PUBLICATION))
    about = Profile(untranslated(""), "", "", about=[quad.triple for file in files for quad in read(file).quads])
    stem, short = (about.text(one).en for one in (DCTERMS.identifier, DCTERMS.alternative))
    title, description = (about.text(one) for one in (DCTERMS.title, DCTERMS.description))
    return Profile(title, short, stem, description, next(iter(about.nodes(DCTERMS.license)), None), about.about)


BUNDLED = _bundled()
UNKNOWN = Profile(Text(de="RDF-Daten", en="RDF data"), "RDF", "data")


def describe_files(store: Store, files: Sequence[Path]) -> Profile:
    """What somebody's files say of themselves, if they say it of one thing that is the whole; else their names."""
    stem = _stem(files[0].name) if len(files) == 1 else UNKNOWN.stem
    node = _whole(store)
    title = (node and _text(_said(store, node, TITLES))) or _names(files)
    title = Text(*(" ".join(one.split())[:MAX_TITLE_CHARS] for one in title))
    short = title.en if len(title.en) <= MAX_SHORT_CHARS else stem
    if node is None:
        return Profile(title, short, stem)
    return Profile(title, short, stem, _text(_said(store, node, DESCRIPTIONS)), _licence(store, node))


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
